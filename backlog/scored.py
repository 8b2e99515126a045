"""Leads with what the engine says of them, joined to their rows: a list costs no query more for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from accounts.access import one_visible
from accounts.models import User
from backlog.explain import reasons
from backlog.models import LeadScore, StageCooling
from leads.models import Lead
from leads.querysets import LeadQuerySet
from priority.reason import unpack

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scored:
    """The last count of a lead in work: ``value`` is margin an hour, ``p`` the honest chance to pass its stage,
    ``margin`` what a sale earns (in soums), ``minutes`` the effort expected, ``reasons`` the same in words."""

    value: float
    p: float
    margin: float
    minutes: int
    reasons: list[str]
    rank: int
    as_of: datetime


def scored(leads: LeadQuerySet) -> LeadQuerySet:
    """Adds the score and the half-life of the lead's stage as it was seen last; no query more."""
    seen = StageCooling.objects.filter(stage=OuterRef("stage_id")).values("half_life_hours")
    rows: LeadQuerySet = leads.select_related("score").annotate(seen_half_life=Subquery(seen))
    return rows


def get_scored_lead_for(user: User, pk: UUID | str) -> Lead:
    """A lead with all that its card shows and what the engine says. Raises NotFound."""
    return one_visible(scored(Lead.objects.for_card()), user, pk)


def score_of(lead: Lead) -> Scored | None:
    """None for a lead that is not ranked: closed, nobody's, or not counted yet."""
    stored: LeadScore | None = getattr(lead, "score", None)
    if stored is None or not lead.is_open:
        return None
    reason = unpack(stored.parts)
    said = reasons(reason, utp=lead.utp.statement if lead.utp else "")
    return Scored(
        value=stored.score, p=reason.p, margin=reason.margin, minutes=round(reason.effort_hours * 60), reasons=said,
        rank=stored.rank, as_of=stored.as_of,
    )  # fmt: skip


def freshness_of(lead: Any, at: datetime) -> float | None:
    """Which share of such leads is not yet cold after so long without a touch, 0 to 1; None for a closed lead."""
    if not lead.is_open:
        return None
    half_life = lead.seen_half_life or lead.stage.half_life_hours
    idle: float = max((at - lead.touched_at) / _HOUR, 0.0)
    return float(2 ** (-idle / half_life))
