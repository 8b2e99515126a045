"""What this room holds of people: words in the log. The log itself and what is counted from it stay."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from funnel.models import (
    CohortCell,
    Funnel,
    LossCell,
    Passage,
    RollupRun,
    SourceCell,
    Stage,
    StageEntry,
    StoredPassage,
)

HOLDS = (Holds(StageEntry, _("Путь по воронке"), via={"lead_id": "leads.Lead"}, erase="reason"),)
PLAIN: Mapping[type[models.Model], str] = {
    StageEntry: "waived reason_code source_channel",
    Stage: "code name gate hint",
    Funnel: "code name",
    SourceCell: "source_channel",
    LossCell: "loss_reason",
    CohortCell: "outcome",
    StoredPassage: "kind loss_reason outcome source_channel",
    Passage: "kind loss_reason outcome source_channel",
    RollupRun: "basis",
}
