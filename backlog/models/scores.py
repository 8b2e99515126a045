"""The engine's side tables: nobody types here, and everything can be counted anew from the log at any time.

Scores do not stand on the lead: a million updates of an indexed column cost ten times what inserts beside it do. They
carry no foreign keys in the database for the same reason, and neither rank nor score is indexed, so that a morning's
new scores are written into the free half of their own pages (fill factor 45) and no index is touched. An owner's list
is read by his index and sorted.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agents.choices import Kind
from agents.models import Segment, Utp
from backlog.choices import Priority
from backlog.models.plan import Action
from funnel.models import Stage
from leads.models import Lead


class RateCell(models.Model):
    """Weighted evidence of one stage, segment and UTP as of the last count: ``n`` trials, ``y`` passed; ``trials``
    and ``passed`` are the same unweighted, for the words."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, null=True, related_name="+")
    utp = models.ForeignKey(Utp, on_delete=models.CASCADE, null=True, related_name="+")
    n = models.FloatField()
    y = models.FloatField()
    trials = models.PositiveIntegerField()
    passed = models.PositiveIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "segment", "utp"], nulls_distinct=False, name="rate_cell_once"),
        ]

    def __str__(self) -> str:
        return f"{self.y:.1f}/{self.n:.1f}"


class StageCooling(models.Model):
    """How fast leads of a stage cool by what was seen: refitted from what passed after how many idle hours."""

    stage = models.OneToOneField(Stage, on_delete=models.CASCADE, primary_key=True, related_name="+")
    half_life_hours = models.FloatField()
    attempts = models.PositiveIntegerField()
    as_of = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.half_life_hours:.0f}"


class LeadScore(models.Model):
    """A lead's place in its owner's list and the parts that make up the score (``priority.reason.PARTS``).

    ``mark`` is a fingerprint of all of these: a run leaves rows alone whose mark is the same. ``as_of`` is the moment
    at which the freshness was taken.
    """

    lead = models.OneToOneField(
        Lead, on_delete=models.CASCADE, primary_key=True, related_name="score", db_constraint=False
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    rank = models.PositiveIntegerField()
    score = models.FloatField()
    proposed = models.PositiveSmallIntegerField(choices=Priority.choices)
    parts = ArrayField(models.FloatField())
    mark = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rank}: {self.score:.2f}"


class ActionScore(models.Model):
    """What an hour of an open action without a lead earns, by its goal's metric (``backlog.ranking.actions``)."""

    action = models.OneToOneField(
        Action, on_delete=models.CASCADE, primary_key=True, related_name="score", db_constraint=False
    )
    score = models.FloatField()
    as_of = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.score:.2f}"


class RankRun(models.Model):
    """One recalculation: whose leads (nobody's name: everybody's), why, how many, how many rows it changed.

    Of one owner's runs the last is kept, of the runs over all those of a month.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    cause = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    leads = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        get_latest_by = "finished_at"
        indexes: ClassVar = [models.Index(fields=["owner", "-finished_at"], name="rank_run_by_owner")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner"], name="rank_run_once_an_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.changed}/{self.leads}"
