"""Judging promises by what was measured. Measurements are never changed; what follows from them stands on the promise.

Of two people who measure at once one waits for the other: the verdict is taken of both numbers, and told once.
"""

from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from common import clock
from common.events import publish
from jobs.keeping import kept
from jobs.registry import JobRun
from jobs.services import Duty, owe
from leads.choices import PromiseState
from leads.events import ValueCaughtUp, ValueFellShort
from leads.models import ValuePromise
from leads.value import GONE, bank_day, state_case, state_of

DAY_JOB = "judge_promises"
MORNING = time(6, 30)
"""In the bank's zone, before anybody opens his day."""
UNMEASURED = "due"
"""The round of a promise that nobody measured in time."""

_TAKE_STOCK = """
UPDATE leads_valuepromise AS promise
   SET measured = found.value, measured_on = (found.at AT TIME ZONE %(zone)s)::date,
       kept_on = CASE WHEN found.met THEN (coalesce(found.since, found.at) AT TIME ZONE %(zone)s)::date END
  FROM (SELECT promise_id, (array_agg(value ORDER BY at DESC, id DESC))[1] AS value, max(at) AS at,
               (array_agg(met ORDER BY at DESC, id DESC))[1] AS met, min(at) FILTER (WHERE at > fell) AS since
          FROM (SELECT one.promise_id, one.id, one.at, one.value, one.met,
                       coalesce(max(one.at) FILTER (WHERE NOT one.met) OVER (PARTITION BY one.promise_id), '-infinity')
                       AS fell
                  FROM (SELECT m.id, m.promise_id, m.at, m.value,
                               CASE p.direction WHEN 'up' THEN m.value >= p.target ELSE m.value <= p.target END AS met
                          FROM leads_valuemeasurement m JOIN leads_valuepromise p ON p.id = m.promise_id
                         WHERE m.promise_id = ANY(%(ids)s)) AS one) AS all_of_them
         GROUP BY promise_id) AS found
 WHERE promise.id = found.promise_id
"""


def take_stock(promise_ids: Collection[UUID]) -> None:
    """Write onto these promises what follows from all their measurements. One statement."""
    zone = str(timezone.get_default_timezone())
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_STOCK, {"ids": list(promise_ids), "zone": zone})


def judge(promise: ValuePromise, *, round: str, at: datetime) -> None:
    """Say whether the promise fell short or caught up, after a measurement. The row is locked by the caller.

    A measurement that is still short is told again as a round of its own: whoever plans decides what it adds.
    """
    take_stock([promise.pk])
    current = ValuePromise.objects.select_related("lead").get(pk=promise.pk)
    state, told = state_of(current, current.lead, bank_day(at)), current.fell_short_on is not None
    if state == PromiseState.SHORT:
        _tell_short(current, round, at)
    elif told:
        ValuePromise.objects.filter(pk=current.pk).update(fell_short_on=None)
        if state == PromiseState.KEPT:
            publish(ValueCaughtUp(current.lead_id, current.pk, current.lead.owner_id, at))


def _tell_short(promise: ValuePromise, round: str, at: datetime) -> None:
    """Of a lead that is lost it stands on the promise, but there is nothing left to correct."""
    if promise.fell_short_on is None:
        ValuePromise.objects.filter(pk=promise.pk).update(fell_short_on=bank_day(at))
    if promise.lead.outcome in GONE:
        return
    publish(ValueFellShort(promise.lead_id, promise.pk, promise.lead.owner_id, round, at))


def judge_day(run: JobRun) -> None:
    """The daily job: promises whose day passed since the last look. Each is told once, in its own transaction."""
    at = clock.now()
    today = bank_day(at)
    rows = ValuePromise.objects.filter(kept_on__isnull=True, fell_short_on__isnull=True, due_on__lte=today)
    due = rows.annotate(state=state_case(today)).filter(state=PromiseState.SHORT)
    with kept(run):
        for pk in due.order_by("due_on", "pk").values_list("pk", flat=True):
            judge_overdue(promise_id=pk, at=at)


def owe_the_day(*, at: datetime) -> None:
    """Owe the day's look at the promises once its hour has come: once a day, however often it is asked."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    due_at = datetime.combine(local.date(), MORNING, local.tzinfo)
    if due_at <= local:
        owe([Duty(DAY_JOB, f"{DAY_JOB}:{local.date()}", {}, due_at)])


@transaction.atomic
def judge_overdue(*, promise_id: UUID, at: datetime) -> None:
    """Say that a promise fell short by the calendar; told already or kept meanwhile, it changes nothing."""
    list(ValuePromise.objects.filter(pk=promise_id).select_for_update(no_key=True).values_list("pk"))
    promise = ValuePromise.objects.select_related("lead").filter(pk=promise_id, fell_short_on__isnull=True).first()
    if promise is None or state_of(promise, promise.lead, bank_day(at)) != PromiseState.SHORT:
        return
    last = promise.measurements.first()
    _tell_short(promise, last.pk.hex if last is not None else UNMEASURED, at)
