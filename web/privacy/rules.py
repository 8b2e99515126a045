"""«Персональные данные»: requests, the register of what is held where, and how long what is kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts import stepup
from common import clock
from common.errors import NotFound
from privacy import reading
from privacy.access import demand_officer, demand_reader
from privacy.services import aging
from web.pages import page, person, show
from web.privacy.forms import RuleForm
from web.record_forms import save


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    demand_reader(person(request))
    context = {"erasures": reading.last_erasures(), "holds": reading.live_holds()}
    return show(request, "privacy/index.html", context)


@page("GET")
def register(request: HttpRequest) -> HttpResponse:
    demand_reader(person(request))
    return show(request, "privacy/register.html", {"lines": reading.register()})


@page("GET")
def retention(request: HttpRequest) -> HttpResponse:
    """What each rule would take today: the same query takes it at night."""
    demand_reader(person(request))
    return show(request, "privacy/retention.html", {"lines": reading.retention(clock.now())})


@page("GET", "POST")
def rule(request: HttpRequest, key: str) -> HttpResponse:
    by = person(request)
    demand_officer(by)
    found = next((one for one in aging.rules() if one.key == key), None)
    if found is None:
        raise NotFound(_("Такого правила нет."))
    initial = {"days": found.days, "active": found.active}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    context = {"form": form, "heading": str(found.title), "back": resolve_url("privacy:retention")}
    if request.method != "POST":
        return show(request, "settings/record_form.html", context)
    stepup.demand(request)

    def deed(given: dict[str, Any], _version: int | None) -> str:
        aging.set_rule(key=key, by=by, days=given["days"], active=given["active"])
        return resolve_url("privacy:retention")

    return save(request, form, deed, template="settings/record_form.html", context=context, said=_("Срок записан."))
