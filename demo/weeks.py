"""Weeks of the main people: three that are over, and the one that runs. Everything through the services."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

from accounts.models import User
from backlog.choices import ActionKind, ResultOutcome
from backlog.freetime import Stretch, free_slots
from backlog.models import Action, Goal, Sprint
from backlog.services.actions import ActionFields, create_action
from backlog.services.goals import create_goal, log_value
from backlog.services.results import record_result
from backlog.services.sprints import close_sprint, monday_of, open_sprint
from demo.offers import Offer
from demo.week_data import PLANNERS, REVIEWS, Aim, Planner, Step
from leads.choices import Outcome
from leads.models import Lead
from worktime.calendar import WorkingCalendar
from worktime.selectors import calendar_of

WEEKS_BACK, PAST_SHARE = 3, 4  # of earlier weeks every fourth action is told
SLOTTED, DONE = 0.8, 0.85
MORNING = time(9, 15)
OUTCOMES = {
    ResultOutcome.AGREED: 5, ResultOutcome.MEETING: 3, ResultOutcome.OBJECTION: 2, ResultOutcome.OTHER: 2,
}  # fmt: skip
NOTES = ("", "", "Просит условия письмом.", "Готов начать с двух клиентов.", "Сравнивает с другим банком.")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's planning: his calendar, and whose leads his calls may concern."""

    random: Random
    owner: User
    calendar: WorkingCalendar
    leads: Iterator[Lead]
    at: datetime


def plan(random: Random, people: Mapping[str, User], offer: Offer, at: datetime) -> int:
    """Returns how many actions were planned."""
    return sum(_plan_person(random, planner, people[planner.who], offer, at) for planner in PLANNERS)


def _plan_person(random: Random, planner: Planner, owner: User, offer: Offer, at: datetime) -> int:
    open_leads = Lead.objects.filter(owner=owner, outcome=Outcome.OPEN).order_by("-touched_at", "pk")
    desk = Desk(random, owner, calendar_of(owner), iter(list(open_leads.select_related("party", "segment")[:15])), at)
    this = monday_of(at.astimezone(owner.zone).date())
    made = 0
    for back in range(WEEKS_BACK, -1, -1):
        made += _plan_week(desk, planner, offer, this - timedelta(weeks=back), back)
    for step in planner.ideas:
        create_action(owner=owner, title=step.title, by=owner, at=at, calendar=desk.calendar, **_words(step))
    return made + len(planner.ideas)


def _plan_week(desk: Desk, planner: Planner, offer: Offer, monday: date, back: int) -> int:
    morning = datetime.combine(monday, MORNING, desk.calendar.zone)
    sprint = open_sprint(owner=desk.owner, day=monday, by=desk.owner)
    goals = [_goal(sprint, aim, offer) for aim in planner.aims]
    plans: list[tuple[Step, Goal | None]] = [
        (step, goal) for aim, goal in zip(planner.aims, goals, strict=True) for step in aim.steps
    ]
    plans += [(step, None) for step in planner.loose]
    chosen = plans if not back else plans[back - 1 :: PAST_SHARE]
    actions = _put_down(desk, sprint, chosen, morning)
    _work(desk, actions, done=DONE if back else 0.9)
    _grow(desk, goals, morning)
    if back:
        worked, failed = REVIEWS[back - 1]
        evening = datetime.combine(monday + timedelta(days=4), time(17, 45), desk.calendar.zone)
        close_sprint(sprint=sprint, by=desk.owner, at=evening, worked=worked, failed=failed)
    return len(actions)


def _goal(sprint: Sprint, aim: Aim, offer: Offer) -> Goal:
    name, unit = aim.own
    return create_goal(
        sprint=sprint, by=sprint.owner, statement=aim.statement, metric=aim.metric, target=Decimal(aim.target),
        segment=offer.segments[aim.segment], initiative=offer.initiatives.get(aim.initiative), metric_name=name,
        unit=unit,
    )  # fmt: skip


def _put_down(desk: Desk, sprint: Sprint, plans: Sequence[tuple[Step, Goal | None]], morning: datetime) -> list[Action]:
    """On Monday morning: most get a slot of their own, one after another, with gaps."""
    actions: list[Action] = []
    busy: list[Stretch] = []
    for step, goal in desk.random.sample(plans, len(plans)):
        slot = None
        if desk.random.random() < SLOTTED:
            free = free_slots(desk.calendar, busy, step.minutes, since=morning)
            slot = next(islice(free, desk.random.randint(0, 24), None), None)
        if slot is not None and slot < morning + timedelta(days=5):
            busy.append((slot, slot + timedelta(minutes=step.minutes)))
        else:
            slot = None
        lead = next(desk.leads, None) if _may_concern_a_lead(step, slot, desk.at) else None
        words = _words(step)
        words |= {"sprint": sprint, "goal": goal, "slot_at": slot, "lead": lead}
        actions.append(
            create_action(
                owner=desk.owner, title=step.title, by=desk.owner, at=morning, calendar=desk.calendar, **words
            )
        )
    return actions


def _may_concern_a_lead(step: Step, slot: datetime | None, at: datetime) -> bool:
    """Only what is still ahead: what came of a lead is told by its own road."""
    return step.kind == ActionKind.CALL and slot is not None and slot > at


def _words(step: Step) -> ActionFields:
    return {"kind": step.kind, "minutes": step.minutes, "priority": step.priority, "location": step.place}


def _work(desk: Desk, actions: Sequence[Action], *, done: float) -> None:
    """What had its time has its result, as a rule."""
    for action in actions:
        if action.slot_end is None or action.slot_end > desk.at or desk.random.random() > done:
            continue
        (outcome,) = desk.random.choices(list(OUTCOMES), list(OUTCOMES.values()))
        note = desk.random.choice(NOTES)
        record_result(
            action=action, by=desk.owner, at=action.slot_end, outcome=outcome, note=note, plan_next=False
        )  # fmt: skip


def _grow(desk: Desk, goals: Sequence[Goal], morning: datetime) -> None:
    """Own metrics, written down at noon of every day that has passed."""
    for goal in goals:
        if not goal.metric_name:
            continue
        for day in range(5):
            noon = morning.replace(hour=12, minute=30) + timedelta(days=day)
            if noon < desk.at:
                log_value(goal=goal, value=Decimal(day + 1), at=noon, by=desk.owner, note="по журналу вебинара")
