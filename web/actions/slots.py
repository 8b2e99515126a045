"""The slot picker: free starts of a week as a table, arrows walk it, Enter takes one; or a time of one's own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backlog.access import get_action_for
from backlog.freetime import free_slots
from backlog.models import Action
from backlog.services.slots import put_on_slot, take_off_slot, taken
from backlog.services.sprints import monday_of
from backlog.weeks import code_of
from common import clock
from common.errors import Invalid
from web.leads.forms_base import Moment, PageForm
from web.pages import page, show
from web.record_forms import writer
from web.week.answers import block_of, came_from, done, told
from web.week.asking import monday_from
from web.week.grid import slot_words
from worktime.calendar import DAY, WorkingCalendar
from worktime.selectors import calendar_of

HALF = (0, 30)


class SlotForm(PageForm):
    own = Moment(label=gettext_lazy("Своё время"), required=False)


@page("GET", "POST")
def slot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """``slot_at`` is a start, «none» takes the action off its slot, ``own`` is a time typed by hand."""
    user = writer(request)
    action = get_action_for(user, pk)
    if request.method == "GET":
        return _ask(request, action)
    if request.POST.get("slot_at") == "none":
        return done(
            request, action,
            lambda version: take_off_slot(action=action, by=user, at=clock.now(), expected_version=version),
            said=_("%(title)s: без слота") % {"title": action.title},
        )  # fmt: skip
    moment = _moment(request)
    if moment is None:
        message = _("Выберите слот или укажите своё время.")
        return told(request, action, Invalid(message))

    def deed(version: int | None) -> None:
        put_on_slot(action=action, slot_at=moment, by=user, at=clock.now(), expected_version=version)

    words = slot_words(moment, calendar_of(action.owner))
    return done(request, action, deed, said=_("%(title)s: %(slot)s") % {"title": action.title, "slot": words})


def _moment(request: HttpRequest) -> datetime | None:
    """A start from the table (with its zone), or the typed one in the reader's zone."""
    try:
        chosen = datetime.fromisoformat(request.POST.get("slot_at", ""))
    except ValueError:
        chosen = None
    if chosen is not None and chosen.tzinfo is not None and 2000 < chosen.year < 2100:
        return chosen
    form = SlotForm(request.POST)
    return form.cleaned_data["own"] if form.is_valid() else None


def _ask(request: HttpRequest, action: Action) -> HttpResponse:
    at, calendar = clock.now(), calendar_of(action.owner)
    week = request.GET.get("week", "")
    monday = monday_from(week) if week else _monday(action, calendar, at)
    days = _free_days(action, calendar, monday, at)
    if not week and not any(starts for _day, starts in days):  # at the end of a week the next one is offered at once
        monday += 7 * DAY
        days = _free_days(action, calendar, monday, at)
    context: dict[str, Any] = {
        "action": action,
        "first": next((value for _day, starts in days for value, _words in starts), ""),
        "form": SlotForm(None, initial={"own": action.slot_at}),
        "days": days,
        "slot": slot_words(action.slot_at, calendar),
        "before": code_of(monday - 7 * DAY),
        "after": code_of(monday + 7 * DAY),
        "into": block_of(request),
        "back": came_from(request, action),
    }
    return show(request, "actions/slot.html", context)


def _monday(action: Action, calendar: WorkingCalendar, at: datetime) -> date:
    """The week of the slot, else the action's own unless it is over."""
    now = monday_of(calendar.local_day(at))
    if action.slot_at is not None and action.slot_at > at:
        return monday_of(calendar.local_day(action.slot_at))
    return max(action.sprint.starts_on, now) if action.sprint else now


def _free_days(
    action: Action, calendar: WorkingCalendar, monday: Any, at: datetime
) -> list[tuple[Any, list[tuple[str, str]]]]:
    """By working day its free starts on whole and half hours, as (value, words)."""
    since = max(at, datetime.combine(monday, datetime.min.time(), calendar.zone))
    last = monday + 6 * DAY
    days: dict[Any, list[tuple[str, str]]] = {
        day: [] for day in (monday + count * DAY for count in range(7)) if calendar.is_working_day(day)
    }
    for start in free_slots(calendar, taken(action.owner, since, action), action.minutes, since=since):
        here = start.astimezone(calendar.zone)
        if here.date() > last:
            break
        if here.minute in HALF and here.date() in days:
            days[here.date()].append((here.isoformat(), f"{here:%H:%M}"))
    return list(days.items())
