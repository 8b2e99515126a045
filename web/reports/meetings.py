"""Show-up: of the meetings appointed for the period, how many were held; by week, person and segment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.selectors import branch_ids
from common import clock
from dashboards.meeting_table import kept_as_of
from dashboards.showing_up import MeetingQuery, Shown, shown_by, total
from leads.filters import NOBODY
from web import formats
from web.pages import page
from web.reports import files
from web.reports.asking import Asked, ask
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.names import names
from web.reports.overview import owner_of
from web.reports.ranges import Range, drawn
from web.reports.words import Number, Share, number, said, share
from web.ui.registry import language

USES = ("funnel", "team", "owner", "segment", "period", "from", "to")
WEEK = timedelta(days=6)
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    shown: Shown
    held: Number
    missed: Number
    cancelled: Number
    ahead: Number
    unsaid: Number
    rate: Share
    range: Range | None


@dataclass(frozen=True, slots=True)
class Part:
    """One figure: by week, person or segment."""

    title: str
    head: str
    lines: list[Line]
    left: int


@page("GET")
def page_of_meetings(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request)
    as_of = kept_as_of()
    query = meeting_query(asked, as_of)
    parts = [
        _part(asked, query, "week", _("По неделям"), _("Неделя")),
        _part(asked, query, "owner", _("По людям"), _("Кто")),
        _part(asked, query, "segment", _("По сегментам"), _("Сегмент")),
    ]
    context = {"parts": parts, "as_of": as_of, "sentence": _sentence(total([line.shown for line in parts[0].lines]))}
    return report(
        request, "reports/meetings.html", asked, context, uses=USES, sheets=lambda: [_sheet(part) for part in parts]
    )


def meeting_query(asked: Asked, as_of: datetime | None) -> MeetingQuery:
    """``as_of`` is that of the kept table, where it is to be read."""
    funnel, segment = asked.one_funnel, asked.chosen.get("segment", "")
    return MeetingQuery(
        start=asked.period.start,
        end=asked.period.end,
        at=clock.now(),
        audience=asked.query(funnel).audience,
        kind=funnel.kind,
        owner_id=owner_of(asked),
        segment_ids=sorted(branch_ids([segment])) if segment not in {"", NOBODY} else None,
        no_segment=segment == NOBODY,
        kept=as_of is not None,
    )


def _part(asked: Asked, query: MeetingQuery, by: str, title: str, head: str) -> Part:
    found = shown_by(query, by)
    called = _called(by, found)
    lines = [_line(asked, by, one, called[one.key]) for one in found]
    most = len(lines) if by == "week" else MOST_LINES
    return Part(title, head, lines[:most], max(0, len(lines) - most))


def _called(by: str, found: Sequence[Shown]) -> dict[Any, str]:
    if by != "week":
        return dict(names(by, [one.key for one in found]))
    week = _("нед. %(n)s")
    return {
        one.key: f"{week % {'n': one.key.isocalendar().week}}, {formats.list_day(one.key, language())}" for one in found
    }


def _line(asked: Asked, by: str, shown: Shown, name: str) -> Line:
    narrowing = _narrowing(asked, by, shown.key)

    def rows(count: int, state: str) -> Number:
        return number(count, f"{reverse('reports:meeting_rows')}{asked.address(**narrowing, state=state)}")

    rate = share(shown.rate)
    return Line(
        name=name,
        shown=shown,
        held=rows(shown.held, "held"),
        missed=rows(shown.no_show, "no_show"),
        cancelled=rows(shown.cancelled, "cancelled"),
        ahead=rows(shown.ahead, "ahead"),
        unsaid=rows(shown.unsaid, "unsaid"),
        rate=rate,
        range=None if rate.few else drawn(rate.low, rate.low + rate.width, rate.middle, top=100),
    )


def _narrowing(asked: Asked, by: str, key: Any) -> dict[str, str]:
    """A week is cut by the period; who and which segment are named as the address names them."""
    if by == "week":
        first, last = key, key + WEEK
        if asked.period.first:
            first = max(first, asked.period.first)
        if asked.period.last:
            last = min(last, asked.period.last)
        return {"period": "", "from": first.isoformat(), "to": last.isoformat()}
    return {f"then_{by}": str(key) if key else NOBODY}


def _sentence(found: Shown) -> str:
    if not found.all:
        return _("На этот период встреч не назначали.")
    rate = found.rate
    values = {"all": said(found.all), "ahead": said(found.ahead), "unsaid": said(found.unsaid)}
    if not rate.n:
        return _("Назначено %(all)s, все ещё впереди или без отметки: доходимость пока не считается.") % values
    values |= {"held": said(rate.k), "n": said(rate.n), "share": formats.percent(rate.value or 0, language())}
    return _("Состоялось %(held)s из %(n)s (%(share)s); впереди %(ahead)s, без отметки %(unsaid)s.") % values


def _sheet(part: Part) -> Sheet:
    header = [
        part.head, _("Состоялась"), _("Не пришёл"), _("Отменена"), _("Впереди"), _("Без отметки"), _("Доходимость, %"),
        _("Интервал от, %"), _("Интервал до, %"),
    ]  # fmt: skip
    rows: list[list[files.Cell]] = []
    for line in part.lines:
        low, high = line.rate.rate.interval or (None, None)
        shares = [files.share(value) for value in (line.rate.rate.value, low, high)]
        counts = [line.held.count, line.missed.count, line.cancelled.count, line.ahead.count, line.unsaid.count]
        rows.append([line.name, *counts, *shares])
    return Sheet(part.title, header, rows)


def id_of(text: str) -> UUID | None:
    """None for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        return None
