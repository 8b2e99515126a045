"""Whatever is changed behind the application's back shows, and the first bad entry is named."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pghistory
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from agents.models import Party
from agents.models.party import Contact
from audit import anchors, sequencer
from audit.grants import statements
from audit.models import Segment, View
from audit.redaction import redact, retire_views
from audit.verifying import Anchor, Report, upto, verify
from audit.verifying import anchors as read_anchors
from common import clock
from leads.models import Lead
from runner.postgres import HANDS
from tests.audit.tampering import by_the_owner, chained, look, run_sql
from tests.office import Office

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
VIEWS, LEADS, PARTIES = "audit_view", "leads_leadevent", "agents_partyevent"


def one_value(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return int(cursor.fetchone()[0])


def test_a_chain_that_nobody_touched_holds(office: Office) -> None:
    chained(office)
    report = verify()
    assert report.faults == []
    assert report.rows == sum(len(one.pks) for one in Segment.objects.all()) > 20
    assert report.unchained == 0


def test_a_deed_that_says_why_may_seal(office: Office) -> None:
    with pghistory.context(command="restore"):
        chained(office)
    assert verify().faults == []


def change_a_byte() -> tuple[str, int]:
    pk = one_value(f"SELECT min(pgh_id) FROM {PARTIES}") + 1
    run_sql(f"UPDATE {PARTIES} SET city = city || 'x' WHERE pgh_id = %s", pk)
    return PARTIES, pk


def delete_a_row() -> tuple[str, int]:
    pk = one_value(f"SELECT min(id) FROM {VIEWS}") + 3
    run_sql(f"DELETE FROM {VIEWS} WHERE id = %s", pk)
    return VIEWS, pk


def swap_two() -> tuple[str, int]:
    pk = one_value(f"SELECT min(pgh_id) FROM {LEADS}")
    for old, new in ((pk, -1), (pk + 1, pk), (-1, pk + 1)):
        run_sql(f"UPDATE {LEADS} SET pgh_id = %s WHERE pgh_id = %s", new, old)
    return LEADS, pk


def change_the_context() -> tuple[str, int]:
    run_sql('UPDATE pghistory_context SET metadata = metadata || \'{"user": "somebody else"}\'')
    return "", 0


@pytest.mark.parametrize("tamper", [change_a_byte, delete_a_row, swap_two])
def test_the_first_bad_entry_is_named(office: Office, tamper: Callable[[], tuple[str, int]]) -> None:
    chained(office)
    assert verify().first is None
    with by_the_owner(VIEWS, LEADS, PARTIES):
        table, pk = tamper()
    first = verify().first
    assert first is not None
    assert (first.table, first.pk) == (table, pk)


def test_a_row_put_in_the_middle_is_named(office: Office) -> None:
    """At an id that a rolled-back transaction left free."""
    look(office, 3)
    with transaction.atomic():
        look(office)
        transaction.set_rollback(True)
    look(office, 3)
    sequencer.run(at=clock.now())
    assert verify().first is None
    free = one_value(f"SELECT min(id) FROM {VIEWS}") + 3
    run_sql(
        f"INSERT INTO {VIEWS} (id, at, look, route, fields, subjects, token_key, purpose, request_id)"
        " VALUES (%s, now(), 'card', '', '{}', '{}', '', '', '')",
        free,
    )
    first = verify().first
    assert first is not None
    assert (first.table, first.pk) == (VIEWS, free)
    assert "put in afterwards" in first.what


def test_a_cut_at_the_end_shows_by_the_anchor_alone(office: Office, tmp_path: Path, settings: object) -> None:
    settings.AUDIT_ANCHOR = str(tmp_path)  # type: ignore[attr-defined]
    look(office, 3)
    sequencer.run(at=clock.now())
    look(office, 3)
    sequencer.run(at=clock.now())
    anchors.anchor(at=clock.now())
    last = Segment.objects.latest("n")
    with by_the_owner(VIEWS, "audit_segment"):
        run_sql("DELETE FROM audit_segment WHERE n = %s", last.n)
        run_sql(f"DELETE FROM {VIEWS} WHERE id = ANY(%s)", last.pks)
    kept = read_anchors(anchors.file_of(str(tmp_path)))
    assert verify().first is None  # the control: without the anchor the shorter chain looks whole
    first = verify(against=kept).first
    assert first is not None
    assert first.n == last.n


def test_of_a_restored_copy_only_what_was_written_down_before_it_was_saved_is_asked(
    office: Office, tmp_path: Path
) -> None:
    """A night's copy is loaded after a day on which the chain went on: nothing was cut from it."""
    look(office, 3)
    sequencer.run(at=clock.now())
    saved_at, last = clock.now() + timedelta(minutes=2), Segment.objects.latest("n")
    known = bytes(last.link).hex()
    lines = [f"{last.n} {clock.now().isoformat()} {known}", f"{last.n + 5} {(saved_at + DAY).isoformat()} {'ab' * 32}"]
    (tmp_path / "anchor.txt").write_text("\n".join(lines), encoding="utf-8")
    kept = read_anchors(tmp_path / "anchor.txt")
    assert verify(against=upto(kept, saved_at)).first is None
    assert verify(against=kept).first is not None  # of the system itself it would be a cut
    cut = [Anchor(last.n + 1, "ab" * 32, saved_at - DAY)]
    assert verify(against=upto(cut, saved_at)).first is not None


def test_a_chain_written_anew_shows_by_the_anchor(office: Office) -> None:
    chained(office)
    last = Segment.objects.latest("n")
    first = verify(against=[Anchor(last.n, "00" * 32)]).first
    assert first is not None
    assert first.what == "the anchor outside knows another link"


