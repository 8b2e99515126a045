"""Weeks, their goals, and the actions: a year of done ones on the leads' roads, this week's plan, some ideas."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from backlog.choices import ActionKind, ActionStatus, GoalStatus, Priority, ResultOutcome, SprintStatus
from backlog.models import Action, ActionResult, Goal, Sprint
from demo.scale.columns import EPOCH_DAY, Array, Maybe, Pick
from demo.scale.draws import DAY, HOUR, SECOND, WEEK, Draws
from demo.scale.leads import OPEN, Roads
from demo.scale.market import Market
from demo.scale.people import Staff
from demo.scale.table import Table

WEEKS = 54  # the last one is this week
GOALS = 2
DONE, DROPPED, PLANNED, IDEA = range(4)
SHARES = (0.86, 0.05, 0.06, 0.03)
WITH_RESULT = 0.35
GOAL_PLANS = (
    ("meeting", "10 созвонов с новыми контактами", 10), ("custdev", "5 разговоров CustDev", 5),
    ("verbal_contract", "3 устных контракта", 3), ("signed_contract", "1 подписанный контракт", 1),
    ("calls", "20 звонков с ответом", 20), ("done", "25 сделанных действий", 25),
)  # fmt: skip
TASKS = (
    (ActionKind.CALL, "Позвонить и спросить о решении"), (ActionKind.CALL, "Обзвонить тех, кто не ответил"),
    (ActionKind.MEETING, "Встретиться и показать расчёт"), (ActionKind.CUSTDEV, "Спросить, что мешает продавать"),
    (ActionKind.MESSAGE, "Отправить условия"), (ActionKind.MESSAGE, "Напомнить о документах"),
    (ActionKind.CONTRACT, "Согласовать, что даёт каждая сторона"), (ActionKind.TASK, "Подготовить договор"),
    (ActionKind.TASK, "Сверить список выданных рассрочек"),
)  # fmt: skip
TASK_WEIGHTS = (6, 2, 3, 2, 3, 2, 1.5, 1, 1)
MINUTES = (15, 20, 30, 45, 60, 90)
OUTCOMES = (
    ResultOutcome.AGREED, ResultOutcome.NOT_REACHED, ResultOutcome.POSTPONED, ResultOutcome.MEETING,
    ResultOutcome.REFUSED, ResultOutcome.VERBAL_CONTRACT, ResultOutcome.CLAUSE_MISSING, ResultOutcome.OBJECTION,
)  # fmt: skip
OUTCOME_WEIGHTS = (5, 6, 3, 3, 1.5, 1, 1, 1.5)
WORKED = "Звонки до обеда: отвечает каждый второй"
NOTES = (
    "",
    "Просит условия на бумаге",
    "Решает вместе с братом",
    "Занят, перезвонит сам",
    "Сравнивает с другим банком",
)


@dataclass(frozen=True, slots=True)
class _Deeds:
    """What each action is about; ``owner`` is a place among the owners, ``week`` -1 for an idea."""

    state: Array
    lead: Array
    owner: Array
    week: Array
    due: Array
    done: Array


def plan(draws: Draws, count: int, roads: Roads, market: Market, staff: Staff, parties: Array) -> list[Table]:
    weeks = _weeks(draws, staff)
    goals = _goals(draws, staff, market, weeks)
    deeds = _deeds(draws, count, roads, staff)
    actions = _actions(draws, deeds, roads, market, staff, parties, weeks, goals)
    return [weeks, goals, actions, _results(draws, deeds, roads, staff, actions.columns["id"])]


def _weeks(draws: Draws, staff: Staff) -> Table:
    """Owner by owner, week by week."""
    people = len(staff.owners)
    owner, week = np.repeat(staff.owners, WEEKS), np.tile(np.arange(WEEKS), people)
    starts = _monday(draws, week)
    closed = week < WEEKS - 1
    born = starts + 10 * HOUR
    columns = {
        "id": draws.ids(born),
        "created_at": born,
        "updated_at": born,
        "owner_id": Pick(staff.ids, owner),
        "team_id": Pick(staff.teams, staff.team_of[owner]),
        "starts_on": _day(draws, week),
        "status": Pick([SprintStatus.OPEN, SprintStatus.CLOSED], closed.astype(np.int8)),
        "closed_at": Maybe(starts + 5 * DAY - 7 * HOUR, closed),
        "worked": Pick(["", WORKED], (closed & (draws.random.random(len(week)) < 0.5)).astype(np.int8)),
    }
    return Table(Sprint, people * WEEKS, columns)


def _monday(draws: Draws, week: Array) -> Array:
    return draws.monday - (WEEKS - 1 - week) * WEEK


def _day(draws: Draws, week: Array) -> Array:
    """The Monday as days since 2000, by the calendar of the people and not by UTC."""
    monday = (draws.today - timedelta(days=draws.today.weekday()) - EPOCH_DAY).days
    return monday - (WEEKS - 1 - week) * 7


def _goals(draws: Draws, staff: Staff, market: Market, weeks: Table) -> Table:
    count = weeks.count * GOALS
    sprint = np.repeat(np.arange(weeks.count), GOALS)
    owner = np.repeat(staff.owners, WEEKS * GOALS)
    week = sprint % WEEKS
    born = _monday(draws, week) + 10 * HOUR
    which = draws.below(count, len(GOAL_PLANS))
    segment = draws.below(count, len(market.segments))
    columns = {
        "id": draws.ids(born),
        "created_at": born,
        "updated_at": born,
        "sprint_id": Pick(weeks.columns["id"], sprint),
        "owner_id": Pick(staff.ids, owner),
        "team_id": Pick(staff.teams, staff.team_of[owner]),
        "segment_id": Pick(market.segments, segment),
        "initiative_id": Pick(market.initiatives, market.initiative_of[segment]),
        "statement": Pick([text for _metric, text, _target in GOAL_PLANS], which),
        "metric": Pick([metric for metric, _text, _target in GOAL_PLANS], which),
        "target": Pick([Decimal(target) for _metric, _text, target in GOAL_PLANS], which),
        "due_on": _day(draws, week) + 4,
        "status": GoalStatus.ACTIVE,
        "position": np.arange(count) % GOALS,
    }
    return Table(Goal, count, columns)


def _deeds(draws: Draws, count: int, roads: Roads, staff: Staff) -> _Deeds:
    """Done ones lie on a lead's road, between its birth and its last touch; planned ones in the days around today."""
    state = draws.choice(count, SHARES)
    lead = _leads(draws, state, roads)
    place = np.full(len(staff.ids), -1)
    place[staff.owners] = np.arange(len(staff.owners))
    alone = lead < 0
    owner = np.where(alone, draws.below(count, len(staff.owners)), place[roads.owner[lead]])
    born, touched = roads.born[lead], roads.touched[lead]
    born = np.where(alone, draws.now - 90 * DAY, born)
    touched = np.where(alone, draws.now - HOUR, touched)
    road = np.maximum(touched - born, 0)
    past = np.minimum(draws.working(born + (road * draws.random.random(count)).astype(np.int64)), touched)
    ahead = draws.working(draws.now + draws.random.integers(-3 * DAY, 5 * DAY, count))
    later = draws.working(draws.now + draws.random.integers(7 * DAY, 30 * DAY, count))
    over = state <= DROPPED
    due = np.where(over, draws.working(past + draws.random.integers(-DAY, 2 * DAY, count)),
                   np.where(state == IDEA, later, ahead))  # fmt: skip
    week = np.where(over, WEEKS - 1 + (past - draws.monday) // WEEK, WEEKS - 1)
    return _Deeds(state, lead, owner, np.where(state == IDEA, -1, week), due, past)


def _leads(draws: Draws, state: Array, roads: Roads) -> Array:
    """Leads with an owner; open ones for what is still to be done. A tenth of the actions is about no lead."""
    owned = np.flatnonzero(roads.owner >= 0)
    still_open = np.flatnonzero((roads.owner >= 0) & (roads.outcome == OPEN))
    count = len(state)
    lead = np.full(count, -1) if not owned.size else owned[draws.below(count, len(owned))]
    ahead = state >= PLANNED
    if still_open.size:
        lead = np.where(ahead, still_open[draws.below(count, len(still_open))], lead)
    return np.where(draws.random.random(count) < 0.1, -1, lead)


def _actions(
    draws: Draws, deeds: _Deeds, roads: Roads, market: Market, staff: Staff, parties: Array, weeks: Table, goals: Table
) -> Table:
    count, state = len(deeds.state), deeds.state
    owner = staff.owners[deeds.owner]
    sprint = np.where(deeds.week < 0, -1, deeds.owner * WEEKS + deeds.week)
    goal = np.where(deeds.week < 0, -1, sprint * GOALS + draws.below(count, GOALS))
    has_lead = deeds.lead >= 0
    task = draws.choice(count, TASK_WEIGHTS)
    born = np.where(state <= DROPPED, np.minimum(deeds.due, deeds.done) - DAY, draws.now - 2 * DAY)
    slotted = (state == PLANNED) & (draws.random.random(count) < 0.3)
    columns: dict[str, Any] = {
        "id": draws.ids(born),
        "created_at": born,
        "updated_at": np.where(state <= DROPPED, deeds.done, born),
        "owner_id": Pick(staff.ids, owner),
        "team_id": Pick(staff.teams, staff.team_of[owner]),
        "sprint_id": Pick(weeks.columns["id"], sprint),
        "goal_id": Pick(goals.columns["id"], goal),
        "lead_id": Pick(roads.ids, deeds.lead),
        "party_id": Pick(parties, np.where(has_lead, roads.party[deeds.lead], -1)),
        "segment_id": Pick(market.segments, np.where(has_lead, roads.segment[deeds.lead], -1)),
        "title": Pick([title for _kind, title in TASKS], task),
        "kind": Pick([kind for kind, _title in TASKS], task),
        "priority": Pick(list(Priority), draws.choice(count, (1, 3, 5, 2))),
        "due_at": deeds.due,
        "minutes": Pick(MINUTES, draws.below(count, len(MINUTES))),
        "slot_at": Maybe(deeds.due // (900 * SECOND) * (900 * SECOND), slotted),
        "status": Pick([ActionStatus.DONE, ActionStatus.DROPPED, ActionStatus.PLANNED, ActionStatus.PLANNED], state),
        "done_at": Maybe(deeds.done, state == DONE),
        "position": np.arange(count) % 100,
    }
    return Table(Action, count, columns)


def _results(draws: Draws, deeds: _Deeds, roads: Roads, staff: Staff, actions: Array) -> Table:
    rows = np.flatnonzero((deeds.state == DONE) & (draws.random.random(len(deeds.state)) < WITH_RESULT))
    count, at = len(rows), deeds.done[rows]
    columns = {
        "id": draws.ids(at),
        "created_at": at,
        "updated_at": at,
        "action_id": actions[rows],
        "lead_id": Pick(roads.ids, deeds.lead[rows]),
        "outcome": Pick(OUTCOMES, draws.choice(count, OUTCOME_WEIGHTS)),
        "note": Pick(NOTES, draws.choice(count, (5, 1, 1, 1, 1))),
        "at": at,
        "by_id": Pick(staff.ids, staff.owners[deeds.owner[rows]]),
        "before": {},
    }
    return Table(ActionResult, count, columns)
