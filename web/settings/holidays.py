"""Settings: the free and the moved working days of a region, year by year."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from web.pages import only_once, page, person, show
from web.record_forms import save
from web.settings.forms import HolidayForm
from web.settings.people import administrator
from worktime import selectors, services
from worktime.models import Holiday, Region

FORM = "settings/holiday_form.html"


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    region, year = _asked(request)
    years = [one for one in (year - 1, year, year + 1) if one in services.HOLIDAY_YEARS]
    context = {
        "holidays": selectors.holidays(person(request), region=region, year=year),
        "regions": [(label, _list(code, year), code == region) for code, label in Region.choices],
        "years": [(one, _list(region, one), one == year) for one in years],
        "region": region,
        "year": year,
    }
    return show(request, "settings/holidays.html", context)


def _asked(request: HttpRequest) -> tuple[str, int]:
    """Region and year of the address; what cannot be read gives way to Uzbekistan and this year."""
    region, text = request.GET.get("region", ""), request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    known = region in Region.values
    return region if known else Region.UZ, year if year in services.HOLIDAY_YEARS else timezone.localdate().year


def _list(region: str, year: int) -> str:
    return f"{resolve_url('settings:holidays')}?{urlencode({'region': region, 'year': year})}"


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    region, year = _asked(request)
    form = HolidayForm(request.POST or None, initial={"region": region})
    context = {"form": form, "heading": _("Новый день"), "back": _list(region, year)}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        made = services.save_holiday(by=by, holiday=None, changes=changes)
        return _list(made.region, made.day.year)

    return save(request, form, deed, template=FORM, context=context, said=_("День добавлен."))


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    holiday = selectors.get_holiday(by, pk)
    form = HolidayForm(request.POST or None, instance=holiday)
    context = {"form": form, "heading": holiday.name, "back": _back(holiday), "holiday": holiday}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        kept = services.save_holiday(by=by, holiday=holiday, changes=changes, expected_version=version)
        return _list(kept.region, kept.day.year)

    return save(request, form, deed, template=FORM, context=context, said=_("День сохранён."))


@page("POST")
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    holiday = selectors.get_holiday(by, pk)

    def deed() -> str:
        services.remove_holiday(by=by, holiday=holiday)
        return _back(holiday)

    return only_once(request, deed, said=_("День убран из календаря."))


def _back(holiday: Holiday) -> str:
    return _list(holiday.region, holiday.day.year)
