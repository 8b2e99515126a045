"""The account finds what is lost, changed, doubled, strange or silent, and nothing where all is well."""

import json
from pathlib import Path

import pytest

from chaos.accounting import (
    AHEAD_SECONDS,
    OVERDUE,
    STEP,
    Account,
    Found,
    Place,
    check_audit,
    check_rings,
    compare,
    expected_rings,
    fates_of,
)
from chaos.journal import ACK, REFUSED, UNKNOWN, Entry, Journal, Row, read

LEAD: Place = ("lead", "a")


def told(*entries: tuple[str, str, str]) -> list[Entry]:
    """Said, digest, id: of one lead, in the order of the journal."""
    return [Entry(said, "lead", [Row("a", digest, pk)]) for said, digest, pk in entries]


def judged(entries: list[Entry], *found: Found, events: list[str] | None = None) -> Account:
    fates, account = fates_of(entries)
    compare(fates, {LEAD: list(found)} if found else {}, account)
    check_audit(
        fates, {LEAD: events if events is not None else [one for f in fates.values() for one in f.acked]}, account
    )
    return account


def findings(account: Account) -> dict[str, int]:
    names = ("lost", "changed", "doubled", "strays", "phantoms", "audit")
    return {name: len(found) for name in names if (found := getattr(account, name))}


MADE = (ACK, "one", "7")


@pytest.mark.parametrize(
    ("entries", "found", "wrong"),
    [
        ([MADE], [Found("7", "one")], {}),
        ([MADE, (ACK, "two", "7")], [Found("7", "two")], {}),
        ([MADE], [], {"lost": 1}),
        ([MADE, (ACK, "two", "7")], [Found("7", "one")], {"changed": 1}),
        ([MADE], [Found("8", "one")], {"changed": 1}),
        ([MADE], [Found("7", "one"), Found("8", "one")], {"doubled": 1}),
        ([(UNKNOWN, "one", "")], [], {}),
        ([(UNKNOWN, "one", "")], [Found("7", "one")], {"phantoms": 1}),
        ([(UNKNOWN, "one", "")], [Found("7", "other")], {"strays": 1}),
        ([(REFUSED, "one", "")], [Found("7", "one")], {"strays": 1}),
        ([MADE, (UNKNOWN, "two", "")], [Found("7", "one")], {}),
        ([MADE, (UNKNOWN, "two", "")], [Found("7", "two")], {}),
        ([MADE, (UNKNOWN, "two", ""), (ACK, "three", "7")], [Found("7", "two")], {"changed": 1}),
        ([(UNKNOWN, "one", ""), MADE], [Found("7", "one")], {}),
    ],
)
def test_what_was_acknowledged_is_there_once_as_it_was_last_acknowledged(
    entries: list[tuple[str, str, str]], found: list[Found], wrong: dict[str, int]
) -> None:
    assert findings(judged(told(*entries), *found)) == wrong


def test_what_nobody_wrote_is_a_stray() -> None:
    account = Account()
    compare({}, {LEAD: [Found("7", "one")]}, account)
    assert account.strays == ["lead a"]


@pytest.mark.parametrize(("events", "wrong"), [(["one", "two"], 0), (["one"], 1), (["one", "two", "two"], 1), ([], 1)])
def test_each_acknowledged_change_stands_once_in_the_history(events: list[str], wrong: int) -> None:
    account = judged(told(MADE, (ACK, "two", "7")), Found("7", "two"), events=events)
    assert len(account.audit) == wrong


def test_rows_of_a_batch_are_counted_one_by_one() -> None:
    rows = [Row(f"row-{n}", "d") for n in range(100)]
    _fates, account = fates_of([Entry(UNKNOWN, "lead", rows), Entry(ACK, "lead", rows)])
    assert (account.acknowledged, account.unknown, account.things) == (100, 100, 100)


def test_a_step_is_due_twice_ahead_of_it_and_at_it() -> None:
    fates, _account = fates_of([Entry(ACK, "lead", [Row("a", "d", "7", step_at=10_000.0)])])
    assert expected_rings(fates, 10_000.0 - AHEAD_SECONDS - 1) == set()
    assert expected_rings(fates, 10_000.0 - AHEAD_SECONDS) == {(STEP, "a")}
    assert expected_rings(fates, 10_000.0) == {(STEP, "a"), (OVERDUE, "a")}


@pytest.mark.parametrize(
    ("lines", "heard", "wrong"),
    [
        (["n1"], {"n1": ["<id-1>"]}, ""),
        (["n1"], {"n1": ["<id-1>", "<id-1>"]}, "repeated"),
        ([], {}, "missing"),
        (["n1", "n2"], {"n1": ["<id-1>"], "n2": ["<id-2>"]}, "doubled"),
        (["n1"], {}, "silent"),
        (["n1"], {"n1": ["<id-1>", "<id-2>"]}, "many_ids"),
    ],
)
def test_a_reminder_is_one_line_inside_and_one_id_outside(
    lines: list[str], heard: dict[str, list[str]], wrong: str
) -> None:
    rings = check_rings([(STEP, "a")], {(STEP, "a"): lines}, heard, set())
    names = ("missing", "doubled", "silent", "many_ids")
    assert [name for name in names if getattr(rings, name)] == [wrong] * (wrong in names)
    assert bool(rings.repeated) is (wrong in {"repeated", "many_ids"})


def test_the_journal_is_read_as_it_was_written_and_lies_on_the_disk_at_once(tmp_path: Path) -> None:
    book = Journal(tmp_path / "journal.jsonl")
    book.note(ACK, "lead", [Row("a", "d", "7", 3, 12.5)], "201")
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 1, "nothing waits in a buffer"
    book.note(UNKNOWN, "move", [Row("b", "e")], "RemoteDisconnected")
    book.close()
    one, two = read(tmp_path / "journal.jsonl")
    assert (one.said, one.rows, one.why) == (ACK, [Row("a", "d", "7", 3, 12.5)], "201")
    assert (two.noun, two.rows) == ("move", [Row("b", "e")])
    assert json.loads((tmp_path / "journal.jsonl").read_text().splitlines()[0])["at"] > 0
