"""Lengths of calls in words: `{% load talks %}{{ call.duration_seconds|talk }}`, `{{ airtime.seconds|airtime }}`."""

from django.template import Library
from django.utils.translation import gettext as _

from web import formats
from web.format_tables import NBSP
from web.ui.registry import language

register = Library()
_MINUTE = 60


@register.filter
def talk(seconds: int) -> str:
    """One call, as phones show it: 7:05."""
    minutes, rest = divmod(max(seconds, 0), _MINUTE)
    return f"{minutes}:{rest:02d}"


@register.filter
def airtime(seconds: int) -> str:
    """Many calls together: «2 ч 5 мин»."""
    hours, minutes = divmod(max(seconds, 0) // _MINUTE, _MINUTE)
    shown = _("%(minutes)s мин") % {"minutes": minutes}
    if not hours:
        return shown.replace(" ", NBSP)
    return (
        (_("%(hours)s ч") % {"hours": formats.number(hours, language())}).replace(" ", NBSP)
        + " "
        + shown.replace(" ", NBSP)
    )
