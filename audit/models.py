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
