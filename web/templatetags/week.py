"""Small words of the week's templates: `{% load week %}`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.template import Library

from web import formats
from web.ui.registry import language

register = Library()
_HOUR = timedelta(hours=1)


@register.filter
def item(rows: Mapping[Any, Any], key: object) -> Any:
    """{{ rows|item:action.pk }} → rows[action.pk]."""
    return rows.get(key)


@register.filter
def hours(span: timedelta | None) -> str:
    """A span as hours: 9,5."""
    return "" if span is None else formats.number(round(span / _HOUR, 1), language())
