"""The list of first steps, putting them off, and the first screen: language, zone, hours."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.services import put_off_first_steps
from backlog.firststeps import StepCode, steps_of
from backlog.services.starting import settle
from common import clock
from web.pages import only_once, page, show
from web.record_forms import save, writer
from web.start.forms import HoursForm
from web.start.steps import following, shown
from worktime.selectors import schedule_of


@page("GET")
def steps(request: HttpRequest) -> HttpResponse:
    user = writer(request)
    found = steps_of(user)
    lines = shown(user, found)
    context = {
        "steps": lines,
        "done": sum(step.done for step in found),
        "current": next((line for line in lines if line.current), None),
        "put_off": user.first_steps_skipped_at is not None,
    }
    return show(request, "start/page.html", context)


@page("GET", "POST")
def hours(request: HttpRequest) -> HttpResponse:
    user = writer(request)
    form = HoursForm(request.POST or None, user=user, kept=schedule_of(user))
    context = {"form": form, "skip": following(user, StepCode.HOURS)}

    def deed(_changes: dict[str, Any], _version: int | None) -> str:
        settled = settle(user=user, preferences=form.preferences, hours=form.hours)
        return following(settled, StepCode.HOURS)

    if request.method == "POST":
        return save(request, form, deed, template="start/hours.html", context=context)
    return show(request, "start/hours.html", context)


@page("POST")
def skip(request: HttpRequest) -> HttpResponse:
    user = writer(request)

    def deed() -> str:
        put_off_first_steps(user=user, at=clock.now())
        return reverse("home")

    return only_once(request, deed, said=_("Первые шаги убраны. Открыть их снова можно в профиле."))


@page("POST")
def again(request: HttpRequest) -> HttpResponse:
    user = writer(request)

    def deed() -> str:
        put_off_first_steps(user=user, at=None)
        return reverse("start:page")

    return only_once(request, deed)
