"""The funnel's definition, its log, and what the log is rolled up to."""

from funnel.models.cells import CohortCell, DayCell, DwellCell, LossCell, OfferCell, OwnerCell, SourceCell, TeamNode
from funnel.models.passages import DirtyLead, Passage, RollupRun, StoredPassage
from funnel.models.stages import Funnel, Stage, StageEntry

__all__ = [
    "CohortCell", "DayCell", "DirtyLead", "DwellCell", "Funnel", "LossCell", "OfferCell", "OwnerCell", "Passage",
    "RollupRun", "SourceCell", "Stage", "StageEntry", "StoredPassage", "TeamNode",
]  # fmt: skip
