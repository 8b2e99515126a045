"""Recalculation on demand: whoever's leads changed is ranked anew, once for many changes that come together."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from backlog.events import ActionPlanned
from backlog.ranking.hours import MORNING
from backlog.ranking.rates import recount_rates
from backlog.ranking.runs import rank_all, rank_owner
from common import clock
from jobs.debounce import owe_once
from jobs.keeping import kept
from jobs.registry import JobRun
from jobs.services import Duty, owe
from leads.events import LeadAssigned, LeadClosed, LeadReopened, LeadsTaken, NextStepPlanned, StageEntered
from leads.models import Lead

OWNER_JOB, ALL_JOB = "rank_owner", "rank_all"
NIGHT = time(1, 30)
SOON = timedelta(seconds=2)
"""Deeds that come together are ranked together."""
AFTER_LOAD = timedelta(seconds=10)


def on_lead_changed(event: StageEntered | LeadClosed | LeadReopened) -> None:
    """A lead moved, closed or came back: its owner's list changes."""
    owe_ranking([event.owner_id], cause=type(event).__name__, at=event.at)


def on_taken(event: LeadsTaken) -> None:
    owners = Lead.objects.filter(pk__in=event.lead_ids).order_by().values_list("owner_id", flat=True).distinct()
    owe_ranking(owners, cause=type(event).__name__, at=event.at)


def on_assigned(event: LeadAssigned) -> None:
    owe_ranking([event.previous_owner_id, event.owner_id], cause=type(event).__name__, at=event.at)


def on_step_planned(event: NextStepPlanned) -> None:
    """When the next step is due decides what priority is proposed."""
    owe_ranking([event.owner_id], cause=type(event).__name__, at=event.at)


def on_action_planned(event: ActionPlanned) -> None:
    """An action without a lead has a score of its own, by its goal."""
    owe_ranking([event.owner_id], cause=type(event).__name__, at=event.at)


def owe_ranking(owner_ids: Iterable[UUID | None], *, cause: str, at: datetime) -> None:
    """Owe a new list to each owner; nobody's leads are not ranked. In the caller's transaction."""
    for owner_id in sorted({owner_id for owner_id in owner_ids if owner_id is not None}):
        payload = {"owner": str(owner_id), "cause": cause}
        owe_once(kind=OWNER_JOB, group=f"rank:{owner_id}", payload=payload, at=at, delay=SOON)


def owe_recount(*, at: datetime) -> None:
    """Owe new rates and everybody's lists, as after a load: many outcomes came at once."""
    payload = {"rates": True, "lists": True, "cause": "load"}
    owe_once(kind=ALL_JOB, group="rank-all", payload=payload, at=at, delay=AFTER_LOAD)


def owe_days_runs(*, at: datetime) -> None:
    """Owe the night's rates and the morning's lists once their hour has come: once a day, however often it is asked.

    A row and not a tick: what was to run while the broker was away runs when it is back.
    """
    local = timezone.localtime(at)
    runs = {
        "rates": (NIGHT, {"rates": True, "cause": "night"}),
        "lists": (MORNING, {"lists": True, "cause": "morning"}),
    }
    moments = {name: datetime.combine(local.date(), hour, local.tzinfo) for name, (hour, _payload) in runs.items()}
    owe(
        Duty(ALL_JOB, f"rank-{name}:{local.date()}", payload, moments[name])
        for name, (_hour, payload) in runs.items()
        if moments[name] <= local
    )


def work_owner(run: JobRun) -> None:
    """Atomic: the list and «done» commit together. Somebody who is gone needs no list."""
    owner_id = UUID(run.payload["owner"])
    if User.objects.filter(pk=owner_id).exists():
        rank_owner(owner_id=owner_id, at=clock.now(), cause=run.payload["cause"][:20])


def work_all(run: JobRun) -> None:
    """Not atomic: rates and lists are a transaction each, and the lease is kept while they are counted."""
    at = clock.now()
    with kept(run):
        if run.payload.get("rates"):
            recount_rates(at=at)
        if run.payload.get("lists"):
            rank_all(at=at, cause=run.payload["cause"][:20])
