"""Writing the log: the only door to it. Callers hold the lead's lock."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import pgtrigger

from common import bulk
from funnel.models import StageEntry
from funnel.rollups import mark_dirty


def record(entries: Sequence[StageEntry]) -> None:
    """Append entries and mark their leads for the rollup, in the caller's transaction."""
    bulk.insert(entries)
    mark_dirty(entry.lead_id for entry in entries)


def withdraw(lead_ids: Sequence[UUID]) -> None:
    """Take back the log of leads whose import is reverted: the only case in which entries may go."""
    with pgtrigger.ignore("funnel.StageEntry:append_only"):
        StageEntry.objects.filter(lead_id__in=list(lead_ids)).delete()
    mark_dirty(lead_ids)


def withdraw_entries(entry_ids: Sequence[int], lead_ids: Sequence[UUID]) -> None:
    """Take back single entries that a reverted import added to leads which stay."""
    with pgtrigger.ignore("funnel.StageEntry:append_only"):
        StageEntry.objects.filter(pk__in=list(entry_ids), lead_id__in=list(lead_ids)).delete()
    mark_dirty(lead_ids)


def last_entry(lead_id: UUID) -> int | None:
    """The id of what was written last, whatever its date."""
    return StageEntry.objects.filter(lead_id=lead_id).order_by("-pk").values_list("pk", flat=True).first()


def history(lead_id: UUID) -> list[StageEntry]:
    """A lead's road, oldest first."""
    rows = StageEntry.objects.filter(lead_id=lead_id).order_by("at", "id")
    return list(rows.select_related("stage", "from_stage", "by"))


def standing(entries: Iterable[StageEntry]) -> list[StageEntry]:
    """A lead's whole road without what was undone and what undid it."""
    road = list(entries)
    undone = {entry.undoes_id for entry in road}
    return [entry for entry in road if entry.undoes_id is None and entry.pk not in undone]
