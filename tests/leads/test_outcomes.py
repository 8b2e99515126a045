"""Closing, reopening, and what a closed lead allows; the next step beside it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from funnel.models import StageEntry
from leads.drafts import KnownLead, LeadDraft
from leads.models import Lead, LossReason
from leads.services import moves, outcomes
from leads.services.editing import plan_next_step
from leads.services.intake import take_in_one
from tests.office import Office

pytestmark = pytest.mark.django_db


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [error.field for error in refusal.value.errors]


def reason() -> LossReason:
    return LossReason.objects.filter(active=True).earliest("position")


def again(office: Office, lead: Lead) -> Lead:
    """Another open lead of the same party."""
    draft = LeadDraft(kind=lead.kind, party_id=lead.party_id, owner=office.olim)
    return take_in_one(draft=draft, by=office.olim, at=clock.now())


def won(office: Office) -> Lead:
    lead = office.lead()
    return moves.move(
        lead=lead, to=office.stage("value_delivered"), by=office.nodira, at=clock.now(), waive=True, reason="Проверка"
    )


def test_a_refusal_needs_a_reason_from_the_list(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    with pytest.raises(Invalid) as refusal:
        outcomes.close(lead=lead, outcome="lost", note="Просто так", by=office.olim, at=at)
    assert fields_of(refusal) == ["reason"]
    closed = outcomes.close(lead=lead, outcome="lost", reason=reason(), note="Дорого", by=office.olim, at=at)
    assert (closed.outcome, closed.loss_reason, closed.closed_at) == ("lost", reason(), at)
    entry = StageEntry.objects.filter(lead_id=lead.pk).latest("id")
    assert (entry.event, entry.reason) == ("lost", f"{reason().name}. Дорого")


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_the_archive_needs_words(office: Office, note: str) -> None:
    lead = office.lead()
    with pytest.raises(Invalid) as refusal:
        outcomes.close(lead=lead, outcome="archived", note=note, by=office.olim, at=clock.now())
    assert fields_of(refusal) == ["note"]
    assert Lead.objects.get(pk=lead.pk).is_open


@pytest.mark.parametrize("outcome", ["won", "open", "gone", ""])
def test_a_lead_closes_only_as_lost_or_archived(office: Office, outcome: str) -> None:
    lead = office.lead()
    Lead.objects.filter(pk=lead.pk).update(outcome="archived")
    with pytest.raises(Invalid) as refusal:
        outcomes.close(lead=lead, outcome=outcome, note="Так", by=office.olim, at=clock.now())
    assert fields_of(refusal) == ["outcome"]


def test_a_return_to_the_subject_is_not_in_the_past(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    today = timezone.localtime(at).date()
    with pytest.raises(Invalid) as refusal:
        outcomes.close(
            lead=lead, outcome="archived", note="Потом", return_on=today - timedelta(days=1), by=office.olim, at=at
        )
    assert fields_of(refusal) == ["return_on"]
    closed = outcomes.close(lead=lead, outcome="archived", note="Потом", return_on=today, by=office.olim, at=at)
    assert closed.return_on == today


def test_closing_takes_the_step_away_and_twice_changes_nothing(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    plan_next_step(lead=lead, by=office.olim, at=at, step_at=at + timedelta(days=1), text="Звонок")
    closed = outcomes.close(lead=lead, outcome="archived", note="Не целевой", by=office.olim, at=at)
    assert (closed.next_action, closed.next_action_at) == ("", None)
    twice = outcomes.close(lead=lead, outcome="archived", note="Не целевой", by=office.olim, at=at)
    assert twice.version == closed.version
    assert StageEntry.objects.filter(lead_id=lead.pk, event="archived").count() == 1


def test_a_closed_lead_does_not_move_and_takes_no_step(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    closed = outcomes.close(lead=lead, outcome="lost", reason=reason(), by=office.olim, at=at)
    with pytest.raises(moves.LeadIsClosed):
        moves.move(lead=closed, to=office.stage("meeting"), by=office.nodira, at=at, waive=True, reason="Так")
    with pytest.raises(Invalid):
        plan_next_step(lead=closed, by=office.olim, at=at, step_at=at + timedelta(days=1))


def test_reopening_needs_a_reason_and_keeps_the_stage(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    closed = outcomes.close(lead=lead, outcome="lost", reason=reason(), by=office.olim, at=at)
    with pytest.raises(Invalid) as refusal:
        outcomes.reopen(lead=closed, by=office.olim, at=at, reason=" ")
    assert fields_of(refusal) == ["reason"]
    opened = outcomes.reopen(lead=closed, by=office.olim, at=at, reason="Позвонил сам")
    assert (opened.is_open, opened.loss_reason, opened.closed_at, opened.stage) == (True, None, None, lead.stage)
    assert outcomes.reopen(lead=opened, by=office.olim, at=at, reason="").version == opened.version


def test_a_lead_does_not_reopen_beside_another_open_one(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    closed = outcomes.close(lead=lead, outcome="archived", note="Потом", by=office.olim, at=at)
    other = again(office, lead)
    with pytest.raises(KnownLead):
        outcomes.reopen(lead=closed, by=office.olim, at=at, reason="Снова")
    outcomes.close(lead=other, outcome="archived", note="Ошибка", by=office.olim, at=at)
    assert outcomes.reopen(lead=closed, by=office.olim, at=at, reason="Снова").is_open


def test_a_won_lead_does_not_come_back_beside_another_open_one(office: Office) -> None:
    lead, at = won(office), clock.now()
    other = again(office, lead)
    with pytest.raises(KnownLead):
        moves.move(lead=lead, to=office.stage("custdev"), by=office.olim, at=at, reason="Недокрутили")
    outcomes.close(lead=other, outcome="archived", note="Ошибка", by=office.olim, at=at)
    back = moves.move(lead=lead, to=office.stage("custdev"), by=office.olim, at=at, reason="Недокрутили")
    assert (back.is_open, back.closed_at) == (True, None)


def test_the_last_stage_wins_the_lead_and_ends_its_step(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    plan_next_step(lead=lead, by=office.olim, at=at, step_at=at + timedelta(days=1), text="Звонок")
    lead = moves.move(
        lead=lead, to=office.stage("value_delivered"), by=office.nodira, at=at, waive=True, reason="Проверка"
    )
    assert (lead.outcome, lead.closed_at, lead.next_action_at) == ("won", at, None)


def test_who_only_reads_neither_closes_nor_reopens(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    with pytest.raises(NotAllowed):
        outcomes.close(lead=lead, outcome="archived", note="Так", by=office.aziz, at=at)
    closed = outcomes.close(lead=lead, outcome="archived", note="Так", by=office.olim, at=at)
    with pytest.raises(NotAllowed):
        outcomes.reopen(lead=closed, by=office.aziz, at=at, reason="Так")


def test_a_step_is_not_planned_into_the_past(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    with pytest.raises(Invalid) as refusal:
        plan_next_step(lead=lead, by=office.olim, at=at, step_at=at - timedelta(seconds=1), text="Звонок")
    assert fields_of(refusal) == ["next_action_at"]
    assert plan_next_step(lead=lead, by=office.olim, at=at, step_at=at, text="Звонок").next_action_at == at


def test_a_step_on_an_old_version_is_refused(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    plan_next_step(lead=lead, by=office.olim, at=at, step_at=at + timedelta(days=1), text="Их шаг")
    with pytest.raises(StaleVersion):
        plan_next_step(
            lead=lead, by=office.olim, at=at, step_at=at + timedelta(days=2), text="Мой", expected_version=lead.version
        )
    assert Lead.objects.get(pk=lead.pk).next_action == "Их шаг"
