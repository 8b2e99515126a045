"""A record that was changed with the triggers off leaves no entry, and is named all the same."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Team
from audit import sequencer
from audit.verifying import verify
from common import clock
from leads.models import Note
from leads.services.editing import add_note
from tests.audit.tampering import by_the_owner, chained, run_sql
from tests.office import Office

pytestmark = pytest.mark.django_db(transaction=True)


def change_a_record(office: Office) -> tuple[str, str]:
    lead = office.lead()
    with by_the_owner("leads_lead"):
        run_sql("UPDATE leads_lead SET problem = 'Не его слова' WHERE id = %s", lead.pk)
    return "leads_lead", f"{lead.pk}"


def take_a_record_away(office: Office) -> tuple[str, str]:
    note = add_note(lead=office.lead(), by=office.olim, at=clock.now(), text="Обещал скидку")
    with by_the_owner("leads_note"):
        run_sql("DELETE FROM leads_note WHERE id = %s", note.pk)
    return "leads_note", f"{note.pk}"


def bring_a_record_back(office: Office) -> tuple[str, str]:
    """What was deleted, and the entry says so, stands there again."""
    note = add_note(lead=office.lead(), by=office.olim, at=clock.now(), text="Обещал скидку")
    values = Note.objects.values().get(pk=note.pk)
    Note.objects.filter(pk=note.pk).delete()
    with by_the_owner("leads_note"):
        Note.objects.bulk_create([Note(**values)])
    return "leads_note", f"{note.pk}"


@pytest.mark.parametrize("tamper", [change_a_record, take_a_record_away, bring_a_record_back])
def test_a_record_changed_past_its_trigger_is_named(
    office: Office, tamper: Callable[[Office], tuple[str, str]]
) -> None:
    """The entries are all as they were sealed: only the record beside its last entry tells."""
    chained(office)
    assert verify(beside_records=True).faults == []
    table, pk = tamper(office)
    sequencer.run(at=clock.now())
    assert verify().first is None
    (fault,) = verify(beside_records=True).faults
    assert fault.what.endswith(f"({table} {pk})")
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--records", stdout=said)
    assert str(pk) in said.getvalue()


def test_a_record_without_any_entry_is_counted(office: Office) -> None:
    chained(office)
    before = verify(beside_records=True).without_entry
    with by_the_owner("accounts_team"):
        Team.objects.create(name="Никто не заводил")
    report = verify(beside_records=True)
    assert (report.first, report.without_entry) == (None, before + 1)
