"""Two people, one lead: on PostgreSQL, with two connections."""

from unittest import mock

import pytest

from agents.models import Party
from agents.services.contacts import ContactDraft
from agents.services.parties import KnownParty, PartyDraft, create_party
from common import clock
from common.changes import StaleVersion
from funnel.models import StageEntry
from imports import services as imports
from leads.drafts import LeadDraft
from leads.models import Lead
from leads.services import arriving, editing, intake, moves
from tests.concurrency.together import together
from tests.imports.desk import csv_bytes, fresh, people_mapping, settle, take
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_of_two_moves_at_once_one_is_made_and_the_log_has_it_once(office: Office) -> None:
    lead, to, at = office.lead(), office.stage("meeting"), clock.now()
    met = {"meeting": {"planned_at": at, "held_at": at}}

    def move() -> Lead:
        return moves.move(lead=lead, to=to, by=office.olim, at=clock.now(), facts=met)

    answers = together([move] * 6)
    assert all(isinstance(answer, Lead) for answer in answers), answers
    assert StageEntry.objects.filter(lead_id=lead.pk, stage=to).count() == 1
    assert lead.meetings.count() == 1


def test_contradicting_changes_of_one_version_lose_nothing_silently(office: Office) -> None:
    lead = office.lead()

    def write(text: str):
        return lambda: editing.update_lead(
            lead=lead, by=office.olim, changes={"problem": text}, expected_version=lead.version
        )

    answers = together([write(f"Версия {n}") for n in range(6)])
    assert sum(isinstance(answer, Lead) for answer in answers) == 1
    assert sum(isinstance(answer, StaleVersion) for answer in answers) == 5


def test_without_the_version_check_the_last_writer_wins(office: Office) -> None:
    """The negative control: what the check guards against does happen without it."""
    lead = office.lead()
    answers = together(
        [
            lambda n=n: editing.update_lead(lead=lead, by=office.olim, changes={"problem": f"Версия {n}"})
            for n in range(4)
        ]
    )
    assert all(isinstance(answer, Lead) for answer in answers)


def _newcomer(office: Office, phone: str) -> LeadDraft:
    party = PartyDraft(kind="agent", name="Новый", contacts=(ContactDraft("phone", phone),))
    return LeadDraft(kind="agent", party=party, owner=office.olim)


def test_the_same_new_phone_entered_at_once_makes_one_party(office: Office) -> None:
    assert office.olim.team

    def enter() -> Lead:
        return intake.take_in_one(draft=_newcomer(office, "90 555 44 33"), by=office.olim, at=clock.now())

    answers = together([enter] * 6)
    assert sum(isinstance(answer, Lead) for answer in answers) == 1
    assert Party.objects.count() == 1


def test_the_same_new_phone_on_two_agent_forms_makes_one_agent(office: Office) -> None:
    assert office.olim.team
    draft = PartyDraft(kind="agent", name="Новый", contacts=(ContactDraft("phone", "90 555 44 33"),))
    answers = together([lambda: create_party(by=office.olim, draft=draft)] * 6)
    assert sum(isinstance(answer, Party) for answer in answers) == 1
    assert sum(isinstance(answer, KnownParty) for answer in answers) == 5


def test_without_the_lock_on_phones_there_would_be_doubles(office: Office) -> None:
    """The negative control of the lock: the same race, without it."""
    assert office.olim.team
    slow = mock.patch.object(arriving, "lock_contacts", return_value=None)

    def enter() -> Lead:
        return intake.take_in_one(draft=_newcomer(office, "90 555 44 33"), by=office.olim, at=clock.now())

    with slow:
        for _round in range(20):
            together([enter] * 6)
            if Party.objects.count() > 1:
                return
    pytest.fail("the race never happened: this test cannot tell whether the lock does anything")


def test_two_imports_of_one_file_at_once_add_each_row_once(office: Office) -> None:
    rows = [["Имя", "Телефон", "Код"], *[[f"Агент {i}", f"+99890{i:07d}", str(i)] for i in range(40)]]
    runs = []
    for _twice in range(2):
        run = take(office.olim, csv_bytes(rows))
        imports.choose_columns(run=run, by=office.olim, mapping=people_mapping(external_id={"column": "Код"}))
        imports.start_loading(run=run, by=office.olim, at=clock.now())
        runs.append(run)
    together([lambda run=run: settle(run) for run in runs])
    first, second = (fresh(run) for run in runs)
    assert Lead.objects.count() == Party.objects.count() == 40
    assert first.created + second.created == 40
    assert first.unchanged + second.unchanged == 40
    assert (first.state, second.state) == ("done", "done")


def test_two_workers_on_one_import_settle_each_row_once(office: Office) -> None:
    rows = [["Имя", "Телефон"], *[[f"Агент {i}", f"+99890{i:07d}"] for i in range(60)]]
    run = take(office.olim, csv_bytes(rows))
    imports.choose_columns(run=run, by=office.olim, mapping=people_mapping())
    imports.start_loading(run=run, by=office.olim, at=clock.now())
    with mock.patch("imports.work.CHUNK", 10):
        together([lambda: settle(run), lambda: settle(run)])
        settle(run)
    assert (fresh(run).created, fresh(run).rows.count(), Lead.objects.count()) == (60, 60, 60)
