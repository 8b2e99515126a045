"""The reminder of a lead's next step: one row in the bell, whatever is repeated, moved or taken away."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from common import clock
from jobs.models import Job
from leads.models import Lead
from leads.services import editing, outcomes
from notifications.choices import ReminderKind
from notifications.models import Notice, NoticeKind, Reminder
from notifications.services import mark_read, notify
from notifications.services.reminders import RING_JOB
from tests.notifications.desk import drain
from tests.office import Office

pytestmark = pytest.mark.django_db
TASHKENT = ZoneInfo("Asia/Tashkent")


def plan(office: Office, lead: Lead, step_at: datetime | None, text: str = "Позвонить") -> Lead:
    return editing.plan_next_step(lead=lead, by=office.olim, at=clock.now(), step_at=step_at, text=text)


def soon(minutes: int = 5) -> datetime:
    """Within the quarter of an hour before which a reminder is due at once."""
    return (clock.now() + timedelta(minutes=minutes)).replace(microsecond=0)


def rung() -> list[Notice]:
    return list(Notice.objects.filter(kind=NoticeKind.STEP_DUE))


def test_a_step_that_is_due_rings_once_at_its_owner(office: Office) -> None:
    lead = plan(office, office.lead(), soon())
    drain()
    (notice,) = rung()
    assert (notice.user, notice.lead, notice.facts["step"]) == (office.olim, lead, "Позвонить")


def test_it_rings_a_quarter_of_an_hour_ahead_and_not_before(office: Office) -> None:
    step_at = soon(60)
    plan(office, office.lead(), step_at)
    drain()
    assert rung() == []
    assert Job.objects.get(kind=RING_JOB).due_at == step_at - timedelta(minutes=15)


def test_running_it_again_changes_nothing(office: Office) -> None:
    plan(office, office.lead(), soon())
    drain()
    Job.objects.update(state="ready")
    drain()
    drain()
    assert len(rung()) == 1


def test_without_the_key_a_second_run_would_ring_twice(office: Office) -> None:
    """The negative control: two occasions with two keys do make two rows."""
    for key in ("one", "two"):
        notify(user_id=office.olim.pk, kind=NoticeKind.STEP_DUE, key=key, at=clock.now())
        notify(user_id=office.olim.pk, kind=NoticeKind.STEP_DUE, key=key, at=clock.now())
    assert len(rung()) == 2


def test_a_step_that_was_moved_rings_for_the_new_time_only(office: Office) -> None:
    lead = plan(office, office.lead(), soon(5))
    lead = plan(office, lead, soon(8))
    drain()
    (notice,) = rung()
    assert datetime.fromisoformat(notice.facts["step_at"]) == lead.next_action_at


def test_a_step_moved_while_its_job_was_at_work_does_not_ring(office: Office) -> None:
    lead = plan(office, office.lead(), soon())
    Lead.objects.filter(pk=lead.pk).update(next_action_at=soon(90))
    drain()
    assert rung() == []


def test_a_step_that_was_taken_away_does_not_ring(office: Office) -> None:
    lead = plan(office, office.lead(), soon())
    plan(office, lead, None)
    drain()
    assert rung() == []
    assert not Job.objects.filter(kind=RING_JOB).exists()


def test_a_closed_lead_does_not_ring(office: Office) -> None:
    lead = plan(office, office.lead(), soon())
    outcomes.close(lead=lead, outcome="archived", note="Передумал", by=office.olim, at=clock.now())
    drain()
    assert rung() == []


def test_it_rings_at_the_owner_of_today(office: Office) -> None:
    lead = plan(office, office.lead(), soon())
    editing.assign(lead=lead, owner=office.oksana, by=office.olim, at=clock.now())
    drain()
    assert [notice.user for notice in rung()] == [office.oksana]


def test_a_lead_of_nobody_rings_at_nobody(office: Office) -> None:
    lead = plan(office, office.lead(), soon())
    editing.assign(lead=lead, owner=None, by=office.nodira, at=clock.now())
    drain()
    assert rung() == []


def test_the_same_moment_in_another_time_zone_is_the_same_step(office: Office) -> None:
    step_at = soon()
    lead = plan(office, office.lead(), step_at.astimezone(TASHKENT))
    plan(office, lead, step_at.astimezone(UTC), text="Позвонить и напомнить")
    drain()
    assert len(rung()) == 1
    assert Reminder.objects.filter(kind=ReminderKind.STEP).count() == 1


def test_a_step_moved_away_and_back_rings_once(office: Office) -> None:
    step_at, lead = soon(), office.lead()
    for moment in (step_at, soon(9), step_at):
        lead = plan(office, lead, moment)
    drain()
    assert len(rung()) == 1


def test_two_beats_and_two_drains_change_nothing(office: Office) -> None:
    for _ in range(3):
        plan(office, office.lead(), soon())
    for _ in range(2):
        drain()
        drain()
    assert len(rung()) == 3


def test_a_lead_taken_in_with_a_step_rings_too(office: Office) -> None:
    office.lead(next_action="Встретиться", next_action_at=soon())
    drain()
    assert [notice.facts["step"] for notice in rung()] == ["Встретиться"]


def test_a_new_owner_is_told_and_who_took_it_himself_is_not(office: Office) -> None:
    lead = office.lead()
    editing.assign(lead=lead, owner=office.oksana, by=office.olim, at=clock.now())
    editing.assign(lead=lead, owner=office.nodira, by=office.nodira, at=clock.now())
    told = Notice.objects.filter(kind=NoticeKind.LEAD_ASSIGNED)
    assert [notice.user for notice in told] == [office.oksana]


def test_reading_marks_only_ones_own(office: Office) -> None:
    for user in (office.olim, office.oksana):
        notify(user_id=user.pk, kind=NoticeKind.STEP_DUE, key=f"for {user.name}", at=clock.now())
    foreign = Notice.objects.get(user=office.oksana)
    assert mark_read(user=office.olim, at=clock.now(), ids=[foreign.pk]) == 0
    assert mark_read(user=office.olim, at=clock.now()) == 1
    assert mark_read(user=office.olim, at=clock.now()) == 0
    unread = Notice.objects.filter(read_at__isnull=True)
    assert [notice.user for notice in unread] == [office.oksana]


def test_a_reminder_does_not_outlive_the_clock_change(office: Office) -> None:
    """Moments are compared as moments: a night in which the clock jumps moves no reminder."""
    with time_machine.travel("2026-03-28T20:00:00+00:00", tick=False):
        berlin = datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        plan(office, office.lead(), berlin)
        assert Job.objects.get(kind=RING_JOB).due_at == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)
