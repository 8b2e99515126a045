"""Figures of a row that carries its lead counts: `{% load standing %}`."""

from typing import Any

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from funnel.statistics import Rate
from leads.standing import conversion
from web import formats
from web.ui.registry import language

register = Library()


@register.simple_tag
def short_rate(row: Any) -> SafeString:
    """«5 из 18 — 28 %»; under ten cases a percentage would mislead: «2 из 7»."""
    found: Rate = row if isinstance(row, Rate) else conversion(row)
    if found.value is None:
        return format_html('<span class="muted">{}</span>', _("нет лидов"))
    text = formats.out_of(found.k, found.n, language())
    return format_html("{}", text if found.few else f"{text} — {formats.percent(found.value, language())}")
