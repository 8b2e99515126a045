"""What an action may hold: all that is wrong at once, each thing at its field."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backlog.choices import ActionKind, Priority
from backlog.services.priorities import demand_priority
from common.errors import FieldError, Invalid
from common.text import has_control_characters

MINUTES = range(5, 721)
LIMITS = (("title", 200), ("location", 120), ("note", 4000))
BIGGEST = Decimal("99999999")


def check_fields(values: Mapping[str, Any], at: datetime | None) -> None:
    """``at`` is given where the due moment is chosen now. Raises Invalid."""
    errors = [*_wrong_words(values), *_wrong_numbers(values)]
    due_at = values.get("due_at")
    if at is not None and due_at is not None and due_at < at.replace(second=0, microsecond=0):
        errors.append(FieldError("due_at", "past", _("Срок уже прошёл. Укажите не раньше текущего времени.")))
    if "due_at" in values and due_at is None:
        errors.append(FieldError("due_at", "required", _("Укажите срок.")))
    if errors:
        raise Invalid(errors[0].message, errors)


def _wrong_words(values: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if "title" in values and not values["title"]:
        errors.append(FieldError("title", "required", _("Напишите, что сделать.")))
    for name, limit in LIMITS:
        if len(values.get(name) or "") > limit:
            errors.append(FieldError(name, "too_long", _("Помещается %(limit)d знаков. Сократите.") % {"limit": limit}))
        if has_control_characters(values.get(name) or ""):
            text = _("В тексте есть знаки, которые нельзя сохранить. Уберите их.")
            errors.append(FieldError(name, "unreadable", text))
    if values.get("kind", ActionKind.TASK) not in ActionKind.values:
        errors.append(FieldError("kind", "unknown", _("Такого вида действия нет. Выберите из списка.")))
    return errors


def _wrong_numbers(values: Mapping[str, Any]) -> list[FieldError]:
    errors: list[FieldError] = []
    try:
        demand_priority(values.get("priority", Priority.WEEK))
    except Invalid as wrong:
        errors += wrong.errors
    if values.get("minutes", 30) not in MINUTES:
        text = _("Действие длится от 5 минут до 12 часов. Более длинное разбейте на части.")
        errors.append(FieldError("minutes", "range", text))
    expected = Decimal(values.get("expected", 1))
    if not expected.is_finite() or not 0 <= expected <= BIGGEST:
        errors.append(FieldError("expected", "range", _("Укажите число от нуля.")))
    return errors
