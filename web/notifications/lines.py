"""A notice in the reader's own language, made from its kind and facts when it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock
from notifications.models import Notice, NoticeKind
from notifications.selectors import Line
from web import formats

ICONS = {NoticeKind.STEP_DUE: "clock", NoticeKind.LEAD_ASSIGNED: "leads", NoticeKind.IMPORT_FINISHED: "import"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the bell. ``new_day`` is the day's title where the line opens a day."""

    notice: Notice
    icon: str
    text: str
    url: str
    new_day: str = ""


def shown(lines: Iterable[Line], *, previous: datetime | None = None) -> list[Shown]:
    """``previous`` is the moment of the line that stands before these, on an earlier portion."""
    lang, today = get_language() or "ru", timezone.localdate()
    day, found = timezone.localtime(previous).date() if previous else None, []
    for line in lines:
        own = timezone.localtime(line.notice.at).date()
        title = formats.near_day(own, today, lang) if own != day else ""
        icon = ICONS.get(NoticeKind(line.notice.kind), "bell")
        found.append(Shown(line.notice, icon, text_of(line), address_of(line), title))
        day = own
    return found


def text_of(line: Line) -> str:
    facts = line.notice.facts
    name = line.lead.party.name if line.lead else ""
    if line.notice.kind == NoticeKind.STEP_DUE:
        return _step(facts, name)
    if line.notice.kind == NoticeKind.LEAD_ASSIGNED:
        return _("Вам передан лид: %(name)s") % {"name": name} if name else _("Вам передали лид, он уже у другого")
    if line.notice.kind == NoticeKind.IMPORT_FINISHED:
        return _import(facts)
    return str(line.notice.get_kind_display())


def _step(facts: dict[str, Any], name: str) -> str:
    if not name:
        return _("Подошёл срок шага по лиду, который уже ведёт другой")
    step = str(facts.get("step") or _("Следующий шаг"))
    when = _moment(facts.get("step_at"))
    return _("%(step)s: %(name)s, %(when)s") % {"step": step, "name": name, "when": when}


def _import(facts: dict[str, Any]) -> str:
    title = str(facts.get("file") or facts.get("name") or "")
    text = _("Импорт закончен: %(file)s") % {"file": title} if title else _("Импорт закончен")
    done, errors = facts.get("created"), facts.get("errors")
    if done is not None:
        text += ". " + _("Новых лидов: %(n)s") % {"n": formats.number(int(done), get_language() or "ru")}
    if errors:
        text += ". " + _("Строк с ошибками: %(n)s") % {"n": formats.number(int(errors), get_language() or "ru")}
    return text


def _moment(text: object) -> str:
    if not text:
        return ""
    here, now = timezone.localtime(datetime.fromisoformat(str(text))), timezone.localtime(clock.now())
    return formats.near_moment(here, now, get_language() or "ru")


def address_of(line: Line) -> str:
    """Where a press leads: the lead, or the import; nothing where neither is there for the reader."""
    if line.lead is not None:
        return _reverse("leads:card", line.lead.pk)
    number = line.notice.facts.get("import")
    return _reverse("imports:run", number) if number else ""


def _reverse(name: str, pk: object) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
