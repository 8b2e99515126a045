"""Writers against a server that loses requests and answers: with their guards the account is clean, without one it
finds what came of it."""

import itertools
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from chaos import writing
from chaos.accounting import Account, Found, Place, compare, digest_of, fates_of
from chaos.api_writers import ApiWriter
from chaos.caller import Answer
from chaos.journal import UNKNOWN, Journal, read
from chaos.writing import BREAK_ACKS, BREAK_KEYS, Bench, Pool

DEEDS = 12


class Server:
    """Takes actions. Of four requests one is lost on its way, of one the answer is lost after the work, one is busy."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.kept: dict[str, Answer] = {}
        self._turns = itertools.cycle(["well", "never came", "answer lost", "busy"])

    def call(self, _method: str, _path: str, body: Any, *, cut: bool = False, Idempotency_Key: str) -> Answer:  # noqa: N803
        turn = next(self._turns)
        if turn == "never came":
            return Answer(None, why="refused")
        if turn == "busy":
            return Answer(503, {"retry-after": "1"})
        if Idempotency_Key not in self.kept:
            self.titles.append(body["title"])
            told = json.dumps({"id": f"id-{len(self.titles)}"}).encode()
            self.kept[Idempotency_Key] = Answer(201, body=told)
        return Answer(None, why="cut") if cut or turn == "answer lost" else self.kept[Idempotency_Key]

    def found(self) -> dict[Place, list[Found]]:
        rows: dict[Place, list[Found]] = defaultdict(list)
        for number, title in enumerate(self.titles, 1):
            rows["action", title.split(" ")[1]].append(Found(f"id-{number}", digest_of(title=title)))
        return rows


@pytest.fixture
def worked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(writing, "PAUSE_SECONDS", 0.0)

    def work(breaks: str = "", patience: float = 10.0) -> Account:
        server, book = Server(), Journal(tmp_path / "journal.jsonl")
        people = [{"id": "7"}]
        bench = Bench(book, Pool(), people, people, time.time() + 60, seed=7, breaks=breaks, patience=patience)
        writer = ApiWriter("api0", bench, server, 0)  # type: ignore[arg-type]
        for _n in range(DEEDS):
            writer.action()
        book.close()
        fates, account = fates_of(read(tmp_path / "journal.jsonl"))
        compare(fates, server.found(), account)
        return account

    return work


def test_what_was_cut_off_is_sent_again_by_its_key_until_somebody_knows(worked: Any) -> None:
    account = worked()
    assert (account.acknowledged, account.things) == (DEEDS, DEEDS)
    assert account.unknown > 0, "the control: there was something to resolve"
    assert [*account.lost, *account.changed, *account.doubled, *account.strays, *account.phantoms] == []


def test_a_writer_that_believes_before_it_is_told_is_found_out_by_what_is_lost(worked: Any) -> None:
    assert worked(BREAK_ACKS).lost


def test_a_writer_that_repeats_under_another_key_is_found_out_by_what_is_doubled(worked: Any) -> None:
    assert worked(BREAK_KEYS).doubled


def test_what_stays_unknown_is_a_phantom_that_its_key_names(worked: Any, tmp_path: Path) -> None:
    account = worked(patience=-1.0)
    assert account.phantoms
    assert [*account.lost, *account.strays] == []
    unknown = {row.key for entry in read(tmp_path / "journal.jsonl") if entry.said == UNKNOWN for row in entry.rows}
    assert {name.partition(" ")[2] for name in account.phantoms} <= unknown