def test_who_made_a_change_cannot_be_rewritten(office: Office) -> None:
    chained(office)
    before = one_value("SELECT count(*) FROM pghistory_context WHERE metadata->>'request_id' = 'r-1'")
    change_the_context()
    assert one_value("SELECT count(*) FROM pghistory_context WHERE metadata->>'request_id' = 'r-1'") == before == 1
    assert one_value("SELECT count(*) FROM pghistory_context WHERE metadata->>'user' = 'somebody else'") == 0
    with by_the_owner("pghistory_context"):
        change_the_context()
    assert verify().first is not None


def test_a_link_that_was_changed_shows(office: Office) -> None:
    chained(office)
    with by_the_owner("audit_segment"):
        run_sql("UPDATE audit_segment SET at = at + interval '1 second' WHERE n = 2")
    first = verify().first
    assert first is not None
    assert first.n == 2


def test_a_link_that_is_gone_shows(office: Office) -> None:
    chained(office)
    with by_the_owner("audit_segment"):
        run_sql("DELETE FROM audit_segment WHERE n = 2")
    first = verify().first
    assert first is not None
    assert first.n == 2


def test_a_forger_without_the_key_makes_no_link(office: Office, settings: object) -> None:
    chained(office)
    settings.AUDIT_KEY = "somebody else's"  # type: ignore[attr-defined]
    look(office)
    sequencer.run(at=clock.now())
    settings.AUDIT_KEY = "only-for-tests-" + "a" * 40  # type: ignore[attr-defined]
    first = verify().first
    assert first is not None
    assert "unknown key" in first.what


def test_a_new_key_goes_on_where_the_old_one_ended(office: Office, settings: object) -> None:
    chained(office)
    settings.AUDIT_OLD_KEYS, settings.AUDIT_KEY = [settings.AUDIT_KEY], "the next"  # type: ignore[attr-defined]
    look(office)
    sequencer.run(at=clock.now())
    assert verify().first is None


def test_the_newest_rows_are_told_apart(office: Office) -> None:
    chained(office)
    look(office, 2)
    report: Report = verify()
    assert report.unchained == 2
    assert report.first is None


def test_rows_are_only_added(office: Office) -> None:
    chained(office)
    for statement in (
        f"UPDATE {VIEWS} SET route = 'x'", f"DELETE FROM {VIEWS}", f"UPDATE {PARTIES} SET name = 'x'",
        f"DELETE FROM {LEADS}", "UPDATE audit_segment SET n = n + 1", "DELETE FROM audit_segment",
        "DELETE FROM pghistory_context",
    ):  # fmt: skip
        with pytest.raises(DatabaseError):
            run_sql(statement)
    assert verify().first is None


def test_the_applications_role_is_refused_what_the_owner_may(office: Office) -> None:
    """With the rights that ``audit_grants`` gives, and no trigger in the way. The control: the owner himself may."""
    look(office)
    sequencer.run(at=clock.now())
    if not one_value(f"SELECT count(*) FROM pg_roles WHERE rolname = '{HANDS}'"):
        pytest.skip("this cluster was not made by the runner: it has no second role")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements(HANDS):
            cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {VIEWS} DISABLE TRIGGER USER")
        cursor.execute(f"SET LOCAL ROLE {HANDS}")
        look(office)
        for forbidden in (f"UPDATE {VIEWS} SET route = ''", f"DELETE FROM {VIEWS}", f"TRUNCATE {VIEWS}"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                run_sql(forbidden)
        cursor.execute("RESET ROLE")
        cursor.execute(f"DELETE FROM {VIEWS}")
        assert cursor.rowcount == 2
        transaction.set_rollback(True)


def test_an_erased_person_leaves_a_chain_that_holds(office: Office) -> None:
    lead = office.lead(name="Забытый Клиент")
    Contact.objects.filter(party=lead.party).update(note="после шести")
    sequencer.run(at=clock.now())
    at = clock.now()
    done = redact(
        model=Party, object_ids=[lead.party_id], values={"name": "Стёрто", "sort_key": ""}, reason="акт 1",
        by_id=office.adiba.pk, at=at,
    )  # fmt: skip
    assert done == 1
    assert one_value(f"SELECT count(*) FROM {PARTIES} WHERE name = 'Забытый Клиент'") == 0
    report = verify()
    assert report.first is None
    assert report.redacted == 1
    again = redact(
        model=Party, object_ids=[lead.party_id], values={"name": "Стёрто", "sort_key": ""}, reason="акт 1",
        by_id=office.adiba.pk, at=at,
    )  # fmt: skip
    assert again == 0
    with by_the_owner(PARTIES):
        run_sql(f"UPDATE {PARTIES} SET name = 'Не тот' WHERE name = 'Стёрто'")
    assert verify().first is not None


def test_what_was_not_chained_yet_is_erased_too(office: Office) -> None:
    lead = office.lead(name="Забытый Клиент")
    redact(model=Party, object_ids=[lead.party_id], values={"name": "Стёрто"}, reason="", by_id=None, at=clock.now())
    sequencer.run(at=clock.now())
    assert verify().first is None
    assert Lead.objects.get(pk=lead.pk).party.name == "Забытый Клиент"  # the record itself is not ours to change


def test_old_views_may_go_and_no_others(office: Office) -> None:
    look(office, 4)
    sequencer.run(at=clock.now())
    later = clock.now()
    look(office, 2)
    sequencer.run(at=clock.now())
    assert retire_views(before=later, at=clock.now()) == 4
    assert View.objects.count() == 2
    assert verify().first is None
    with by_the_owner(VIEWS):
        View.objects.filter(pk=View.objects.latest("pk").pk).delete()
    assert verify().first is not None
