"""An action without a lead: a lead of one step, worth what its goal's metric stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.choices import Kind
from backlog.metrics import Source, metric_of
from backlog.models import Action, ActionScore, Goal
from backlog.ranking.book import Book, Margins, margins
from backlog.ranking.rates import Learnt, stored
from common import clock
from leads.value import bank_day
from priority.reason import Reason
from priority.score import single_step

EVEN = 0.5
"""The chance of an action of which nothing is known."""


@dataclass(frozen=True, slots=True)
class ActionWorth:
    """``score`` is margin per hour of the action; ``origin`` says where its margin comes from."""

    score: float
    reason: Reason
    origin: str


def score_action(action: Action) -> ActionWorth | None:
    """What an hour of an action without a lead earns; None where its goal stands for no margin. About seven queries.

    The margin of a unit is what the goal says; where it says nothing and the metric counts leads that enter a stage,
    it is the margin of the initiative's product times the chance to get from that stage to the end. The chance is
    that of the step into that stage in the goal's segment.
    """
    return _worth(action, stored(), margins(bank_day(clock.now())))


def store_actions(book: Book, owners: Sequence[UUID] | None, as_of: datetime) -> int:
    """Bring the scores of open actions without a lead up to date: those of some owners, or everybody's without
    ``owners``. Returns how many rows changed."""
    rows = Action.objects.open().filter(lead__isnull=True, goal__isnull=False)
    rows = rows.select_related("goal__segment")
    if owners is not None:
        rows = rows.filter(owner_id__in=owners)
    old = ActionScore.objects.filter(Q() if owners is None else Q(action__owner_id__in=owners))
    known = dict(old.values_list("action_id", "score"))
    found = {action.pk: worth.score for action in rows if (worth := _worth(action, book.learnt, book.margins))}
    moved = {pk: score for pk, score in found.items() if known.get(pk) != score}
    changed = [ActionScore(action_id=pk, score=score, as_of=as_of) for pk, score in moved.items()]
    ActionScore.objects.bulk_create(
        changed, batch_size=5000, update_conflicts=True, unique_fields=["action"], update_fields=["score", "as_of"]
    )
    gone = [pk for pk in known if pk not in found]
    ActionScore.objects.filter(pk__in=gone).delete()
    return len(changed) + len(gone)


def _worth(action: Action, learnt: Mapping[str, Learnt], known: Margins) -> ActionWorth | None:
    goal = action.goal
    if goal is None:
        return None
    step = _step(goal, learnt)
    chance, onward = step if step else (EVEN, 1.0)
    if goal.unit_margin is not None:
        unit, origin = float(goal.unit_margin), _("маржа единицы метрики цели")
    elif goal.initiative_id is not None and step:
        product = known.of(None, goal.initiative_id)
        unit, origin = product * onward, _("маржа продукта, взвешенная шансом дойти до конца")
    else:
        return None
    margin, hours = unit * float(action.expected), action.minutes / 60
    score = float(single_step(np.array([margin]), np.array([chance]), np.array([hours]))[0])
    reason = Reason(
        margin=margin, chance=chance, freshness=1.0, onward=1.0, hours=hours, further_hours=0.0, p=chance,
        p_low=chance, p_high=chance, trials=0.0, passes=0.0, n=0.0, segment_rate=chance, utp_effect=0.0,
    )  # fmt: skip
    return ActionWorth(score, reason, origin)


def _step(goal: Goal, learnt: Mapping[str, Learnt]) -> tuple[float, float] | None:
    """The chance of the step into the metric's stage, and from there to the end; None for another metric."""
    metric = metric_of(goal.metric)
    known = learnt.get(goal.segment.kind if goal.segment else Kind.AGENT)
    if known is None or metric.source != Source.ENTRIES:
        return None
    codes = [stage.code for stage in known.funnel.stages]
    rates = _rates(known, goal)
    if metric.stage in codes:
        place = codes.index(metric.stage)
        return (float(rates[place - 1]) if place else EVEN), float(np.prod(rates[place:]))
    return float(rates[-1]), 1.0


def _rates(known: Learnt, goal: Goal) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The honest rates of all steps in the goal's segment."""
    segment = known.segments.get(goal.segment_id, -1) if goal.segment_id else -1
    rows = known.rates.rows(np.array([segment], np.int64), np.array([-1], np.int64))
    return rows.p[rows.row[0]]
