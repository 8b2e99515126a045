"""The page of a week, and the piece of it that every press gets back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from backlog.choices import Priority
from backlog.models import Action
from backlog.services.repeating import planned_before
from backlog.week import DayPlan, Week, as_done, week_of
from common import clock
from web.pages import page, person, show
from web.week.asking import Asked, asked_of, this_week
from web.week.grid import grid_of, row_of, shown_days

HOUR = timedelta(hours=1)


@page("GET")
def current(request: HttpRequest) -> HttpResponse:
    """To the week that runs now by the reader's own calendar."""
    query = request.GET.urlencode()
    where = this_week(person(request), timezone.localdate(clock.now(), person(request).zone))
    return HttpResponseRedirect(f"{where}?{query}" if query else where)


@page("GET")
def week(request: HttpRequest, code: str) -> HttpResponse:
    return show_week(request, asked_of(request, code))


def show_week(
    request: HttpRequest, asked: Asked, *, status: int = 200, refused: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The whole page, or the block ``#week``. ``refused`` is what a form of the page could not do."""
    at = clock.now()
    found = week_of(owner=asked.owner, monday=asked.monday, viewer=person(request), at=at, segment_id=asked.segment_id)
    found = as_done(found) if asked.fact else found
    context = _context(request, asked, found, at) | {"refused": refused or {}}
    return show(request, "week/page.html", context, fragment="week", status=status)


def _context(request: HttpRequest, asked: Asked, week: Week, at: datetime) -> dict[str, Any]:
    today = week.calendar.local_day(at)
    last, days = week.last_used, shown_days(week)
    return {
        "asked": asked,
        "week": week,
        "rows": {row.pk: row_of(row, week.calendar, at) for row in _all_rows(week)},
        "days": days,
        "shown": _shown(days, asked.day, today),
        "grid": grid_of(week, at),
        "today": today,
        "is_now": week.monday <= today <= week.sunday,
        "is_ending": today >= week.monday + timedelta(days=4),
        "writes": person(request).may_write and not week.is_closed and not asked.fact,
        "planned": round(week.planned / HOUR, 1),
        "hours": round(week.hours / HOUR, 1),
        "priorities": Priority.choices,
        "back": asked.url(),
        "before": asked.url(weeks=-1),
        "after": asked.url(weeks=1),
        "add_url": asked.url("week:add"),
        "carry_url": asked.url("week:carry"),
        "repeat_url": asked.url("week:repeat"),
        "earlier": planned_before(owner=asked.owner, monday=asked.monday) if week.is_empty and not asked.fact else None,
        "review_url": asked.url("week:review"),
        "goal_url": asked.url("week:goal_add"),
        "segments": _segments(week),
        "add_here": str(last.goal_id or last.segment_id or "none") if last else "",
    }


def _shown(days: Sequence[DayPlan], wanted: str, today: date) -> DayPlan:
    """The day of the agenda: as asked, else today, else the first one."""
    by_day = {str(day.day): day for day in days}
    return by_day.get(wanted) or by_day.get(str(today)) or days[0]


def _all_rows(week: Week) -> list[Action]:
    return [*week.actions, *week.ideas, *week.dropped, *week.leftovers]


def _segments(week: Week) -> list[Any]:
    """What the filter offers: segments that this week already knows."""
    known = {row.segment for row in _all_rows(week)} | {part.segment for part in week.segments}
    return sorted((one for one in known if one is not None), key=str)
