"""The journal of views: who looked at whose personal data. No values stand here, only ids and kinds of fields."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models

from audit.choices import Fields, Look


class View(models.Model):
    """One look at the data of one or many people. Rows are only ever added: see the triggers of the migration.

    No foreign keys: a row must outlive whatever it names, and its insertion must wait for nobody's lock.
    ``subjects`` are ids of parties or of leads (which lead to a party); of rows that stand for people not yet known as
    such (a message as it came in), their own. ``object_id`` is the record that the address named.
    """

    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    token_key = models.CharField(max_length=64, blank=True, default="")
    look = models.CharField(max_length=8, choices=Look.choices)
    route = models.CharField(max_length=80)
    object_id = models.UUIDField(null=True)
    fields = ArrayField(models.CharField(max_length=10, choices=Fields.choices))
    subjects = ArrayField(models.UUIDField())
    purpose = models.CharField(max_length=200, blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            # «Who saw this client»: an entry a subject. The pending list is emptied by the sequencer's tick, never by
            # the request that happens to fill it.
            GinIndex(fields=["subjects"], name="view_subjects"),
            models.Index(fields=["user_id", "at"], name="view_by_person"),
            BrinIndex(fields=["at"], name="view_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.look} {self.route}"


class SegmentKind(models.TextChoices):
    ROWS = "rows"
    REDACTED = "redacted"
    RETIRED = "retired"


class Segment(models.Model):
    """A link of the chain: the digests of up to a thousand rows of one table, sealed together with the link before.

    ``columns`` are the table's at that time, so that columns added later do not look like tampering. ``digests`` holds
    sixteen bytes a row, in the order of ``pks``. A redacted segment holds the new digests of rows whose values were
    erased by law; a retired one says up to which id the rows of a table are gone. ``key`` tells which key sealed it.
    """

    n = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=SegmentKind.choices)
    table = models.CharField(max_length=63)
    columns = ArrayField(models.CharField(max_length=63))
    pks = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    note = models.JSONField(default=dict)
    key = models.CharField(max_length=8)
    link = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["table", "n"], name="segment_by_table")]

    def __str__(self) -> str:
        return f"{self.n} {self.kind} {self.table}"


class Reach(models.Model):
    """How far a table is chained. ``mark`` is the highest id seen at some moment, ``mark_xid`` the number of a
    transaction begun after it: once all older ones are over, no id up to the mark can still appear."""

    table = models.CharField(max_length=63, primary_key=True)
    done = models.BigIntegerField(default=0)
    mark = models.BigIntegerField(default=0)
    mark_xid = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.table} {self.done}"


class Anchoring(models.Model):
    """The head of the chain as it was written down outside, and whether that went through."""

    at = models.DateTimeField()
    n = models.BigIntegerField()
    link = models.CharField(max_length=64)
    taken = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="anchoring_newest")]

    def __str__(self) -> str:
        return f"{self.n} {self.link[:8]}"
