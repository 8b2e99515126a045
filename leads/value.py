"""Value promised and value measured: where a promise stands on a day, and how far it has come.

The day is the bank's, so that everybody is told the same. A promise is kept while its latest measurement is as good
as its target. Otherwise it falls short once its day has passed with a measurement that is not good enough, once such a
one was made on the day, or when nobody has measured for ``GRACE`` after it. A lead that was closed before the day was
over takes its promises with it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from leads.choices import Direction, Outcome, PromiseState
from leads.models import Lead, ValuePromise

NEAR = timedelta(days=3)
"""So long before its day a promise asks to be measured."""
GRACE = timedelta(days=7)
"""So long after its day nobody has measured: that is an answer too."""
GONE = (Outcome.LOST, Outcome.ARCHIVED)


def bank_day(at: datetime) -> date:
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def state_of(promise: ValuePromise, lead: Lead, today: date) -> PromiseState:
    """Where the promise stands; ``lead`` is its own."""
    due, measured = promise.due_on, promise.measured_on
    if promise.kept_on is not None:
        return PromiseState.KEPT
    if lead.outcome in GONE and lead.closed_at is not None and bank_day(lead.closed_at) <= due:
        return PromiseState.DROPPED
    if measured is not None and (due < today or measured >= due):
        return PromiseState.SHORT
    if due < today - GRACE:
        return PromiseState.SHORT
    near = due <= today + NEAR and (measured is None or measured < due - NEAR)
    return PromiseState.MEASURE if near else PromiseState.WAITING


def worst_of(lead: Lead, today: date) -> PromiseState | None:
    """The state that asks for most among the lead's promises; None without any. One query unless prefetched."""
    found = {state_of(promise, lead, today) for promise in lead.promises.all()}
    return next((state for state in PromiseState if state in found), None)


def state_case(today: date) -> Case:
    """The same as a column of promises, for counting and filtering."""
    closed_on = TruncDate("lead__closed_at", tzinfo=timezone.get_default_timezone())
    passed = Q(due_on__lt=today) | Q(measured_on__gte=F("due_on"))
    stale = Q(measured_on__isnull=True) | Q(measured_on__lt=F("due_on") - NEAR)
    return Case(
        When(kept_on__isnull=False, then=Value(PromiseState.KEPT)),
        When(Q(lead__outcome__in=GONE, due_on__gte=closed_on), then=Value(PromiseState.DROPPED)),
        When(Q(measured_on__isnull=False) & passed, then=Value(PromiseState.SHORT)),
        When(due_on__lt=today - GRACE, then=Value(PromiseState.SHORT)),
        When(Q(due_on__lte=today + NEAR) & stale, then=Value(PromiseState.MEASURE)),
        default=Value(PromiseState.WAITING),
        output_field=CharField(),
    )


def is_met(promise: ValuePromise, value: Decimal) -> bool:
    return value >= promise.target if promise.direction == Direction.UP else value <= promise.target


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of what was promised has come: 1 is all of it, below 0 is worse than before.

    ``of_way`` tells that the way from the baseline is measured; without a baseline it is the value against the target.
    ``share`` is None where there is nothing to divide by; then only the numbers themselves speak.
    """

    share: Decimal | None
    of_way: bool


def progress_of(promise: ValuePromise, value: Decimal | None) -> Progress:
    if value is None:
        return Progress(None, promise.baseline is not None)
    if promise.baseline is not None:
        way = promise.target - promise.baseline
        return Progress((value - promise.baseline) / way if way else None, True)
    part, whole = (value, promise.target) if promise.direction == Direction.UP else (promise.target, value)
    return Progress(part / whole if whole > 0 and part >= 0 and promise.target > 0 else None, False)
