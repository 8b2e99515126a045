"""What a finding may hold: all that is wrong at once, each thing at its field."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from backlog.choices import ActionKind
from backlog.metrics import METRICS, OWN
from backlog.services.checking import MINUTES
from common.errors import FieldError, Invalid
from common.text import one_line

TEXTS = ("claim", "text", "metric_name", "action_title")
LIMITS = (("claim", 300), ("text", 4000), ("metric_name", 120), ("action_title", 200))
MOST_TRIES = 1_000_000


def tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Words on one line, the explanation with its lines kept."""
    clean = dict(fields)
    for name in TEXTS:
        if name in clean:
            words = clean[name] or ""
            clean[name] = words.strip() if name == "text" else one_line(words)
    return clean


def check_finding(values: Mapping[str, Any]) -> None:
    """``values`` are the finding as it would stand. Raises Invalid."""
    errors = [*_wrong_words(values), *_wrong_action(values), *_wrong_evidence(values)]
    if errors:
        raise Invalid(errors[0].message, errors)


def _wrong_words(values: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if not values.get("claim"):
        errors.append(FieldError("claim", "required", _("Напишите, что сработало, одной фразой.")))
    if not values.get("action_title"):
        errors.append(FieldError("action_title", "required", _("Напишите действие, которое возьмут другие.")))
    for name, limit in LIMITS:
        if len(values.get(name, "")) > limit:
            errors.append(FieldError(name, "too_long", _("Помещается %(limit)d знаков. Сократите.") % {"limit": limit}))
    if values.get("metric") not in METRICS:
        errors.append(FieldError("metric", "required", _("Выберите метрику, которая выросла.")))
    if values.get("metric") == OWN and not values.get("metric_name"):
        errors.append(FieldError("metric_name", "required", _("Назовите свою метрику, например «Обученные агенты».")))
    return errors


def _wrong_action(values: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if values.get("action_kind", ActionKind.TASK) not in ActionKind.values:
        errors.append(FieldError("action_kind", "unknown", _("Такого вида действия нет. Выберите из списка.")))
    if values.get("action_minutes", 30) not in MINUTES:
        text = _("Действие длится от 5 минут до 12 часов. Более длинное разбейте на части.")
        errors.append(FieldError("action_minutes", "range", text))
    return errors


def _wrong_evidence(values: Mapping[str, Any]) -> list[FieldError]:
    """«k из n» comes in pairs; the one who counts cannot have more that worked than were tried."""
    errors = []
    for when in ("before", "after"):
        passed, tries = values.get(f"{when}_passed"), values.get(f"{when}_tries")
        if passed is None and tries is None:
            continue
        if passed is None or tries is None:
            name = f"{when}_passed" if passed is None else f"{when}_tries"
            errors.append(FieldError(name, "required", _("Укажите оба числа: сколько получилось и из скольких.")))
        elif not 1 <= tries <= MOST_TRIES:
            errors.append(FieldError(f"{when}_tries", "range", _("Попыток — от одной до миллиона.")))
        elif not 0 <= passed <= tries:
            errors.append(FieldError(f"{when}_passed", "order", _("Получиться может не больше, чем было попыток.")))
    return errors
