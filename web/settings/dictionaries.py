"""Settings: refusal reasons and products."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from agents.services.offers import save_product
from leads.dictionaries import get_product, get_reason
from leads.dictionaries import products as all_products
from leads.dictionaries import reasons as all_reasons
from leads.services import reasons as services
from web.pages import only_once, page, person, show
from web.record_forms import save
from web.settings.forms import NewProductForm, ProductForm, ReasonForm
from web.settings.people import administrator

FORM = "settings/record_form.html"


@page("GET")
def reasons(request: HttpRequest) -> HttpResponse:
    return show(request, "settings/reasons.html", {"reasons": all_reasons(person(request))})


@page("GET", "POST")
def reason_create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = ReasonForm(request.POST or None)
    context = {"form": form, "heading": _("Новая причина отказа"), "back": resolve_url("settings:reasons")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        services.create_reason(by=by, **changes)
        return resolve_url("settings:reasons")

    return save(request, form, deed, template=FORM, context=context, said=_("Причина добавлена."))


@page("GET", "POST")
def reason_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    reason = get_reason(by, pk)
    form = ReasonForm(request.POST or None, instance=reason)
    context = {"form": form, "heading": reason.name, "back": resolve_url("settings:reasons")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        services.update_reason(reason=reason, by=by, changes=changes, expected_version=version)
        return resolve_url("settings:reasons")

    return save(request, form, deed, template=FORM, context=context, said=_("Причина сохранена."))


@page("POST")
def reason_shift(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    reason = get_reason(by, pk)

    def deed() -> str:
        services.shift_reason(reason=reason, by=by, earlier=request.POST.get("to") == "up")
        return resolve_url("settings:reasons")

    return only_once(request, deed)


@page("POST")
def reason_use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a reason off the list, or bring it back (``active``)."""
    by = administrator(request)
    reason, active = get_reason(by, pk), request.POST.get("active") == "yes"

    def deed() -> str:
        services.update_reason(reason=reason, by=by, changes={"active": active})
        return resolve_url("settings:reasons")

    return only_once(request, deed, said=_("Причина снова в списке.") if active else _("Причина убрана из списка."))


@page("GET")
def products(request: HttpRequest) -> HttpResponse:
    return show(request, "settings/products.html", {"products": all_products(person(request))})


@page("GET", "POST")
def product_create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = NewProductForm(request.POST or None)
    context = {"form": form, "heading": _("Новый продукт"), "back": resolve_url("settings:products")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        save_product(by=by, product=None, changes=changes)
        return resolve_url("settings:products")

    return save(request, form, deed, template=FORM, context=context, said=_("Продукт добавлен."))


@page("GET", "POST")
def product_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    product = get_product(by, pk)
    form = ProductForm(request.POST or None, instance=product)
    context = {"form": form, "heading": product.name, "back": resolve_url("settings:products")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        save_product(by=by, product=product, changes=changes, expected_version=version)
        return resolve_url("settings:products")

    return save(request, form, deed, template=FORM, context=context, said=_("Продукт сохранён."))
