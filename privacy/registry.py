"""What every room says it holds of people, gathered once a process from ``<room>/personal.py``."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import models

from common.personal import Ages, Aside, Holds


@lru_cache(maxsize=1)
def _modules() -> tuple[ModuleType, ...]:
    names = [f"{app.name}.personal" for app in apps.get_app_configs()]
    return tuple(import_module(name) for name in names if find_spec(name) is not None)


def _all(name: str) -> tuple[Any, ...]:
    return tuple(one for module in _modules() for one in getattr(module, name, ()))


@lru_cache(maxsize=1)
def tables() -> tuple[Holds, ...]:
    """Every table with data about people; one that is found through another stands after it."""
    waiting = {holds.model._meta.label: holds for holds in _all("HOLDS")}
    ordered: dict[str, Holds] = {}
    while waiting:
        ready = [label for label, holds in waiting.items() if not set(holds.via.values()) & (waiting.keys() - {label})]
        if not ready:
            raise RuntimeError(f"These tables are found through each other: {sorted(waiting)}")
        ordered |= {label: waiting.pop(label) for label in ready}
    return tuple(ordered.values())


def asides() -> tuple[Aside, ...]:
    return _all("ASIDES")


def ages() -> tuple[Ages, ...]:
    return _all("AGES")


def plain() -> Mapping[type[models.Model], set[str]]:
    """Fields that hold nothing of the people we sell to, by model."""
    found: dict[type[models.Model], set[str]] = {}
    for module in _modules():
        for model, names in getattr(module, "PLAIN", {}).items():
            found.setdefault(model, set()).update(names.split())
    return found


def undeclared() -> list[str]:
    """Fields of text, JSON, bytes and files that nobody has said anything about."""
    said = {model: set(names) for model, names in plain().items()}
    for holds in tables():
        said.setdefault(holds.model, set()).update(holds.declared)
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, pghistory.models.Event)
        for field in model._meta.concrete_fields
        if holds_words(field) and field.name not in said.get(model, ())
    ]


def holds_words(field: Any) -> bool:
    """Whether people or machines can write anything they like into it."""
    if field.choices or isinstance(field, models.UUIDField):
        return False
    inner = getattr(field, "base_field", None)
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
    return isinstance(inner or field, (*kinds, models.GenericIPAddressField)) and not getattr(inner, "choices", None)


def by_label(label: str) -> Holds:
    return next(holds for holds in tables() if holds.model._meta.label == label)
