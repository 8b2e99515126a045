"""Calls as lines of a lead's feed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from calls.models import Call
from calls.selectors import of_lead
from leads.models import Lead
from web.templatetags.talks import talk


@dataclass(frozen=True, slots=True)
class CallItem:
    """What a line of the feed has, and the recording to listen to."""

    at: datetime
    who: str
    title: str
    text: str
    recording_url: str
    kind: str = "call"
    imported: bool = False


def calls_of(lead: Lead, *, most: int) -> list[CallItem]:
    """The lead was read through its door: its calls go along."""
    return [_item(call) for call in of_lead(lead)[:most]]


def _item(call: Call) -> CallItem:
    title = _("%(direction)s звонок: %(result)s")
    title %= {"direction": call.get_direction_display(), "result": call.get_result_display().lower()}
    length = _("%(length)s минут") % {"length": talk(call.duration_seconds)} if call.duration_seconds else ""
    empty = _("вероятно, пустой: короче 7 минут") if call.likely_empty else ""
    text = " · ".join(filter(None, (length, empty)))
    return CallItem(call.at, call.owner.name if call.owner else "", title, text, call.recording_url)
