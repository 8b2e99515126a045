"""Counts of the stored passages, kept beside them in one transaction (``funnel.cubes`` says what each table holds).

Every cell belongs to a node: a team with all below it, by the team that the lead had when it entered the stage. What
is unknown is a zero id or an empty text, so that a key finds its cell.
"""

from django.db import models


class TeamNode(models.Model):
    """Under which nodes a team counts: itself and all above it, as the tree stood when the cells were counted.

    ``wide`` marks nodes that the larger cubes hold too: teams that have others below them, and roots.
    """

    pk = models.CompositePrimaryKey("team_id", "node_id")
    team_id = models.UUIDField()
    node_id = models.UUIDField()
    wide = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.team_id} in {self.node_id}"


class Cell(models.Model):
    """``begin`` is the day of entry, or the Monday of its week, in the bank's zone."""

    node_id = models.UUIDField()
    stage_id = models.UUIDField()
    begin = models.DateField()
    entered = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.node_id} {self.stage_id} {self.begin}"


class TallyCell(Cell):
    """What became of those that entered."""

    passed = models.PositiveIntegerField()
    open = models.PositiveIntegerField()
    lost = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    reversed_dates = models.PositiveIntegerField()

    class Meta:
        abstract = True


class DayCell(TallyCell):
    pk = models.CompositePrimaryKey("node_id", "stage_id", "begin")


class OfferCell(TallyCell):
    pk = models.CompositePrimaryKey(
        "node_id", "stage_id", "begin", "segment_id", "utp_id", "initiative_id", "product_id"
    )
    segment_id = models.UUIDField()
    utp_id = models.UUIDField()
    initiative_id = models.UUIDField()
    product_id = models.UUIDField()


class SourceCell(TallyCell):
    pk = models.CompositePrimaryKey("node_id", "stage_id", "begin", "source_channel")
    source_channel = models.CharField(max_length=60)


class OwnerCell(TallyCell):
    pk = models.CompositePrimaryKey("node_id", "stage_id", "begin", "owner_id")
    owner_id = models.UUIDField()


class DwellCell(Cell):
    pk = models.CompositePrimaryKey("node_id", "stage_id", "begin", "dwell")
    dwell = models.PositiveSmallIntegerField()


class LossCell(Cell):
    pk = models.CompositePrimaryKey("node_id", "stage_id", "begin", "loss_reason")
    loss_reason = models.CharField(max_length=40)


class CohortCell(Cell):
    """Leads by the day they came; the stage is the furthest that they reached."""

    pk = models.CompositePrimaryKey("node_id", "stage_id", "begin", "outcome")
    outcome = models.CharField(max_length=10)
