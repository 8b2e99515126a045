"""Changing a lead's own facts, its owner and its next step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from accounts.scope import may_see_owner
from agents.services.parties import update_party
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotAllowed
from common.events import publish
from common.text import one_line
from leads.access import locked
from leads.drafts import KnownLead
from leads.events import LeadAssigned, LeadChanged, NextStepPlanned
from leads.models import Lead, Note
from leads.services.arriving import demand_future_step

EDITABLE = frozenset(
    {
        "segment",
        "agent",
        "initiative",
        "utp",
        "product",
        "problem",
        "resources",
        "amount",
        "currency",
        "source_channel",
        "base",
        "tags",
        "lead_generator",
    }
)


@transaction.atomic
def update_lead(*, lead: Lead, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> Lead:
    """Change the lead's facts. Stage, owner, outcome and step have deeds of their own.

    Raises Invalid (another field, a negative sum), KnownLead (the party has an open lead there), StaleVersion.
    """
    demand_write(by)
    if foreign := sorted(set(changes) - EDITABLE):
        message = _("Это поле меняется другим действием.")
        raise Invalid(message, [FieldError(name, "read_only", message) for name in foreign])
    if (amount := changes.get("amount")) is not None and amount < 0:
        message = _("Сумма не бывает отрицательной.")
        raise Invalid(message, [FieldError("amount", "range", message)])
    if (segment := changes.get("segment")) is not None and segment.kind != lead.kind:
        message = _("Этот сегмент — из другой воронки.")
        raise Invalid(message, [FieldError("segment", "other_funnel", message)])
    current = locked(lead)
    check_version(current, expected_version, changes)
    try:
        with transaction.atomic():
            before = {name: getattr(current, name) for name in changes}
            saved = save_changes(current, changes)
    except IntegrityError as error:
        raise KnownLead(_("По этому контакту уже идёт лид той же инициативы."), None) from error
    if fields := tuple(name for name, value in before.items() if getattr(saved, name) != value):
        publish(LeadChanged(saved.pk, fields, by.pk))
    return saved


@transaction.atomic
def assign(*, lead: Lead, owner: User | None, by: User, at: datetime, expected_version: int | None = None) -> Lead:
    """Hand a lead to a colleague within one's scope (or to nobody: the team's queue).

    The party goes along when the previous owner looked after it too. Raises NotAllowed, StaleVersion.
    """
    demand_write(by)
    current = locked(lead)
    if current.owner_id == (owner.pk if owner else None):
        return current
    check_version(current, expected_version)
    if owner is not None and not may_see_owner(by, owner):
        raise NotAllowed(_("Передать можно тому, чью работу вы видите. Попросите руководителя."))
    previous, party = current.owner, current.party
    team = owner.team if owner else current.team
    assigned = save_changes(current, {"owner": owner, "team": team})
    if owner is not None and party.owner_id == (previous.pk if previous else None):
        update_party(party=party, by=by, changes={"owner": owner})
    publish(LeadAssigned(assigned.pk, assigned.owner_id, previous.pk if previous else None, by.pk, at))
    return assigned


@transaction.atomic
def plan_next_step(
    *, lead: Lead, by: User, at: datetime, step_at: datetime | None, text: str = "", expected_version: int | None = None
) -> Lead:
    """Set or take away the next step. Raises Invalid for a step in the past or on a closed lead, StaleVersion."""
    demand_write(by)
    current = locked(lead)
    words = one_line(text)[:200] if step_at else ""
    if (current.next_action_at, current.next_action) == (step_at, words):
        return current
    check_version(current, expected_version)
    if step_at is not None and not current.is_open:
        message = _("Лид закрыт. Верните его в работу, чтобы запланировать шаг.")
        raise Invalid(message, [FieldError("next_action_at", "closed", message)])
    demand_future_step(step_at, at)
    previous = current.next_action_at
    planned = save_changes(current, {"next_action_at": step_at, "next_action": words})
    publish(NextStepPlanned(planned.pk, planned.owner_id, step_at, previous, by.pk, at))
    return planned


@transaction.atomic
def add_note(*, lead: Lead, by: User, at: datetime, text: str) -> Note:
    """Write into the lead's feed. Raises Invalid for an empty or overlong note."""
    demand_write(by)
    words = text.strip()
    if not words or len(words) > 10_000:
        message = _("Напишите заметку: до 10 000 знаков.")
        raise Invalid(message, [FieldError("text", "required" if not words else "too_long", message)])
    return Note.objects.create(lead=lead, by=by, at=at, text=words)
