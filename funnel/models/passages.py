"""What the log is rolled up to: passages, the marks of leads whose log has grown, and how far the rollup is."""

from typing import ClassVar

from django.db import models

from funnel.choices import PassageState
from funnel.models.stages import Stage
from funnel.querysets import PassageQuerySet


class DirtyLead(models.Model):
    """A lead whose log grew since the rollup last looked; written in the transaction that grew it."""

    lead_id = models.UUIDField(primary_key=True)
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.lead_id)


class PassageColumns(models.Model):
    """A lead's passage through one stage: its first entry there, and what became of it (``funnel.sql``)."""

    id = models.BigIntegerField(primary_key=True)
    """Of the entry that began it."""
    lead_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    stage = models.ForeignKey(Stage, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    position = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=PassageState.choices)
    dwell = models.PositiveSmallIntegerField(null=True)
    """The bucket of the time until it passed (``funnel.dwell``); null of those that did not, and of reversed dates."""
    loss_reason = models.CharField(max_length=40)
    came = models.BooleanField()
    """Whether it is the lead's first in its funnel; there the next two tell how far the lead got and what it is."""
    furthest_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10)
    owner_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    segment_id = models.UUIDField(null=True)
    agent_id = models.UUIDField(null=True)
    initiative_id = models.UUIDField(null=True)
    utp_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    source_channel = models.CharField(max_length=60)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.lead_id}:{self.stage_id}"


class StoredPassage(PassageColumns):
    """The rollup: passages as of the last run of the job. Can be rebuilt from the log at any time."""

    objects = PassageQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lead_id"], name="passage_by_lead"),
            models.Index(fields=["stage", "entered_at"], name="passage_by_stage"),
            models.Index(fields=["team_id", "entered_at"], name="passage_by_team"),
            models.Index(fields=["owner_id", "entered_at"], name="passage_by_owner"),
        ]


class Passage(PassageColumns):
    """The truth as of now: stored passages, with those of dirty leads counted afresh (a database view)."""

    objects = PassageQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "funnel_passage"


class RollupRun(models.Model):
    """When the rollup last ran and how much it did: shown on the page as «по состоянию на».

    ``basis`` is a digest of what passages and cells depend on besides the log: the order of the stages, the tree of
    teams, the bank's zone. Where it is no longer that of today, all is to be counted again.
    """

    finished_at = models.DateTimeField()
    leads = models.PositiveIntegerField(default=0)
    basis = models.CharField(max_length=32, default="")

    class Meta:
        get_latest_by = "finished_at"

    def __str__(self) -> str:
        return f"{self.finished_at:%H:%M}"
