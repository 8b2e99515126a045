"""A line of the day as the page shows it: name, phone, at most three reasons, the bar's address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import journal
from audit.choices import Fields
from backlog.today import Item
from web import formats
from web.addresses import address_of
from web.ui.registry import language

REASONS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """A chip: words, tone, drawing."""

    text: str
    tone: str = "neutral"
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    item: Item
    title: str
    name: str
    phone: str
    url: str
    result_url: str
    why_url: str
    pin_url: str
    answer_url: str
    slot_url: str
    priority_url: str
    reasons: list[Reason]
    version: int

    @property
    def target(self) -> dict[str, Any]:
        """What the result bar asks for."""
        return {"url": self.result_url, "version": self.version, "title": self.name or self.title}


def line_of(item: Item, now: datetime) -> Line:
    """Addresses and words of one line; asks the database nothing."""
    # The day is read past the models, and only what becomes a line is shown.
    journal.note([item.lead and item.lead.pk, item.action and item.action.party_id], Fields.WORK)
    owner = "action" if item.action else "lead"
    party = item.lead or item.action
    record: Any = item.action or item.lead
    return Line(
        item=item,
        title=_title(item),
        name=(party and party.name) or "",
        phone=record.phone or "",
        url=address_of("leads:card", item.lead.pk) if item.lead else address_of("actions:page", item.id),
        result_url=address_of(f"results:{owner}", item.id),
        why_url=address_of(f"today:why_{owner}", item.id),
        pin_url=address_of("actions:pin" if item.action else "today:pin_lead", item.id),
        answer_url=address_of(f"today:answer_{owner}", item.id),
        slot_url=address_of("actions:slot", item.id) if item.action else "",
        priority_url=address_of("actions:priority", item.id) if item.action else "",
        reasons=list(_reasons(item, now))[:REASONS],
        version=record.version,
    )


def _title(item: Item) -> str:
    if item.action:
        return item.action.title
    if item.lead and item.lead.next_action:
        return item.lead.next_action
    return _("Позвонить")


def _reasons(item: Item, now: datetime) -> Iterator[Reason]:
    """In the order that ranks the lines, so that the first chip is what put the line where it is."""
    lang = language()
    if item.pinned and item.action:
        yield Reason(item.action.priority_reason or _("закреплено вами"), "primary", "pin")
    if item.late is not None:
        yield Reason(_("просрочено %(span)s") % {"span": formats.duration(item.late, lang)}, "error", "warning")
    slot = timezone.localtime(item.slot_at) if item.slot_at else None
    if slot is not None and slot.date() == timezone.localtime(now).date():
        yield Reason(_("слот %(time)s") % {"time": f"{slot:%H:%M}"}, "info" if item.soon else "neutral", "clock")
    if item.promised_on is not None:
        yield Reason(_("ценность обещана %(day)s") % {"day": f"{item.promised_on:%d.%m}"}, "warning", "star")
    if item.stale is not None:
        days, norm = item.stale
        yield Reason(_("застой %(days)s дн. при норме %(norm)s") % {"days": days, "norm": norm}, "warning", "stale")
    if item.behind is not None:
        words = {"now": formats.number(item.behind.value, lang), "plan": formats.number(item.behind.target, lang)}
        yield Reason(_("цель %(now)s/%(plan)s отстаёт") % words, "warning", "target")
    if item.score:
        yield Reason(_("%(money)s в час") % {"money": formats.short_money(item.score, "UZS", lang)}, "success", "money")
