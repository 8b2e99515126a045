"""Spans of the board of jobs: `{% load job_board %}{{ tick.seconds|span }}` → «5 с», «10 мин», «6 ч»."""

from datetime import timedelta

from django.template import Library
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.format_tables import NBSP
from web import formats

register = Library()
MINUTE = 60


@register.filter
def span(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.0f}{NBSP}{_('с')}"
    return formats.duration(timedelta(seconds=seconds), get_language() or "ru")
