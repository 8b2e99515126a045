"""Two leads that turned out to be work on the same person."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import Record, audited
from leads.models.lead import Lead


@audited()
class LeadMerge(Record):
    """``merged`` was closed and what was written of it went over to ``kept``. What went is listed, so that it can go
    back: ids by kind of record, and the names of the empty fields that were filled."""

    kept = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="mergers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    moved = models.JSONField(default=dict)
    filled = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at__isnull=True), name="lead_merged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
