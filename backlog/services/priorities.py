"""Priorities: every change keeps who, when, from what to what, why, and what the engine would have said."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from backlog.choices import Priority, PriorityCause
from backlog.models import Action, PriorityChange
from backlog.services.planning import clean_words, invalid, open_locked, save_action
from worktime.due import due_for
from worktime.selectors import calendar_of

REASON_LIMIT = 300


@transaction.atomic
def set_priority(
    *,
    action: Action,
    to: int,
    by: User,
    at: datetime,
    reason: str = "",
    cause: str = PriorityCause.OWN,
    proposed: int | None = None,
    expected_version: int | None = None,
) -> Action:
    """Change how soon an action is wanted; its due moment follows in the owner's working time.

    A person's own choice is marked as such and kept with its reason; an accepted proposal takes the mark off. The
    value that stands already writes nothing. Raises Invalid (no such priority, closed), StaleVersion, NotAllowed.
    """
    demand_priority(to)
    words = clean_words("reason", reason, REASON_LIMIT)
    current = open_locked(action, by)
    if current.priority == to:
        return current
    current = open_locked(action, by, expected_version)
    before = current.priority
    own = cause == PriorityCause.OWN
    changes = {
        "priority": to,
        "priority_own": own,
        "priority_reason": words if own else "",
        "due_at": due_for(to, _since(current, at), calendar_of(current.owner)),
    }
    saved = save_action(current, changes, by=by, at=at)
    PriorityChange.objects.create(
        action=saved, at=at, by=by, cause=cause, before=before, after=to, proposed=proposed, reason=words
    )
    return saved


@transaction.atomic
def set_pinned(*, action: Action, pinned: bool, by: User, at: datetime, expected_version: int | None = None) -> Action:
    """Keep an action at the top of its owner's day, or let it go. Raises StaleVersion, NotAllowed."""
    current = open_locked(action, by)
    if current.pinned == pinned:
        return current
    current = open_locked(action, by, expected_version)
    return save_action(current, {"pinned": pinned}, by=by, at=at)


def demand_priority(value: Any) -> int:
    """Raises Invalid for what is no priority."""
    if isinstance(value, bool) or value not in Priority.values:
        text = _("Такого приоритета нет. Выберите 0 — часы, 1 — день, 2 — неделя или 3 — месяц.")
        raise invalid("priority", text, "unknown")
    return int(value)


def _since(action: Action, at: datetime) -> datetime:
    """From when working time counts: a week that has not begun yet begins on its Monday."""
    if action.sprint is None:
        return at
    monday = datetime.combine(action.sprint.starts_on, datetime.min.time(), action.owner.zone)
    return max(at, monday)
