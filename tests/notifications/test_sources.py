"""What rings besides steps: what is overdue, actions, slots, meetings, promises."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction

from backlog.events import ActionPlanned
from backlog.models import Action, Sprint
from backlog.services import actions
from common import clock
from common.events import publish
from leads.models import Lead, Meeting
from leads.services import editing, outcomes, recording
from notifications.choices import NoticeKind, ReminderKind
from notifications.models import Notice, Reminder
from tests.notifications.desk import MOSCOW, NOON, TASHKENT, drain, kinds, lines, waiting
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=TASHKENT)


def plan(office: Office, lead: Lead, step_at: datetime | None) -> Lead:
    return editing.plan_next_step(lead=lead, by=office.olim, at=clock.now(), step_at=step_at, text="Позвонить")


def action(office: Office, *, due_at: datetime, slot_at: datetime | None = None, **fields: Any) -> Action:
    sprint, _ = Sprint.objects.get_or_create(owner=office.olim, starts_on=date(2026, 11, 23))
    values = {"owner": office.olim, "sprint": sprint, "title": "Собрать отзывы", "due_at": due_at, "slot_at": slot_at}
    made = Action.objects.create(**values | fields)
    planned(made)
    return made


def planned(row: Action, *stale: datetime) -> None:
    moments = (row.due_at, row.slot_at) if row.is_open else (None, None)
    with transaction.atomic():
        publish(ActionPlanned(row.pk, row.owner_id, *moments, stale, None, clock.now()))


def appoint(office: Office, lead: Lead, planned_at: datetime, **more: Any) -> Meeting:
    return recording.record_meeting(lead=lead, by=office.olim, at=clock.now(), planned_at=planned_at, **more)


def promise(office: Office, lead: Lead, due_on: date) -> Any:
    values = {"metric": "Продаж в месяц", "baseline": Decimal(10), "target": Decimal(15), "due_on": due_on}
    return recording.record_promise(lead=lead, by=office.olim, at=clock.now(), **values)


def test_a_step_left_undone_is_told_as_overdue_once(office: Office, now: Any) -> None:
    plan(office, office.lead(), at(25, 13))
    now.move_to(at(25, 12, 45))
    drain()
    assert kinds() == [NoticeKind.STEP_DUE]
    for minute in (0, 5, 50):
        now.move_to(at(25, 13, minute))
        drain()
    assert kinds() == [NoticeKind.STEP_DUE, NoticeKind.OVERDUE]


def test_a_step_moved_in_time_is_never_overdue(office: Office, now: Any) -> None:
    lead = plan(office, office.lead(), at(25, 13))
    now.move_to(at(25, 12, 50))
    drain()
    plan(office, lead, at(26, 13))
    now.move_to(at(25, 14))
    drain()
    assert kinds() == [NoticeKind.STEP_DUE]
    assert waiting() == [(ReminderKind.STEP, at(26, 12, 45))]


def test_a_step_moved_away_and_back_after_it_rang_is_still_told_when_it_is_late(office: Office, now: Any) -> None:
    lead = plan(office, office.lead(), at(25, 13))
    now.move_to(at(25, 12, 50))
    drain()
    lead = plan(office, lead, at(26, 13))
    plan(office, lead, at(25, 13))
    assert waiting() == [(ReminderKind.STEP_OVERDUE, at(25, 13))]
    now.move_to(at(25, 13))
    drain()
    assert kinds() == [NoticeKind.STEP_DUE, NoticeKind.OVERDUE]


def test_a_result_undone_brings_the_reminder_back(office: Office, now: Any) -> None:
    row = action(office, due_at=at(25, 18))
    for status in ("done", "planned"):
        Action.objects.filter(pk=row.pk).update(status=status)
        row.refresh_from_db()
        planned(row)
    assert waiting() == [(ReminderKind.ACTION, at(25, 17))]
    now.move_to(at(25, 17))
    drain()
    assert kinds() == [NoticeKind.ACTION_DUE]


def test_a_worker_dead_for_two_hours_tells_what_was_missed_once(office: Office, now: Any) -> None:
    """Of the ring ahead and the overdue one only the latter still says something true."""
    for _ in range(3):
        plan(office, office.lead(), at(25, 13))
    now.move_to(at(25, 15))
    drain()
    drain()
    assert kinds() == [NoticeKind.OVERDUE] * 3
    assert waiting() == []


def test_an_action_rings_ahead_and_when_it_is_late(office: Office, now: Any) -> None:
    action(office, due_at=at(25, 18))
    now.move_to(at(25, 17))
    drain()
    now.move_to(at(25, 18))
    drain()
    assert [(n.kind, n.facts["step"]) for n in lines(office.olim)] == [
        (NoticeKind.ACTION_DUE, "Собрать отзывы"), (NoticeKind.OVERDUE, "Собрать отзывы"),
    ]  # fmt: skip


def test_a_slot_rings_before_it_begins(office: Office, now: Any) -> None:
    action(office, due_at=at(27, 18), slot_at=at(25, 15))
    now.move_to(at(25, 14, 45))
    drain()
    assert kinds() == [NoticeKind.SLOT]


def test_a_moved_action_rings_for_its_new_moment_only(office: Office, now: Any) -> None:
    row = action(office, due_at=at(25, 15), slot_at=at(25, 14))
    Action.objects.filter(pk=row.pk).update(due_at=at(26, 18), slot_at=None)
    row.refresh_from_db()
    planned(row, at(25, 15), at(25, 14))
    assert waiting() == [(ReminderKind.ACTION, at(26, 17))]
    now.move_to(at(25, 16))
    drain()
    assert kinds() == []


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_an_action_that_is_over_rings_no_more(office: Office, now: Any, status: str) -> None:
    row = action(office, due_at=at(25, 15), slot_at=at(25, 14))
    Action.objects.filter(pk=row.pk).update(status=status)
    row.refresh_from_db()
    planned(row)
    assert waiting() == []


def test_an_action_done_without_a_word_does_not_ring_either(office: Office, now: Any) -> None:
    """Whatever forgot to say so: the ring looks at the action itself."""
    row = action(office, due_at=at(25, 15), slot_at=at(25, 14))
    Action.objects.filter(pk=row.pk).update(status="done")
    now.move_to(at(25, 16))
    drain()
    assert kinds() == []
    assert set(Reminder.objects.values_list("state", flat=True)) == {"cancelled"}


def test_the_deeds_of_the_backlog_plan_move_and_cancel(office: Office, now: Any) -> None:
    week = Sprint.objects.create(owner=office.olim, starts_on=date(2026, 11, 23))
    who: dict[str, Any] = {"by": office.olim, "at": clock.now()}
    row = actions.create_action(
        owner=office.olim, title="Отзывы", sprint=week, due_at=at(26, 18), slot_at=at(26, 10), **who
    )
    both = [(ReminderKind.SLOT, at(26, 9, 45)), (ReminderKind.ACTION, at(26, 17))]
    assert waiting() == both
    row = actions.update_action(action=row, changes={"due_at": at(27, 18)}, **who)
    assert waiting() == [both[0], (ReminderKind.ACTION, at(27, 17))]
    actions.drop_action(action=row, **who)
    assert waiting() == []


def test_an_idea_is_never_late(office: Office, now: Any) -> None:
    action(office, due_at=at(25, 15), sprint=None)
    now.move_to(at(25, 16))
    drain()
    assert kinds() == []


def test_an_action_handed_over_rings_at_its_owner_of_today(office: Office, now: Any) -> None:
    row = action(office, due_at=at(25, 15))
    Action.objects.filter(pk=row.pk).update(owner=office.oksana)
    now.move_to(at(25, 14))
    drain()
    assert [notice.user for notice in lines()] == [office.oksana]


def test_a_meeting_rings_on_the_eve_and_half_an_hour_ahead(office: Office, now: Any) -> None:
    appoint(office, office.lead(), at(27, 11))
    rung = []
    for moment in (at(26, 17, 59), at(26, 18), at(27, 10, 29), at(27, 10, 30), at(27, 12)):
        now.move_to(moment)
        drain()
        rung.append(len(lines(office.olim, kind=NoticeKind.MEETING)))
    assert rung == [0, 1, 1, 2, 2]
    eve = Reminder.objects.get(kind=ReminderKind.MEETING_EVE)
    assert (eve.wall_at, eve.zone) == ("2026-11-26T18:00", "Asia/Tashkent")


@pytest.mark.parametrize("change", ["moved", "held", "cancelled", "closed"])
def test_a_meeting_that_does_not_take_place_as_planned_does_not_ring(office: Office, now: Any, change: str) -> None:
    lead = office.lead()
    meeting = appoint(office, lead, at(27, 11))
    if change == "moved":
        appoint(office, lead, at(30, 11), meeting=meeting)
    elif change == "closed":
        outcomes.close(lead=lead, outcome="archived", note="Передумал", by=office.olim, at=clock.now())
    else:
        moment = {"held_at": clock.now()} if change == "held" else {"status": "cancelled"}
        recording.record_meeting(lead=lead, by=office.olim, at=clock.now(), meeting=meeting, **moment)
    now.move_to(at(27, 12))
    drain()
    assert kinds() == []
    assert [due for _kind, due in waiting()] == ([at(27, 18)] if change == "moved" else [])


def test_a_reopened_lead_rings_for_its_meeting_again(office: Office, now: Any) -> None:
    lead = office.lead()
    appoint(office, lead, at(27, 11))
    closed = outcomes.close(lead=lead, outcome="archived", note="Передумал", by=office.olim, at=clock.now())
    assert waiting() == []
    outcomes.reopen(lead=closed, by=office.olim, at=clock.now(), reason="Передумал ещё раз")
    now.move_to(at(26, 18))
    drain()
    assert kinds() == [NoticeKind.MEETING]


def test_the_day_is_that_of_whoever_owns_the_lead_now(office: Office, now: Any) -> None:
    type(office.oksana).objects.filter(pk=office.oksana.pk).update(timezone="Europe/Moscow")
    lead = office.lead()
    appoint(office, lead, at(27, 11))
    office.oksana.refresh_from_db()
    editing.assign(lead=lead, owner=office.oksana, by=office.olim, at=clock.now())
    assert waiting() == [(ReminderKind.MEETING_EVE, datetime(2026, 11, 26, 18, tzinfo=MOSCOW))]


def test_a_promise_rings_three_days_before_and_on_the_day(office: Office, now: Any) -> None:
    promise(office, office.lead(), date(2026, 12, 3))
    for day in (30, 31, 32, 33):
        now.move_to(datetime(2026, 11, 30, 9, tzinfo=TASHKENT) + (day - 30) * DAY)
        drain()
    assert [(n.kind, n.at.astimezone(TASHKENT).day) for n in lines(office.olim)] == [
        (NoticeKind.PROMISE, 30), (NoticeKind.PROMISE, 3),
    ]  # fmt: skip


def test_a_promise_kept_does_not_ring(office: Office, now: Any) -> None:
    lead = office.lead()
    made = promise(office, lead, date(2026, 12, 3))
    recording.record_measurement(lead=lead, by=office.olim, at=clock.now(), value=Decimal(16), promise=made)
    now.move_to(datetime(2026, 12, 3, 10, tzinfo=TASHKENT))
    drain()
    assert kinds() == []


def test_a_promise_not_yet_kept_does_ring(office: Office, now: Any) -> None:
    """The negative control of the test above."""
    lead = office.lead()
    made = promise(office, lead, date(2026, 12, 3))
    recording.record_measurement(lead=lead, by=office.olim, at=clock.now(), value=Decimal(14), promise=made)
    now.move_to(datetime(2026, 12, 3, 10, tzinfo=TASHKENT))
    drain()
    assert kinds() == [NoticeKind.PROMISE]


def test_a_lead_taken_from_the_queue_brings_its_meetings(office: Office, now: Any) -> None:
    lead = office.lead()
    appoint(office, lead, at(27, 11))
    editing.assign(lead=lead, owner=None, by=office.nodira, at=clock.now())
    assert waiting() == []
    lead.refresh_from_db()
    editing.assign(lead=lead, owner=office.oksana, by=office.nodira, at=clock.now())
    assert [kind for kind, _due in waiting()] == [ReminderKind.MEETING_EVE]


def test_who_may_no_longer_sign_in_is_not_rung_for(office: Office, now: Any) -> None:
    plan(office, office.lead(), at(25, 13))
    action(office, due_at=at(25, 14))
    type(office.olim).objects.filter(pk=office.olim.pk).update(is_active=False)
    now.move_to(at(25, 15))
    drain()
    assert not Notice.objects.exists()


def test_planning_the_same_again_changes_nothing(office: Office, now: Any) -> None:
    row = action(office, due_at=at(25, 15), slot_at=at(25, 14))
    before = list(Reminder.objects.order_by("pk").values())
    for _ in range(3):
        planned(row)
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_a_free_day_is_no_reason_to_miss_a_meeting(office: Office, now: Any) -> None:
    """Monday's meeting rings on Friday evening, not on Sunday."""
    appoint(office, office.lead(), datetime(2026, 11, 30, 10, tzinfo=TASHKENT))
    ((_kind, due),) = waiting()
    assert due == datetime.combine(date(2026, 11, 27), time(18), TASHKENT)
