"""What the community shows: findings with their likes, who took them, and what came of it, counted from results.

Every figure is a subquery of the one list, so a page costs the same for one finding and for fifty. What the author
himself made of his own finding is no evidence that others can repeat it, and is left out.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Count, Exists, F, FloatField, Func, IntegerField, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower, NullIf, Sqrt

from accounts.access import one_visible
from accounts.models import User
from backlog.choices import REACHED, ActionStatus, GoalStatus, ResultOutcome
from backlog.models import Action, ActionResult, Borrowing, Finding, FindingLike, Goal
from backlog.services.sprints import monday_of
from common.text import fold
from funnel.statistics import Z95, Rate
from leads.choices import Outcome
from leads.models import Lead

WORKED = frozenset({ResultOutcome.AGREED, ResultOutcome.MEETING, ResultOutcome.VERBAL_CONTRACT})
"""The outcomes that count as «получилось»; of all where somebody was reached."""
ALIKE_FROM, ALIKE = 4, 0.45
RECENT = timedelta(weeks=8)
_FOLDED = ("ёʻʼ‘’`´", "е''''''")


def findings_for(user: User) -> Any:
    """Findings that the person may read, with their figures; the newest first."""
    return with_figures(Finding.objects.visible_to(user).for_list(), user)


def finding_with_figures(user: User, pk: UUID | str) -> Any:
    """The door to one finding as ``findings_for`` gives it. Raises NotFound."""
    return one_visible(with_figures(Finding.objects.for_list(), user), user, pk)


def with_figures(rows: Any, user: User) -> Any:
    """Adds ``like_count``, ``liked``, ``taken``, ``borrowers``, ``done_count``, ``worked``, ``reached``, ``effect``.

    ``effect`` is the lower end of the interval of worked of reached: by it few results do not outrun many.
    """
    likes = FindingLike.objects.filter(finding=OuterRef("pk"))
    borrowings = Borrowing.objects.filter(finding=OuterRef("pk")).exclude(user=OuterRef("owner"))
    actions = Action.objects.filter(finding=OuterRef("pk")).exclude(owner=OuterRef("owner"))
    results = ActionResult.objects.standing().filter(action__finding=OuterRef("pk"), outcome__in=REACHED)
    results = results.exclude(action__owner=OuterRef("owner"))
    rows = rows.annotate(
        like_count=_count(likes, "finding"),
        liked=Exists(likes.filter(user=user)),
        taken=Exists(Borrowing.objects.filter(finding=OuterRef("pk"), user=user)),
        borrowers=_count(borrowings, "finding", Count("user", distinct=True)),
        done_count=_count(actions.filter(status=ActionStatus.DONE), "finding"),
        reached=_count(results, "action__finding"),
        worked=_count(results.filter(outcome__in=WORKED), "action__finding"),
    )
    return rows.annotate(effect=_lower_bound(F("worked"), F("reached")))


def effect_of(finding: Any) -> Rate:
    """What came of it with those who took it; of a row of ``with_figures``."""
    return Rate(finding.worked, finding.reached)


def of_my_segments(rows: Any, user: User) -> Any:
    """Those of the segments in which the person has goals or open leads, and of segments that he looks after."""
    goals = Goal.objects.filter(owner=user, segment__isnull=False).order_by().values("segment_id")
    leads = Lead.objects.filter(owner=user, outcome=Outcome.OPEN, segment__isnull=False).order_by().values("segment_id")
    mine = Q(segment__in=goals) | Q(segment__in=leads) | Q(segment__owner=user)
    return rows.filter(mine)


def matching(rows: Any, text: str) -> Any:
    """By all words of the text, in claim, explanation, action, metric or segment; a slip of the pen is forgiven."""
    words = fold(text).split()
    if not words:
        return rows
    parts = ("claim", "action_title", "segment_name", "metric_name", "text")
    spaced = [item for part in parts for item in (Cast(part, TextField()), Value(" ", TextField()))]
    signs = (Value(sign) for sign in _FOLDED)
    folded = Func(Lower(Concat(*spaced)), *signs, function="translate", output_field=TextField())
    rows = rows.alias(folded=folded)
    for number, word in enumerate(words):
        alike = Q(folded__contains=word)
        if len(word) >= ALIKE_FROM and not word.isdigit():
            rows = rows.alias(**{f"near_{number}": TrigramWordSimilarity(word, "folded")})
            alike |= Q(**{f"near_{number}__gte": ALIKE})
        rows = rows.filter(alike)
    return rows


def goals_to_serve(finding: Finding, user: User, at: datetime) -> Sequence[Goal]:
    """The person's goals of this week: with the finding's metric and segment first, then either, then others."""
    monday = monday_of(at.astimezone(user.zone).date())
    goals = Goal.objects.filter(owner=user, status=GoalStatus.ACTIVE, sprint__starts_on=monday).for_list()

    def fit(goal: Goal) -> tuple[bool, bool, int]:
        metric = (goal.metric, fold(goal.metric_name)) != (finding.metric, fold(finding.metric_name))
        return metric, finding.segment_id is None or goal.segment_id != finding.segment_id, goal.position

    return sorted(goals, key=fit)


def fits(goal: Goal, finding: Finding) -> bool:
    """Whether a goal has the finding's metric or segment, so that it may be proposed without asking."""
    return goal.metric == finding.metric or (goal.segment_id is not None and goal.segment_id == finding.segment_id)


def borrowed_by(finding: Finding, user: User) -> Any:
    """The actions that the person has taken from this finding, the newest first."""
    return Action.objects.filter(finding=finding, owner=user).select_related("sprint", "goal").order_by("-created_at")


def own_record(action: Action, user: User, at: datetime) -> Rate:
    """How this very action (by its words) went with its owner in the last weeks: evidence that nobody needs to type."""
    results = ActionResult.objects.standing().filter(
        action__owner=action.owner_id, action__title=action.title, at__gte=at - RECENT, outcome__in=REACHED
    )
    seen = results.filter(action__in=Action.objects.visible_to(user))
    counted = seen.aggregate(n=Count("pk"), k=Count("pk", filter=Q(outcome__in=WORKED)))
    return Rate(counted["k"], counted["n"])


def _count(rows: Any, by: str, what: Any = None) -> Any:
    counted = rows.order_by().values(by).annotate(n=what or Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _lower_bound(k: Any, n: Any) -> Any:
    """Wilson's lower bound (``funnel.statistics.wilson``) in the database; NULL without trials."""
    passed = Cast(k, FloatField())
    tries = NullIf(Cast(n, FloatField()), Value(0.0))
    share, square = passed / tries, Value(Z95 * Z95)
    spread = Sqrt(share * (Value(1.0) - share) / tries + square / (Value(4.0) * tries * tries))
    return (share + square / (Value(2.0) * tries) - Value(Z95) * spread) / (Value(1.0) + square / tries)
