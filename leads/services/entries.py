"""Building log entries from a lead as it stands at that moment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from funnel.models import Stage, StageEntry
from leads.models import Lead


def idle_hours(lead: Lead, at: datetime) -> float:
    """Hours since the lead was last touched. Ask before the deed: a move is a touch itself."""
    return max((at - lead.touched_at).total_seconds() / 3600, 0.0)


def entry_of(
    lead: Lead, *, event: str, stage: Stage, at: datetime, by_id: UUID | None, origin: str, **extra: Any
) -> StageEntry:
    """An unsaved entry that carries the lead's dimensions; ``extra`` overrides or adds columns."""
    columns = {
        "owner_id": lead.owner_id,
        "team_id": lead.team_id,
        "segment_id": lead.segment_id,
        "agent_id": lead.agent_id,
        "initiative_id": lead.initiative_id,
        "utp_id": lead.utp_id,
        "product_id": lead.product_id,
        "source_channel": lead.source_channel,
    }
    return StageEntry(
        lead_id=lead.pk,
        kind=lead.kind,
        event=event,
        stage=stage,
        at=at,
        by_id=by_id,
        origin=origin,
        **(columns | extra),
    )
