"""A lead through the gates."""

import pytest

from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from funnel.gates import GateClosed
from funnel.models import StageEntry
from leads.services import moves, outcomes
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_a_closed_gate_names_every_missing_fact(office: Office) -> None:
    lead = office.lead()
    with pytest.raises(GateClosed) as refusal:
        moves.move(lead=lead, to=office.stage("custdev"), by=office.olim, at=clock.now())
    assert refusal.value.missing == ("meeting_appointed", "meeting_held", "problem", "value_checked", "utp_checked")


def test_facts_and_the_move_stand_or_fall_together(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    with pytest.raises(GateClosed):
        moves.move(lead=lead, to=office.stage("custdev"), by=office.olim, at=at, facts=facts)
    assert not lead.meetings.exists()
    moved = moves.move(lead=lead, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)
    assert moved.stage.code == "meeting"
    assert lead.meetings.count() == 1


def test_moving_where_it_stands_changes_nothing(office: Office) -> None:
    lead = office.lead()
    again = moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=clock.now())
    assert again.version == lead.version
    assert StageEntry.objects.filter(lead_id=lead.pk).count() == 1


def test_moving_back_needs_a_reason_and_keeps_it(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    lead = moves.move(lead=lead, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)
    with pytest.raises(Invalid):
        moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=at)
    moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=clock.now(), reason="Встречи не было")
    last = StageEntry.objects.filter(lead_id=lead.pk).latest("id")
    assert (last.event, last.reason) == ("returned", "Встречи не было")


def test_only_a_sales_head_waives_a_gate_and_the_log_says_so(office: Office) -> None:
    lead = office.lead()
    to = office.stage("meeting")
    with pytest.raises(NotAllowed):
        moves.move(lead=lead, to=to, by=office.olim, at=clock.now(), waive=True, reason="Знаю его лично")
    moves.move(lead=lead, to=to, by=office.nodira, at=clock.now(), waive=True, reason="Знаю его лично")
    entry = StageEntry.objects.filter(lead_id=lead.pk).latest("id")
    assert entry.waived == ["meeting_appointed", "meeting_held"]


def test_a_stale_version_is_refused_and_shows_the_current_record(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    moves.move(lead=lead, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)
    with pytest.raises(StaleVersion) as refusal:
        outcomes.close(
            lead=lead, outcome="archived", note="Передумал", by=office.olim, at=at, expected_version=lead.version
        )
    assert refusal.value.current.version > lead.version
