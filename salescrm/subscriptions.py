"""Who reacts to what: the one table of events and the one table of jobs.

Handlers of an event run in its transaction, in this order. A job's handler runs in a worker; see ``jobs.registry``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common.events import Event
from imports import reverting, work
from imports.services import CHUNK_JOB, REVERT_JOB
from jobs.registry import Kind
from leads import events
from notifications import services as notifications

SUBSCRIPTIONS: Mapping[type[Event], Sequence[Callable[[Any], None]]] = {
    events.LeadAssigned: [notifications.on_assigned],
    events.NextStepPlanned: [notifications.on_step_planned],
}

JOBS: Mapping[str, Kind] = {
    notifications.STEP_JOB: Kind(notifications.remind_step),
    CHUNK_JOB: Kind(work.work_off, atomic=False, max_attempts=50),
    REVERT_JOB: Kind(reverting.revert, atomic=False, max_attempts=50),
}
