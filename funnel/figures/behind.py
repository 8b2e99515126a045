"""The rows behind a number: one passage a row, exactly as many as the number says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from funnel.choices import PassageState
from funnel.figures.counting import LOSSES, tallies
from funnel.figures.query import FunnelQuery, Tally, passages
from funnel.figures.table import over_norm_before
from funnel.models import Stage
from funnel.querysets import PassageQuerySet

IN_ORDER, REVERSED = "in_order", "reversed"


def rows(
    query: FunnelQuery,
    stage: Stage,
    *,
    state: str | None = None,
    dates: str | None = None,
    reason: str | None = None,
    late_at: datetime | None = None,
) -> PassageQuerySet:
    """Passages of a stage, newest entry first; page them as any queryset.

    ``state`` is one of ``PassageState``; ``dates`` is ``in_order`` or ``reversed`` (of the passed ones); ``reason``
    a code of ``LossLine.reasons``; ``late_at`` leaves those still here that were over the norm at that moment. What is
    narrowed by a segment, a person... comes with the query (``query.among(segment_id=...)``). Leads are shown through
    their own door: who sees a number may not see the lead of today.
    """
    found = passages(query).filter(stage=stage)
    if state is not None:
        found = found.filter(state=state)
    if dates is not None:
        found = found.in_order_of_time() if dates == IN_ORDER else found.with_reversed_dates()
    if late_at is not None:
        before = over_norm_before(stage, late_at)
        found = found.filter(state=PassageState.OPEN, entered_at__lt=before) if before else found.none()
    if reason is not None:
        found = found.filter(state=PassageState.LOST, loss_reason=reason)
    return found.order_by("-entered_at", "lead_id")


def rows_count(
    query: FunnelQuery,
    stage: Stage,
    *,
    state: str | None = None,
    dates: str | None = None,
    reason: str | None = None,
    late_at: datetime | None = None,
) -> int:
    """How many ``rows`` of the same question there are, the stage being one of the query's funnel. From cells where
    they hold it: reading a million passages only to number them is most of what such a page costs."""
    tied = {PassageState.PASSED: dates, PassageState.LOST: reason, PassageState.OPEN: late_at}
    meant = [kind for kind, value in tied.items() if value is not None]
    if len(meant) > 1 or (meant and state not in {None, *meant}):
        return rows(query, stage, state=state, dates=dates, reason=reason, late_at=late_at).count()
    if reason is not None:
        return _all(tallies(query.among(loss_reason=reason), [stage.pk], by=[], cubes=LOSSES)).entered
    if late_at is not None:
        before = over_norm_before(stage, late_at)
        asked = query if before is None else replace(query, end=min(before, query.end) if query.end else before)
        return 0 if before is None else _all(tallies(asked, [stage.pk], by=[])).open
    tally = _all(tallies(query, [stage.pk], by=[]))
    if dates is not None:
        return tally.passed - tally.reversed_dates if dates == IN_ORDER else tally.reversed_dates
    return tally.entered if state is None else int(getattr(tally, state))


def _all(found: Mapping[tuple[Any, ...], Tally]) -> Tally:
    return sum(found.values(), Tally())
