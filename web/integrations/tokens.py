"""Tokens of a service account: made, given a new secret, bound to addresses, taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts import service_accounts, tokens
from accounts.models import ApiToken
from common import clock
from web.integrations.account_forms import AddressesForm, NothingForm, RotateForm, TokenForm
from web.integrations.rights import administrator
from web.integrations.secrets import shown_once
from web.pages import page, show
from web.record_forms import save

SECRET = "integrations/token_secret.html"  # noqa: S105 - a template
FORM = "integrations/token_form.html"


def _back(token: ApiToken) -> str:
    return resolve_url("integrations:account", token.user_id)


@page("GET", "POST", fresh=True)
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    account = service_accounts.get_account(by, pk)
    form, back = TokenForm(request.POST or None), resolve_url("integrations:account", account.pk)
    context = {"form": form, "back": back, "account": account, "heading": _("Новый ключ"), "submit": _("Выпустить")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(values: dict[str, Any]) -> Mapping[str, Any]:
        made = tokens.issue_for(user=account, by=by, at=clock.now(), **values)
        return {"token": made.token, "plain": made.plain}

    return shown_once(request, form, deed, template=FORM, context=context, secret_template=SECRET, back=back)


@page("GET", "POST", fresh=True)
def rotate(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    token = service_accounts.get_token(by, pk)
    form = RotateForm(request.POST or None, initial={"version": token.version})
    heading, submit = _("Новый секрет"), _("Заменить секрет")
    context = {
        "form": form, "back": _back(token), "account": token.user, "token": token, "heading": heading, "submit": submit,
    }  # fmt: skip
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(values: dict[str, Any]) -> Mapping[str, Any]:
        version = values.pop("version")
        made = tokens.rotate(token=token, by=by, at=clock.now(), expected_version=version, **values)
        return {"token": made.token, "plain": made.plain, "rotated": True}

    return shown_once(request, form, deed, template=FORM, context=context, secret_template=SECRET, back=_back(token))


@page("GET", "POST", fresh=True)
def addresses(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    token = service_accounts.get_token(by, pk)
    form = AddressesForm(request.POST or None, initial={"addresses": token.addresses, "version": token.version})
    context = {
        "form": form, "back": _back(token), "account": token.user, "token": token,
        "heading": _("Откуда принимать ключ"), "submit": _("Сохранить"),
    }  # fmt: skip
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(values: dict[str, Any], version: int | None) -> str:
        tokens.restrict(token=token, by=by, addresses=values["addresses"], expected_version=version)
        return _back(token)

    return save(request, form, deed, template=FORM, context=context, said=_("Сохранено."))


@page("GET", "POST", fresh=True)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    token = service_accounts.get_token(by, pk)
    context = {"token": token, "back": _back(token)}
    if request.method != "POST":
        return show(request, "integrations/token_revoke.html", context)

    def deed(_values: dict[str, Any], _version: int | None) -> str:
        tokens.revoke(token=token, by=by, at=clock.now())
        return _back(token)

    form = NothingForm(request.POST)
    template = "integrations/token_revoke.html"
    return save(request, form, deed, template=template, context=context, said=_("Ключ отозван."))
