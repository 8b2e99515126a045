"""«Мой день»: the one next thing and why, then the ranked rest; slots and the metrics that must grow today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backlog.today import Day, day_of
from common import clock
from web.pages import page, person, show
from web.results.bar import bar_context
from web.results.forms import ResultForm
from web.start.steps import invite
from web.today.lines import line_of
from worktime.selectors import calendar_of

SHOWN = 10
BEGINNERS = 5
"""With more lines than these nobody is asked whether he needs the first steps: two queries saved."""


@page("GET")
def today(request: HttpRequest) -> HttpResponse:
    return show_day(request)


def show_day(request: HttpRequest, *, status: int = 200, wrong: Mapping[str, str] | None = None) -> HttpResponse:
    """The page, or the block ``#day``; ``wrong`` is what was typed in vain, and why."""
    context = _context(request, clock.now()) | {"wrong": wrong or {}}
    return show(request, "today/page.html", context, fragment="day", status=status)


@page("GET")
def focus(request: HttpRequest) -> HttpResponse:
    """One line over the whole screen: after its result the next one comes."""
    context = _context(request, clock.now())
    return show(request, "today/focus.html", context | {"lines": context["lines"][:1]}, fragment="day")


def _context(request: HttpRequest, at: datetime) -> dict[str, Any]:
    user = person(request)
    day = day_of(user, at, calendar_of(user))
    beginner = len(day.items) <= BEGINNERS and not day.counts.done
    shown = len(day.items) if "whole" in request.GET else SHOWN
    return {
        "day": day,
        "invite": invite(user) if beginner else None,
        "date": timezone.localtime(at),
        "lines": [line_of(item, at) for item in day.items[:shown]],
        "slots": [line_of(item, at) for item in day.slots],
        "rest": max(0, len(day.items) - shown),
        "done_share": _share(day),
        "writes": user.may_write,
        "form": ResultForm(None),
        "next": reverse("today:focus" if request.path == reverse("today:focus") else "today:page"),
        "leads_without_step": f"{reverse('leads:list')}?view=no_step",
        "focus_url": reverse("today:focus"),
        "ritual_url": reverse("today:ritual"),
        "week_url": reverse("week:now"),
        "goals": [goal for goal, _progress in day.goals],
        "empty_note": _("Возьмите действие из недели или лид без шага."),
    } | bar_context()


def _share(day: Day) -> int:
    """Percent of the day's work that is done."""
    return round(100 * day.counts.done / day.counts.planned) if day.counts.planned else 0
