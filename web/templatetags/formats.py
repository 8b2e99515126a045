"""Figures, money, days and phones in the reader's language: `{% load formats %}`."""

from datetime import date, datetime

from django.template import Context, Library
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from web import formats as pure

register = Library()


def _lang() -> str:
    return get_language() or "ru"


@register.filter
def number(value: pure.Number | None, places: int | None = None) -> str:
    """{{ 1234567|number }} → 1 234 567."""
    return "" if value is None else pure.number(value, _lang(), places)


@register.filter
def percent(share: pure.Number | None, places: int = 0) -> str:
    """{{ 0.256|percent:1 }} → 25,6 %."""
    return "" if share is None else pure.percent(share, _lang(), places)


@register.filter
def points(change: pure.Number | None, places: int = 0) -> str:
    """{{ 0.18|points }} → +18 п. п."""
    return "" if change is None else pure.points(change, _lang(), places)


@register.filter
def money(value: pure.Number | None, currency: str = "UZS") -> str:
    """{{ lead.amount|money:"UZS" }} → 12 500 000 сум."""
    return "" if value is None else pure.money(value, currency, _lang())


@register.filter
def short_money(value: pure.Number | None, currency: str = "UZS") -> str:
    """{{ column.sum|short_money:"UZS" }} → 12,5 млн сум."""
    return "" if value is None else pure.short_money(value, currency, _lang())


@register.filter
def exact_money(value: pure.Number | None, currency: str = "UZS") -> str:
    """Money with tiyin or kopecks, for contracts."""
    return "" if value is None else pure.money(value, currency, _lang(), exact=True)


@register.filter
def day(value: date | None) -> str:
    """{{ value|day }} → 22.11.2026."""
    return "" if value is None else pure.day(_local(value), _lang())


@register.filter
def long_day(value: date | None) -> str:
    """{{ value|long_day }} → 22 ноября 2026 г."""
    return "" if value is None else pure.long_day(_local(value), _lang())


@register.filter
def list_day(value: date | None) -> str:
    """{{ value|list_day }} → вс, 22 нояб."""
    return "" if value is None else pure.list_day(_local(value), _lang(), timezone.localdate())


@register.filter
def plural(count: int, forms: str) -> str:
    """{{ n }} {{ n|plural:_("лид|лида|лидов") }}."""
    return pure.plural(count, forms, _lang())


@register.simple_tag(takes_context=True)
def when(context: Context, value: datetime | None, *, relative: bool = False) -> SafeString:
    """«сегодня, 14:05» in the reader's zone; the full date and how long ago in the title."""
    if value is None:
        return SafeString("")
    now, here, lang = timezone.localtime(context.get("now")), timezone.localtime(value), _lang()
    near, since = pure.near_moment(here, now, lang), pure.ago(here, now, lang)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        here.isoformat(timespec="minutes"),
        f"{pure.moment(here, lang)} · {since}",
        since if relative else near,
    )


@register.simple_tag
def phone(value: object) -> SafeString:
    """A number to press: «+998 90 123-45-67»."""
    raw = str(value or "")
    if not raw:
        return SafeString("")
    return format_html('<a class="tel" href="{}">{}</a>', pure.dial(raw), pure.phone(raw))


@register.simple_tag
def rate(hits: int, total: int) -> SafeString:
    """«62 %, 192 из 310, интервал 56–67»; for few cases «2 из 7»."""
    first, _, rest = pure.rate(hits, total, _lang()).partition(", ")
    tail = format_html(' <span class="muted">{}</span>', rest) if rest else ""
    return format_html('<span class="rate">{}{}</span>', first, tail)


def _local(value: date) -> date:
    """A moment is read on the reader's calendar; a plain day stays as it is."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value
