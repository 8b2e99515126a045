"""Settings: what a ruble and a dollar are worth, so that margins of different products can be compared."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents import rates as reading
from agents.services.rates import remove_rate, set_rate
from common.money import BASE, Currency
from web.leads.forms_base import Day, Figure, PageForm
from web.pages import only_once, page, person, show
from web.record_forms import save
from web.settings.people import administrator

OTHERS = [(code, name) for code, name in Currency.choices if code != BASE]


class RateForm(PageForm):
    layout = (("currency",), ("per_unit", "since"))
    currency = forms.ChoiceField(label=gettext_lazy("Валюта"), choices=OTHERS)
    per_unit = Figure(
        label=gettext_lazy("Сумов за единицу"), max_digits=15, decimal_places=4,
        help_text=gettext_lazy("Например: 12 650,5 за доллар"),
    )  # fmt: skip
    since = Day(label=gettext_lazy("С какого дня"))


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    rates, today = reading.all_rates(person(request)), timezone.localdate()
    return show(request, "settings/rates.html", {"rates": rates, "missing": reading.without_rate(today)})


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    by, today = administrator(request), timezone.localdate()
    form = RateForm(request.POST if request.method == "POST" else None, initial={"since": today})
    context = {"form": form, "heading": _("Новый курс"), "back": resolve_url("settings:rates")}
    if request.method != "POST":
        return show(request, "settings/record_form.html", context)

    def deed(given: dict[str, Any], _version: int | None) -> str:
        set_rate(by=by, today=today, **given)
        return resolve_url("settings:rates")

    return save(request, form, deed, template="settings/record_form.html", context=context, said=_("Курс записан."))


@page("POST")
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    rate = reading.get_rate(by, pk)

    def deed() -> str:
        remove_rate(by=by, rate=rate)
        return resolve_url("settings:rates")

    return only_once(request, deed, said=_("Курс убран."))
