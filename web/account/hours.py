"""One's working time: hours of the week, days off."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from web.account.forms import zone_label
from web.account.hours_forms import DayOffForm, ScheduleForm
from web.pages import only_once, page, person, show
from web.record_forms import save
from worktime import selectors, services
from worktime.models import WorkSchedule

PAGE, DAY_OFF = "account/hours.html", "account/day_off.html"


@page("GET", "POST")
def schedule(request: HttpRequest) -> HttpResponse:
    user = person(request)
    kept = selectors.schedule_of(user)
    form = ScheduleForm(request.POST or None, instance=kept)
    context = {"form": form, **_beside(user, kept)}
    if request.method != "POST":
        return show(request, PAGE, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        services.set_schedule(user=user, by=user, changes=changes, expected_version=version)
        return resolve_url("hours")

    return save(request, form, deed, template=PAGE, context=context, said=_("Рабочее время сохранено."))


def _beside(user: User, kept: WorkSchedule) -> dict[str, Any]:
    """What stands beside the form: days off and the nearest holidays."""
    today = timezone.localdate(timezone=user.zone)
    return {
        "days_off": selectors.days_off_of(user, since=today),
        "holidays": selectors.nearest_holidays(kept.region, since=today),
        "zone": zone_label(user.timezone),
        "back": resolve_url("profile"),
    }


@page("GET", "POST")
def day_off_add(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = DayOffForm(request.POST or None)
    context = {"form": form, "back": resolve_url("hours")}
    if request.method != "POST":
        return show(request, DAY_OFF, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        services.add_day_off(user=user, by=user, at=clock.now(), **changes)
        return resolve_url("hours")

    return save(request, form, deed, template=DAY_OFF, context=context, said=_("Дни отдыха отмечены."))


@page("POST")
def day_off_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person(request)
    day_off = selectors.get_day_off(by, pk)

    def deed() -> str:
        services.remove_day_off(day_off=day_off, by=by)
        return resolve_url("hours")

    return only_once(request, deed, said=_("Эти дни снова рабочие."))
