"""What the deeds on a person's plan share: who may, locks, and saying that due moment, slot or owner have changed.

One writer at a time plans for one person (``hold_plan``): order, slots and chains look at several rows at once, and a
lock on the person is shorter than a lock on all of them. It is taken before any row.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from backlog.events import ActionPlanned
from backlog.models import Action, Goal
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotFound
from common.events import publish
from common.text import has_control_characters, one_line

_PLAN_LOCK = 7431
Moments = tuple[datetime | None, datetime | None]


def invalid(field: str, message: str, code: str = "invalid") -> Invalid:
    return Invalid(message, [FieldError(field, code, message)])


def clean_words(field: str, text: str, limit: int) -> str:
    """A line as it is stored. Raises Invalid for signs that cannot be stored, and for what is too long."""
    words = one_line(text)
    if has_control_characters(words):
        raise invalid(field, _("В тексте есть знаки, которые нельзя сохранить. Уберите их."), "unreadable")
    if len(words) > limit:
        raise invalid(field, _("Помещается %(limit)d знаков. Сократите.") % {"limit": limit}, "too_long")
    return words


def hold_plan(owner_id: UUID) -> None:
    """Wait for one's turn to change this person's plan; let go at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PLAN_LOCK, str(owner_id)])


def locked(action: Action) -> Action:
    """The row as it is now, locked bare and read after (see ``leads.access.all_locked``). Raises NotFound."""
    list(Action.objects.filter(pk=action.pk).select_for_update(no_key=True).values_list("pk"))
    rows = Action.objects.select_related("owner", "sprint", "goal__segment", "segment", "lead")
    found = rows.filter(pk=action.pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def open_locked(action: Action, by: User, expected_version: int | None = None) -> Action:
    """The same for a deed that makes sense only while the action is open. Raises Invalid, StaleVersion, NotAllowed."""
    current = locked(action)
    demand_planner(by, current.owner)
    if not current.is_open:
        raise invalid("status", _("Действие уже не в плане. Верните его, чтобы изменить."), "closed")
    check_version(current, expected_version)
    return current


def announced(action: Action) -> Moments:
    """Of what a reminder may speak: an idea and a closed action keep silent."""
    return (action.due_at, action.slot_at) if action.is_open and not action.is_idea else (None, None)


def announce(action: Action, *, by: User | None, at: datetime, before: Moments = (None, None)) -> None:
    """Publish what is planned now; moments that were said before and hold no longer are stale."""
    due_at, slot_at = announced(action)
    stale = tuple(moment for moment in before if moment is not None and moment not in {due_at, slot_at})
    by_id = by.pk if by else None
    publish(ActionPlanned(action.pk, action.owner_id, due_at, slot_at, stale, by_id, at))


def save_action(action: Action, changes: Mapping[str, Any], *, by: User, at: datetime) -> Action:
    """Write what differs; whoever reminds hears of it only when due moment, slot, owner or closing changed."""
    before, owner = announced(action), action.owner_id
    saved = save_changes(action, changes)
    if announced(saved) != before or saved.owner_id != owner:
        announce(saved, by=by, at=at, before=before)
    return saved


def group_segment(goal: Goal | None, segment: Any) -> Any:
    """Where an action stands in the week: the goal's segment wins."""
    return goal.segment if goal is not None and goal.segment is not None else segment
