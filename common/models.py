"""Abstract bases only; the rooms own the tables."""

from typing import Any

import pghistory
from django.db import models

from common.ids import uuid7

EXTERNAL_ONCE = "_external_unique"
"""How the name of every constraint on the pair ends."""


class Record(models.Model):
    """What every business record carries: an opaque id, its times, and a version against lost updates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class External(models.Model):
    """The other system's name for the record; the pair is unique where it is given."""

    source = models.CharField(max_length=60, blank=True, default="")
    external_id = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        abstract = True


def unique_external(model: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["source", "external_id"], condition=~models.Q(external_id=""), name=f"{model}{EXTERNAL_ONCE}"
    )


def audited(**kwargs: object) -> Any:
    """Every insert, update and delete leaves an event row by trigger: bulk writes and raw SQL too."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        **kwargs,  # type: ignore[arg-type]
    )
