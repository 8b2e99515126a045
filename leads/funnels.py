"""The funnel over the history that somebody may count: how a question of a page or the API becomes a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.scope import subtree
from agents.selectors import branch_ids
from funnel.audience import audience_of
from funnel.figures import FunnelQuery
from leads.filters import NOBODY

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
    A segment brings all that narrow it today, a team all below it.

    ``end`` is the first moment after the period. Raises NotFound for a team outside the scope.
    """
    dimensions: dict[str, Any] = {}
    audience = audience_of(user)
    for name in DIMENSIONS:
        values = list((chosen or {}).get(name) or ())
        if values == [NOBODY]:
            dimensions[f"{name}_id__isnull"] = True
        elif values and name == "segment":
            dimensions["segment_id"] = branch_ids(values)
        elif len(values) == 1 and name == "team":
            audience = audience_of(user, UUID(str(values[0])))
        elif values and name == "team":
            dimensions["team_id"] = set[UUID]().union(*(subtree(UUID(str(pk))) for pk in values))
        elif values:
            dimensions[f"{name}_id"] = values
    if source:
        dimensions["source_channel"] = "" if source == NOBODY else source
    return FunnelQuery(kind, start, end, dimensions, audience)
