"""Settings: the funnels. Agents and clients have one each; a product may have its own, made as a copy."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from common.errors import Refused
from funnel import product_funnels
from leads.dictionaries import funnels as all_funnels
from leads.dictionaries import get_funnel_by_id
from leads.services import funnels as services
from web.leads.dialogs import version_of
from web.pages import only_once, page, person, show
from web.record_forms import save
from web.settings.forms import FunnelForm, NewFunnelForm
from web.settings.people import administrator

FORM = "settings/funnel_form.html"


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    rows = all_funnels(person(request)).select_related("product")
    context = {"funnels": rows, "refusal": refusal}
    return show(request, "settings/funnels.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = NewFunnelForm(request.POST or None)
    context = {"form": form, "heading": _("Воронка продукта"), "back": resolve_url("settings:funnels")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        made = product_funnels.create_funnel(by=by, **changes)
        return resolve_url("settings:stages_of", made.code)

    said = _("Воронка создана: этапы скопированы, измените их под продукт.")
    return save(request, form, deed, template=FORM, context=context, said=said)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    funnel = get_funnel_by_id(by, pk)
    form = FunnelForm(request.POST or None, instance=funnel)
    context = {"form": form, "heading": funnel.name, "back": resolve_url("settings:funnels"), "funnel": funnel}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        # A conflict is resolved field by field; what is left may be nothing.
        name = changes.get("name", funnel.name)
        product_funnels.rename_funnel(funnel=funnel, by=by, name=name, expected_version=version)
        return resolve_url("settings:funnels")

    return save(request, form, deed, template=FORM, context=context, said=_("Воронка переименована."))


@page("POST")
def use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a product's funnel out of use, or bring it back."""
    by = administrator(request)
    funnel, active = get_funnel_by_id(by, pk), request.POST.get("active") == "1"
    deed = services.restore_funnel if active else services.retire_funnel
    said = (
        _("Новые лиды продукта входят в неё.") if active else _("Воронка снята: новые лиды продукта входят в основную.")
    )

    def run() -> str:
        deed(funnel=funnel, by=by, expected_version=version_of(request))
        return resolve_url("settings:funnels")

    try:
        return only_once(request, run, said=said)
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        return _list(request, refusal)
