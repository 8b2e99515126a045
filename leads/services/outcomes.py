"""Closing and reopening. Lost and archived are outcomes, not stages: a closed lead keeps the stage where it stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.events import Event, publish
from common.text import one_line
from funnel import log
from funnel.choices import EntryEvent, Origin
from funnel.models import StageEntry
from leads.access import all_locked, locked
from leads.choices import Outcome
from leads.drafts import KnownLead
from leads.events import LeadClosed, LeadReopened, NextStepPlanned
from leads.models import Lead, LossReason
from leads.services.entries import entry_of, idle_hours


def close(
    *,
    lead: Lead,
    outcome: str,
    by: User,
    at: datetime,
    reason: LossReason | None = None,
    note: str = "",
    return_on: date | None = None,
    origin: str = Origin.PAGE,
    expected_version: int | None = None,
) -> Lead:
    """Close a lead as lost (with a reason from the list) or archived (with a reason in words).

    Closing it the same way again changes nothing. Raises Invalid, StaleVersion, NotAllowed.
    """
    closing = Closing(lead, outcome, by, at, reason, note, return_on, expected_version)
    return close_many(closings=[closing], origin=origin)[0]


@dataclass(frozen=True, slots=True)
class Closing:
    """One lead to close, as ``close`` takes it."""

    lead: Lead
    outcome: str
    by: User
    at: datetime
    reason: LossReason | None = None
    note: str = ""
    return_on: date | None = None
    expected_version: int | None = None


@transaction.atomic
def close_many(*, closings: Sequence[Closing], origin: str) -> list[Lead]:
    """Close several leads, each once, all or none; raises what ``close`` does. The answer keeps their order."""
    for by in {closing.by.pk: closing.by for closing in closings}.values():
        demand_write(by)
    rows = all_locked([closing.lead.pk for closing in closings])
    entries, events = list[StageEntry](), list[Event]()
    for closing in closings:
        _close(rows[closing.lead.pk], closing, origin, entries, events)
    log.record(entries)
    for event in events:
        publish(event)
    return [rows[closing.lead.pk] for closing in closings]


def _close(current: Lead, closing: Closing, origin: str, entries: list[StageEntry], events: list[Event]) -> None:
    """Close a locked lead; what is to be logged and published is added to the lists."""
    outcome, by, at = closing.outcome, closing.by, closing.at
    if current.outcome == outcome:
        return
    check_version(current, closing.expected_version)
    text = _reason_text(outcome, closing.reason, closing.note)
    _check_return(closing.return_on, at)
    previous_step = current.next_action_at
    changes = {
        "outcome": outcome,
        "loss_reason": closing.reason,
        "closed_at": at,
        "return_on": closing.return_on,
        "next_action": "",
        "next_action_at": None,
    }
    closed = save_changes(current, changes)
    event = EntryEvent.LOST if outcome == Outcome.LOST else EntryEvent.ARCHIVED
    entries.append(
        entry_of(
            closed, event=event, stage=closed.stage, at=at, by_id=by.pk, origin=origin, reason=text,
            idle_hours=idle_hours(closed, at), reason_code=closing.reason.code if closing.reason else "",
        )
    )  # fmt: skip
    if previous_step is not None:
        events.append(NextStepPlanned(closed.pk, closed.owner_id, None, previous_step, by.pk, at))
    events.append(LeadClosed(closed.pk, closed.owner_id, outcome, by.pk, at))


def _check_return(day: date | None, at: datetime) -> None:
    if day is not None and day < timezone.localtime(at).date():
        message = _("Вернуться к теме можно сегодня или позже. Поправьте день.")
        raise Invalid(message, [FieldError("return_on", "past", message)])


def _reason_text(outcome: str, reason: LossReason | None, note: str) -> str:
    words = one_line(note)
    if outcome not in {Outcome.LOST, Outcome.ARCHIVED}:
        message = _("Закрыть лид можно как отказ или в архив.")
        raise Invalid(message, [FieldError("outcome", "invalid", message)])
    if outcome == Outcome.LOST and reason is None:
        message = _("Выберите причину отказа: по ним видно, что исправлять.")
        raise Invalid(message, [FieldError("reason", "required", message)])
    if outcome == Outcome.ARCHIVED and not words and reason is None:
        message = _("Напишите, почему лид уходит в архив.")
        raise Invalid(message, [FieldError("note", "required", message)])
    return ". ".join(part for part in (reason.name if reason else "", words) if part)[:500]


@transaction.atomic
def reopen(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    reason: str,
    origin: str = Origin.PAGE,
    expected_version: int | None = None,
    undoes: int | None = None,
) -> Lead:
    """Take a closed lead back to work at the stage where it stood. An open one stays as it is. ``undoes`` is the
    closing that is taken back at once: no report counts either.

    Raises Invalid without a reason or for one that was merged into another, KnownLead when the party is worked again by
    another open lead.
    """
    demand_write(by)
    current = locked(lead)
    if current.is_open:
        return current
    check_version(current, expected_version)
    if current.merged_into_id is not None:
        message = _("Лид объединён с другим. Сначала разъедините их.")
        raise Invalid(message, [FieldError("reason", "merged", message)])
    text = one_line(reason)
    if not text:
        message = _("Напишите, почему лид снова в работе.")
        raise Invalid(message, [FieldError("reason", "required", message)])
    changes = {"outcome": Outcome.OPEN, "loss_reason": None, "closed_at": None, "return_on": None, "touched_at": at}
    try:
        with transaction.atomic():
            opened = save_changes(current, changes)
    except IntegrityError as error:
        raise KnownLead(_("По этому контакту уже идёт другой лид той же инициативы."), None) from error
    entry = entry_of(
        opened, event=EntryEvent.REOPENED, stage=opened.stage, at=at, by_id=by.pk, origin=origin, reason=text[:500],
        undoes_id=undoes,
    )  # fmt: skip
    log.record([entry])
    publish(LeadReopened(opened.pk, opened.owner_id, by.pk, at))
    return opened
