"""What is wrong with the value of a filter and what may stand there, in our own words: a form's are those of a page."""

from typing import Any
from uuid import UUID

import django_filters as filters
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_NAMED = 30
"""A refusal names the codes of a dictionary up to so many."""
_CHOICE_OF_ROWS = (filters.ModelChoiceFilter, filters.ModelMultipleChoiceFilter)
_CHOICE = (filters.ChoiceFilter, filters.MultipleChoiceFilter)


def refusal(one: filters.Filter, problem: ValidationError, given: str) -> tuple[str, str]:
    """Code and text of one refused value: of several that were given the problem itself names it."""
    code = problem.code or "invalid"
    value = str((problem.params or {}).get("value", given))
    if code == "null_characters_not_allowed":
        return "control_characters", _("Есть знаки, которые нельзя сохранить.")
    if code == "max_length":
        return code, _("Не длиннее %(most)s знаков.") % {"most": one.extra["max_length"]}
    if isinstance(one, _CHOICE_OF_ROWS):
        return _of_rows(one, value)
    if isinstance(one, _CHOICE):
        return "invalid_choice", allowed(str(choice) for choice, _label in one.extra["choices"])
    if isinstance(one, filters.UUIDFilter):
        return "invalid", _("Нужен id записи.")
    if isinstance(one, filters.DateFilter | filters.DateFromToRangeFilter):
        return "invalid", _("Нужна дата, например 2026-01-31.")
    if isinstance(one, filters.NumberFilter):
        ends = {"low": one.extra["min_value"], "high": one.extra["max_value"]}
        return "range", _("Нужно число от %(low)s до %(high)s.") % ends
    return code, " ".join(problem.messages)


def not_a_flag() -> tuple[str, str]:
    return "invalid", _("Нужно true или false.")


def allowed(names: Any) -> str:
    return _("Можно: %(names)s.") % {"names": ", ".join(names)}


def _of_rows(one: filters.Filter, value: str) -> tuple[str, str]:
    if column := one.extra.get("to_field_name"):
        codes = one.extra["queryset"].order_by(column).values_list(column, flat=True).distinct()
        return "invalid_choice", _("Такого кода нет.") + " " + allowed(codes[:MOST_NAMED])
    if _is_id(value):
        return "invalid_choice", _("Такой записи нет, или она вам не видна.")
    if one.extra.get("null_label"):
        return "invalid", _("Нужен id записи или none.")
    return "invalid", _("Нужен id записи.")


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
