"""The move: the one way a lead gets from stage to stage, for page, API, bulk edit and job alike."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotAllowed, Refused
from common.events import publish
from common.text import one_line
from funnel import log
from funnel.choices import EntryEvent, Origin
from funnel.gates import GateClosed, missing_facts, path_between
from funnel.models import Stage
from leads.access import locked, may_waive_gates
from leads.choices import Outcome
from leads.drafts import KnownLead
from leads.events import LeadClosed, NextStepPlanned, StageEntered
from leads.facts import known_facts, labels
from leads.models import Lead
from leads.services.entries import entry_of, idle_hours
from leads.services.recording import Facts, record_facts


class LeadIsClosed(Refused):
    """A closed lead does not move; reopen it first."""

    code: ClassVar[str] = "lead_closed"
    status: ClassVar[int] = 409


@transaction.atomic
def move(
    *,
    lead: Lead,
    to: Stage,
    by: User,
    at: datetime,
    reason: str = "",
    waive: bool = False,
    facts: Facts | None = None,
    origin: str = Origin.PAGE,
    expected_version: int | None = None,
    undoes: int | None = None,
) -> Lead:
    """Move a lead to another stage and keep the trail.

    ``facts`` are written down first (see ``recording.record_facts``), in the same transaction: either the facts
    stand and the lead has moved, or nothing has changed. Moving to the stage where it stands changes nothing, so
    a double click or a replayed request does no harm. Moving back needs a reason. ``waive`` lets a sales head
    pass a closed gate with a reason. ``undoes`` is the entry that a move back takes back at once: no report counts
    either. Raises GateClosed with the missing facts, LeadIsClosed, StaleVersion,
    NotAllowed, Invalid.
    """
    demand_write(by)
    current = locked(lead)
    if current.stage_id == to.pk:
        return current
    _check_possible(current, to)
    check_version(current, expected_version)
    if facts:
        record_facts(lead=current, by=by, at=at, facts=facts)
        current = locked(lead)
    back = to.position < current.stage.position
    reason = _demand_reason(reason) if back or waive else one_line(reason)
    waived = [] if back else _pass_gates(current, to, by, waive=waive)
    more = {"reason": reason, "waived": waived, "origin": origin, "undoes_id": undoes if back else None}
    return _enter(current, to, by=by, at=at, back=back, **more)


def missing_for(lead: Lead, to: Stage) -> list[str]:
    """Codes of the facts that stand between the lead and the stage; empty when the way is free or leads back."""
    path = path_between(list(Stage.objects.of_funnel(lead.stage.funnel_id)), lead.stage, to)
    return missing_facts(path, known_facts(lead.pk, missing_facts(path, ())))


def _check_possible(lead: Lead, to: Stage) -> None:
    if not lead.is_open and lead.outcome != Outcome.WON:
        raise LeadIsClosed(_("Лид закрыт. Верните его в работу, чтобы двигать по этапам."))
    if to.funnel_id != lead.stage.funnel_id:
        message = _("Этот этап — из другой воронки.")
        raise Invalid(message, [FieldError("to", "other_funnel", message)])
    if not to.active:
        message = _("Этап «%(stage)s» больше не действует. Выберите другой.") % {"stage": to.name}
        raise Invalid(message, [FieldError("to", "retired", message)])


def _demand_reason(reason: str) -> str:
    text = one_line(reason)
    if not text:
        message = _("Напишите причину: она останется в истории лида.")
        raise Invalid(message, [FieldError("reason", "required", message)])
    return text[:500]


def _pass_gates(lead: Lead, to: Stage, by: User, *, waive: bool) -> list[str]:
    missing = missing_for(lead, to)
    if missing and waive:
        if not may_waive_gates(by):
            raise NotAllowed(_("Пропустить шлюз может руководитель продаж."))
        return missing
    if missing:
        raise GateClosed(to, missing, labels(missing))
    return []


def _enter(lead: Lead, to: Stage, *, by: User, at: datetime, back: bool, **more: Any) -> Lead:
    """``more`` are columns of the entry."""
    previous, step_at, idle = lead.stage, lead.next_action_at, idle_hours(lead, at)
    last = Stage.objects.of_funnel(lead.stage.funnel_id).active().last()
    won = last is not None and last.pk == to.pk
    changes = {
        "stage": to,
        "stage_entered_at": at,
        "touched_at": max(at, lead.touched_at),
        "outcome": Outcome.WON if won else Outcome.OPEN,
        "closed_at": at if won else None,
    }
    if won:
        changes |= {"next_action": "", "next_action_at": None}
    try:
        with transaction.atomic():
            moved = save_changes(lead, changes)
    except IntegrityError as error:  # a won lead comes back to work while the party is worked by another open one
        raise KnownLead(_("По этому контакту уже идёт другой лид той же инициативы."), None) from error
    event = EntryEvent.RETURNED if back else EntryEvent.ENTERED
    entry = entry_of(moved, event=event, stage=to, from_stage=previous, at=at, by_id=by.pk, idle_hours=idle, **more)
    log.record([entry])
    publish(StageEntered(moved.pk, moved.owner_id, previous.code, to.code, by.pk, at, back))
    if won:
        _close_work(moved, step_at, by=by, at=at)
    return moved


def _close_work(lead: Lead, step_at: datetime | None, *, by: User, at: datetime) -> None:
    """The last stage closes the lead as won: nothing is left to be reminded of."""
    if step_at is not None:
        publish(NextStepPlanned(lead.pk, lead.owner_id, None, step_at, by.pk, at))
    publish(LeadClosed(lead.pk, lead.owner_id, lead.outcome, by.pk, at))
