"""The rows behind a number: one passage a row, exactly as many as the number says."""

from datetime import datetime

from funnel.choices import PassageState
from funnel.figures.query import FunnelQuery, passages
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
