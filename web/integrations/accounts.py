"""Service accounts: under whose name the bank's systems call, and how each stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts import service_accounts
from accounts.expiry import WARNINGS
from accounts.models import ApiToken, User
from common import clock
from web.integrations.account_forms import AccountEditForm, AccountForm
from web.integrations.rights import administrator, reader
from web.pages import page, show
from web.record_forms import save

SOON = timedelta(days=max(WARNINGS))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a token stands at a moment, as a mark: (text, tone, icon)."""

    token: ApiToken
    at: datetime

    @property
    def live(self) -> bool:
        return self.token.revoked_at is None and self.token.expires_at > self.at

    @property
    def mark(self) -> tuple[str, str, str]:
        if self.token.revoked_at is not None:
            return _("отозван"), "neutral", "lock"
        if self.token.expires_at <= self.at:
            return _("срок вышел"), "error", "error"
        if self.token.expires_at <= self.at + SOON:
            return _("скоро конец"), "warning", "warning"
        return _("действует"), "success", "check"

    @property
    def old_until(self) -> datetime | None:
        until = self.token.old_secret_until
        return until if until is not None and until > self.at and self.live else None


@dataclass(frozen=True, slots=True)
class Row:
    """An account with its tokens: the one that ends first, the one that called last."""

    account: User
    standings: list[Standing]

    @property
    def live(self) -> list[Standing]:
        return [one for one in self.standings if one.live]

    @property
    def first_end(self) -> Standing | None:
        return min(self.live, key=lambda one: one.token.expires_at, default=None)

    @property
    def last_use(self) -> ApiToken | None:
        used = [one.token for one in self.standings if one.token.last_used_at]
        return max(used, key=lambda token: token.last_used_at, default=None)  # type: ignore[arg-type, return-value]


def row_of(account: User, at: datetime) -> Row:
    return Row(account, [Standing(token, at) for token in account.tokens.all()])


def with_tokens() -> "Prefetch[str]":
    return Prefetch("tokens", ApiToken.objects.select_related("created_by").order_by("-created_at"))


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    rows, at = service_accounts.listed(reader(request)).prefetch_related(with_tokens()), clock.now()
    return show(request, "integrations/accounts.html", {"rows": [row_of(account, at) for account in rows]})


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    account = service_accounts.get_account(reader(request), pk)
    tokens = account.tokens.select_related("created_by").order_by("-created_at")
    standings = [Standing(token, clock.now()) for token in tokens]
    usual = account.rate_limit is None
    context = {
        "account": account,
        "standings": sorted(standings, key=lambda one: not one.live),
        "limit": settings.API_RATE_LIMIT if usual else account.rate_limit,
        "usual": usual,
    }
    return show(request, "integrations/account.html", context)


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = AccountForm(request.POST or None)
    context = {"form": form, "back": resolve_url("integrations:accounts"), "heading": _("Новая система")}
    if request.method != "POST":
        return show(request, "settings/record_form.html", context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        account = service_accounts.create(by=by, **changes)
        return resolve_url("integrations:account", account.pk)

    said = _("Система добавлена. Выпустите ей ключ.")
    return save(request, form, deed, template="settings/record_form.html", context=context, said=said)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    account = service_accounts.get_account(by, pk)
    form = AccountEditForm(request.POST or None, instance=account)
    back = resolve_url("integrations:account", account.pk)
    context = {"form": form, "back": back, "heading": account.name}
    if request.method != "POST":
        return show(request, "settings/record_form.html", context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        service_accounts.update(account=account, by=by, changes=changes, expected_version=version)
        return back

    return save(request, form, deed, template="settings/record_form.html", context=context, said=_("Сохранено."))
