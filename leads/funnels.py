"""The funnel over the leads that somebody may see: how a question of a page or the API becomes a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.scope import scope_of
from agents.selectors import branch_ids
from funnel.selectors import FunnelQuery
from leads.filters import NOBODY
from leads.models import Lead

DIMENSIONS = ("owner", "team", "segment", "initiative")


def ask_funnel(
    *,
    user: User | AnonymousUser,
    kind: str,
    start: datetime | None = None,
    end: datetime | None = None,
    chosen: Mapping[str, Sequence[Any]] | None = None,
    source: str = "",
) -> FunnelQuery:
    """``chosen`` maps a dimension to ids of rows that the user may see, or to ``none`` alone for «not known then».
    A segment brings all that narrow it today.

    ``end`` is the first moment after the period. ``LeadFilter.by_passage`` opens the rows of the same question.
    """
    dimensions: dict[str, Any] = {}
    for name in DIMENSIONS:
        values = list((chosen or {}).get(name) or ())
        if values == [NOBODY]:
            dimensions[f"{name}_id__isnull"] = True
        elif values and name == "segment":
            dimensions["segment_id"] = branch_ids(values)
        elif values:
            dimensions[f"{name}_id"] = values
    if source:
        dimensions["source_channel"] = "" if source == NOBODY else source
    visible = None if scope_of(user).everything else Lead.objects.visible_to(user).values("pk")
    return FunnelQuery(kind, start, end, dimensions, visible)
