"""One press on the result bar: the outcome, the lead's facts, the next step; and undo puts it all back."""

from datetime import timedelta
from typing import Any

import pytest

from backlog.models import Action, ActionResult
from backlog.services.results import (
    UNDO_TAKEN,
    AlreadyRecorded,
    TooLateToUndo,
    record_for_lead,
    record_result,
    undo_result,
)
from common import clock
from common.errors import Invalid, NotAllowed
from funnel.gates import GateClosed
from leads.models import Lead, LossReason
from leads.services.editing import plan_next_step
from leads.services.recording import record_meeting
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = clock.now().replace(hour=6, minute=0, second=0, microsecond=0)  # eleven in Tashkent


def action_of(office: Office, lead: Lead | None = None, **fields: Any) -> Action:
    values = {"title": "Обзвонить оценщиков", "kind": "call", "due_at": NOW} | fields
    return Action.objects.create(owner=office.olim, team=office.north, lead=lead, **values)


def test_no_answer_closes_the_action_and_plans_the_next_try_on_a_working_day(office: Office) -> None:
    lead = office.lead()
    result = record_result(action=action_of(office, lead), by=office.olim, at=NOW, outcome="not_reached")
    lead.refresh_from_db()
    assert result.action.status == "done"
    assert lead.next_action_at == result.next_at
    assert lead.next_action == "Позвонить ещё раз"
    local = result.next_at.astimezone(office.olim.zone)
    assert local.isoweekday() <= 5
    assert local > NOW


def test_a_talk_makes_the_lead_fresh_and_silence_does_not(office: Office) -> None:
    quiet, talked = office.lead(), office.lead()
    Lead.objects.update(touched_at=NOW - timedelta(days=9))
    record_result(action=action_of(office, quiet), by=office.olim, at=NOW, outcome="not_reached")
    record_result(action=action_of(office, talked), by=office.olim, at=NOW, outcome="objection")
    quiet.refresh_from_db()
    talked.refresh_from_db()
    assert quiet.touched_at == NOW - timedelta(days=9)
    assert talked.touched_at == NOW


def test_a_refusal_asks_its_reason_and_closes_the_lead(office: Office) -> None:
    action = action_of(office, office.lead())
    with pytest.raises(Invalid) as asked:
        record_result(action=action, by=office.olim, at=NOW, outcome="refused")
    assert asked.value.errors[0].field == "reason"
    assert Action.objects.get(pk=action.pk).status == "planned"
    record_result(action=action, by=office.olim, at=NOW, outcome="refused", reason=LossReason.objects.first())
    assert Lead.objects.get(pk=action.lead_id).outcome == "lost"


def test_a_verbal_contract_opens_the_gate_with_what_is_missing_and_writes_nothing(office: Office) -> None:
    action = action_of(office, office.lead())
    with pytest.raises(GateClosed) as gate:
        record_result(action=action, by=office.olim, at=NOW, outcome="verbal_contract", note="Ударили по рукам")
    assert {"agent_gives", "bank_gives"} <= set(gate.value.missing)
    assert not ActionResult.objects.exists()
    assert not Lead.objects.get(pk=action.lead_id).notes.exists()


def test_an_appointed_meeting_is_held_by_its_result_and_the_stage_follows(office: Office) -> None:
    lead = office.lead()
    record_meeting(lead=lead, by=office.olim, at=NOW - timedelta(days=1), planned_at=NOW - timedelta(minutes=5))
    record_result(action=action_of(office, lead), by=office.olim, at=NOW, outcome="agreed")
    lead.refresh_from_db()
    assert lead.stage.code == "meeting"
    assert lead.meetings.get().status == "held"


def test_undo_puts_back_action_stage_meeting_step_and_touch(office: Office) -> None:
    lead, before = office.lead(), NOW - timedelta(days=2)
    plan_next_step(lead=lead, by=office.olim, at=before, step_at=NOW - timedelta(hours=1), text="Позвонить")
    record_meeting(lead=lead, by=office.olim, at=before, planned_at=NOW - timedelta(minutes=5))
    was = Lead.objects.get(pk=lead.pk)
    action = action_of(office, lead)
    result = record_result(action=action, by=office.olim, at=NOW, outcome="agreed", note="Согласен")
    undo_result(result=result, by=office.olim, at=NOW + timedelta(seconds=8))
    now = Lead.objects.get(pk=lead.pk)
    assert (now.stage_id, now.next_action, now.next_action_at, now.touched_at) == (
        was.stage_id, was.next_action, was.next_action_at, was.touched_at,
    )  # fmt: skip
    assert now.meetings.get().status == "planned"
    assert not now.notes.exists()
    assert Action.objects.get(pk=action.pk).status == "planned"


def test_undo_of_a_refusal_takes_the_lead_back_to_work(office: Office) -> None:
    action = action_of(office, office.lead())
    result = record_result(action=action, by=office.olim, at=NOW, outcome="refused", reason=LossReason.objects.first())
    undo_result(result=result, by=office.olim, at=NOW + timedelta(seconds=3))
    assert Lead.objects.get(pk=action.lead_id).is_open
    undo_result(result=result, by=office.olim, at=NOW + timedelta(seconds=4))  # pressed twice


def test_undo_is_for_seconds_and_for_ones_own(office: Office) -> None:
    result = record_result(action=action_of(office, office.lead()), by=office.olim, at=NOW, outcome="agreed")
    with pytest.raises(TooLateToUndo):
        undo_result(result=result, by=office.olim, at=NOW + UNDO_TAKEN + timedelta(seconds=1))
    with pytest.raises(TooLateToUndo):
        undo_result(result=result, by=office.nodira, at=NOW + timedelta(seconds=1))


def test_a_result_sent_twice_is_one_result_and_another_outcome_is_refused(office: Office) -> None:
    action = action_of(office, office.lead())
    first = record_result(action=action, by=office.olim, at=NOW, outcome="agreed")
    again = record_result(action=action, by=office.olim, at=NOW, outcome="agreed")
    assert first.pk == again.pk
    with pytest.raises(AlreadyRecorded):
        record_result(action=action, by=office.olim, at=NOW, outcome="objection")


def test_a_postponed_action_without_a_lead_is_followed_by_the_next_of_its_chain(office: Office) -> None:
    action = action_of(office)
    result = record_result(action=action, by=office.olim, at=NOW, outcome="postponed")
    assert result.next_action is not None
    assert result.next_action.follows_id == action.pk
    undo_result(result=result, by=office.olim, at=NOW + timedelta(seconds=1))
    assert Action.objects.get(pk=result.next_action_id).status == "dropped"


def test_a_result_on_a_lead_leaves_an_action_and_its_undo_none_in_the_plan(office: Office) -> None:
    lead = office.lead()
    result = record_for_lead(lead=lead, by=office.olim, at=NOW, outcome="objection")
    assert result.action.status == "done"
    undo_result(result=result, by=office.olim, at=NOW + timedelta(seconds=1))
    assert not Action.objects.open().exists()


def test_a_step_in_the_past_is_refused_in_words(office: Office) -> None:
    action = action_of(office, office.lead())
    with pytest.raises(Invalid):
        record_result(action=action, by=office.olim, at=NOW, outcome="agreed", next_at=NOW - timedelta(hours=1))
    assert not ActionResult.objects.exists()


def test_an_auditor_records_nothing(office: Office) -> None:
    with pytest.raises(NotAllowed):
        record_result(action=action_of(office, office.lead()), by=office.aziz, at=NOW, outcome="agreed")
