"""A real contact makes a lead fresh; a result taken back within seconds puts things as they were."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.access import demand_write
from accounts.models import User
from common.changes import save_changes
from common.events import publish
from leads.access import locked
from leads.events import NextStepPlanned
from leads.models import Lead


@transaction.atomic
def touch(*, lead: Lead, by: User, at: datetime) -> Lead:
    """Somebody talked with them: the lead stops cooling. A touch older than the last one changes nothing."""
    demand_write(by)
    current = locked(lead)
    return save_changes(current, {"touched_at": at}) if at > current.touched_at else current


@transaction.atomic
def put_back(*, lead: Lead, by: User, at: datetime, columns: Mapping[str, Any]) -> Lead:
    """Restore the step (``next_action``, ``next_action_at``), the last touch and the moment of entry into the stage
    that a result had replaced.

    Unlike ``editing.plan_next_step`` this takes a step in the past: it stood there before.
    """
    demand_write(by)
    current = locked(lead)
    previous = current.next_action_at
    restored = save_changes(current, columns)
    if restored.next_action_at != previous:
        publish(NextStepPlanned(restored.pk, restored.owner_id, restored.next_action_at, previous, by.pk, at))
    return restored
