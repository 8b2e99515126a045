"""Many at once, by the rules of one."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from funnel.models import StageEntry
from jobs import services as jobs
from leads.facts import known_facts
from leads.models import LossReason, Meeting
from leads.services import editing, fact_batch, outcomes
from leads.services.fact_batch import FactDraft, MeasurementDraft
from leads.services.outcomes import Closing
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_closing_many_leaves_the_trail_of_closing_each(office: Office) -> None:
    leads, at, reason = [office.lead() for _n in range(3)], clock.now(), LossReason.objects.get(code="no_need")
    closings = [Closing(lead, "lost", office.olim, at, reason) for lead in leads]
    closed = outcomes.close_many(closings=closings, origin="page")
    assert [lead.pk for lead in closed] == [lead.pk for lead in leads]
    assert {lead.outcome for lead in closed} == {"lost"}
    assert StageEntry.objects.filter(event="lost", reason=reason.name).count() == 3
    outcomes.close_many(closings=closings, origin="page")
    assert StageEntry.objects.filter(event="lost").count() == 3


def test_of_many_closings_one_refused_lets_none_pass(office: Office) -> None:
    one, other, at = office.lead(), office.lead(), clock.now()
    editing.plan_next_step(lead=other, by=office.olim, at=at, step_at=at + timedelta(days=1), text="Позвонить")
    closings = [
        Closing(one, "archived", office.olim, at, note="старый"),
        Closing(other, "archived", office.olim, at, note="старый", expected_version=other.version),
    ]
    with pytest.raises(StaleVersion):
        outcomes.close_many(closings=closings, origin="page")
    one.refresh_from_db()
    assert one.is_open


def test_many_facts_open_the_gates_that_single_ones_open(office: Office) -> None:
    lead, by, at = office.lead(), office.olim, clock.now()
    draft = FactDraft(lead, by, at, {"held_at": at})
    fact_batch.record_meetings([draft])
    fact_batch.record_interviews([FactDraft(lead, by, at, {"problem": "Ждёт долго", "problem_validated": "yes"})])
    fact_batch.record_agreements([FactDraft(lead, by, at, {"agent_gives": "20 оценок", "bank_gives": "Заявки"})])
    fact_batch.record_contracts([FactDraft(lead, by, at, {"number": "1", "signed_on": at.date()})])
    values = {"metric": "Заявки", "baseline": Decimal(1), "target": Decimal(5), "due_on": at.date()}
    promise = fact_batch.record_promises([FactDraft(lead, by, at, values)])[0]
    assert "value_measured" not in known_facts(lead.pk)
    fact_batch.record_measurements([MeasurementDraft(promise, by, at, {"value": Decimal(6)})])
    wanted = {"meeting_held", "problem", "agent_gives", "bank_gives", "contract_number", "contract_date"}
    assert wanted | {"value_promised", "value_measured"} <= known_facts(lead.pk)
    lead.refresh_from_db()
    assert lead.problem == "Ждёт долго"


def test_many_facts_are_refused_like_single_ones(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    good, future = {"held_at": at}, {"held_at": at + timedelta(hours=1)}
    with pytest.raises(Invalid):
        fact_batch.record_meetings([FactDraft(lead, office.olim, at, values) for values in (good, future)])
    with pytest.raises(NotAllowed):
        fact_batch.record_meetings([FactDraft(lead, office.aziz, at, good)])
    assert not Meeting.objects.exists()


def test_known_facts_asked_for_few_say_the_same_of_those(office: Office) -> None:
    lead = office.lead()
    assert known_facts(lead.pk, ["contact", "problem"]) == known_facts(lead.pk) & {"contact", "problem"}
    assert known_facts(lead.pk, []) == frozenset()


def test_a_transaction_that_owes_many_duties_wakes_a_worker_once(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as hooks:
        for number in range(5):
            with transaction.atomic():
                jobs.owe([jobs.Duty("nothing", f"key-{number}", {}, clock.now())])
    assert [hook.__name__ for hook in hooks] == ["wake"]
