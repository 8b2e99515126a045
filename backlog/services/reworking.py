"""Changing the plan by making several actions of one, another of it, or one like it; and what follows what."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from backlog.models import Action, Finding
from backlog.services.actions import create_action, drop_action
from backlog.services.planning import hold_plan, invalid, locked, open_locked, save_action
from common.text import one_line

MOST_PARTS = 10
LONGEST_CHAIN = 200


@transaction.atomic
def duplicate_action(*, action: Action, by: User, at: datetime) -> Action:
    """One more like it, right below: planned anew, without slot, result and what made it."""
    origin = locked(action)
    demand_planner(by, origin.owner)
    return _like(origin, by, at, origin.title)


def _like(origin: Action, by: User, at: datetime, title: str, source: Finding | None = None) -> Action:
    return create_action(
        owner=origin.owner, title=title, by=by, at=at, sprint=origin.sprint, goal=origin.goal,
        segment=origin.segment, lead=origin.lead, party=origin.party, kind=origin.kind, priority=origin.priority,
        minutes=origin.minutes, location=origin.location, note=origin.note, expected=origin.expected,
        position=origin.position, finding=source,
    )  # fmt: skip


@transaction.atomic
def split_action(
    *, action: Action, titles: Sequence[str], by: User, at: datetime, expected_version: int | None = None
) -> list[Action]:
    """Make several of one: the first part keeps its history and slot, all keep their source; the time is shared out.

    Raises Invalid (fewer than two parts, more than ten), StaleVersion, NotAllowed.
    """
    current = open_locked(action, by, expected_version)
    parts = [words for title in titles if (words := one_line(title))]
    if not 2 <= len(parts) <= MOST_PARTS:
        raise invalid("titles", _("Напишите от двух до десяти частей, каждую с новой строки."), "range")
    if any(len(part) > 200 for part in parts):
        raise invalid("titles", _("Часть длиннее 200 знаков. Сократите."), "too_long")
    minutes = max(5, round(current.minutes / len(parts) / 5) * 5)
    share = (current.expected / len(parts)).quantize(current.expected)
    first = save_action(current, {"title": parts[0], "minutes": minutes, "expected": share}, by=by, at=at)
    rest = [_like(first, by, at, part, source=first.finding) for part in parts[1:]]
    return [first, *rest]


@transaction.atomic
def replace_action(
    *, action: Action, title: str, by: User, at: datetime, reason: str = "", expected_version: int | None = None
) -> Action:
    """Another action in its place; the old one is dropped and says what replaced it. Raises Invalid, StaleVersion."""
    current = open_locked(action, by, expected_version)
    made = _like(current, by, at, _demand_title(title))
    words = _("заменено на «%(title)s»") % {"title": made.title}
    drop_action(action=current, by=by, at=at, reason=f"{words}. {reason}".strip(". "))
    return made


@transaction.atomic
def set_follows(
    *, action: Action, follows: Action | None, by: User, at: datetime, expected_version: int | None = None
) -> Action:
    """Say after which action this one comes. Raises Invalid: a ring, told by its links; another person's action."""
    hold_plan(action.owner_id)
    current = open_locked(action, by)
    if current.follows_id == (follows.pk if follows else None):
        return current
    current = open_locked(action, by, expected_version)
    if follows is not None:
        if follows.owner_id != current.owner_id:
            raise invalid("follows", _("Предыдущее действие — другого человека."), "foreign")
        _demand_no_ring(current, follows)
    return save_action(current, {"follows": follows}, by=by, at=at)


def _demand_no_ring(action: Action, follows: Action) -> None:
    """Walk back along the chain; chains are short, and a person's chains change one at a time (``hold_plan``)."""
    titles, link = [action.title], follows.pk
    for _step in range(LONGEST_CHAIN):
        row = Action.objects.filter(pk=link).values_list("pk", "title", "follows_id").first()
        if row is None:
            return
        titles.append(row[1])
        if row[0] == action.pk:
            chain = " → ".join(f"«{title}»" for title in titles)
            text = _("Получится кольцо: %(chain)s. Выберите другое предыдущее действие.")
            raise invalid("follows", text % {"chain": chain}, "ring")
        if row[2] is None:
            return
        link = row[2]
    raise invalid("follows", _("Цепочка действий слишком длинная. Начните новую."), "too_long")


def _demand_title(title: str) -> str:
    words = one_line(title)
    if not words:
        raise invalid("title", _("Напишите, что сделать вместо этого."), "required")
    return words
