"""«Безопасность»: one's second factor, recovery codes, passkeys, and where one is signed in."""

import base64
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import passkeys, second_factor, sessions
from accounts.models import User
from accounts.roles import Role
from common import clock
from common.errors import Invalid
from web.account.devices import Seen, seen
from web.pages import goes_to, page, person, show

SECRET = "_totp_secret"  # noqa: S105 - the name under which the session keeps it
MUST_OUTSIDE_THE_DEMO = frozenset({Role.ADMINISTRATOR, Role.SALES_HEAD, Role.PRODUCT_OWNER})


@page("GET")
def overview(request: HttpRequest) -> HttpResponse:
    user = person(request)
    kept = second_factor.standing(user)
    context = {
        "standing": kept,
        "must": second_factor.missing(user, request.session),
        "offered": settings.DEMO_MODE and not kept.on and user.role in MUST_OUTSIDE_THE_DEMO,
        "sessions": _sessions(request, user),
        "sso": request.session.get("_method") == "sso",
    }
    return show(request, "account/security.html", context)


def _sessions(request: HttpRequest, user: User) -> list[Seen]:
    return [seen(row, own=request.session.session_key) for row in sessions.own(user, at=clock.now())]


@page("GET", "POST", fresh=True)
def app(request: HttpRequest) -> HttpResponse:
    """Set up an app: a picture to scan, the same as text, and the first code as proof that it works."""
    user = person(request)
    secret = request.session.get(SECRET) if request.method == "POST" else None
    wrong = ""
    if secret:
        try:
            code = request.POST.get("code", "")[:100]
            codes = second_factor.set_up_totp(user=user, secret=secret, code=code, at=clock.now())
        except Invalid as refusal:
            wrong = refusal.message
        else:
            del request.session[SECRET]
            return _done(request, codes, _("Приложение подключено: при входе понадобится его код."))
    secret = secret or generate_totp_secret()
    request.session[SECRET] = secret
    context = {"wrong": wrong, "secret": secret, "picture": _picture(user, secret)}
    return show(request, "account/security_app.html", context, status=422 if request.method == "POST" else 200)


def _picture(user: User, secret: str) -> str:
    """The QR code as an address: the content policy lets pictures stand in ``data:``, and nothing inline."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@page("GET", "POST", fresh=True)
def key(request: HttpRequest) -> HttpResponse:
    """Add a passkey. What makes it is a script: a browser without scripts has none."""
    user, wrong = person(request), ""
    if request.method == "POST":
        try:
            name = passkeys.name_of(request.POST.get("name", ""), len(second_factor.standing(user).keys) + 1)
            made = passkeys.made(request.POST.get("credential", ""))
            codes = second_factor.add_key(user=user, name=name, credential=made, at=clock.now())
        except Invalid as refusal:
            wrong = refusal.message
        else:
            return _done(request, codes, _("Ключ доступа добавлен."))
    context = {"wrong": wrong, "options": passkeys.offer(user), "name": request.POST.get("name", "")}
    return show(request, "account/security_key.html", context, status=422 if wrong else 200)


@page("POST", fresh=True)
def remove(request: HttpRequest) -> HttpResponse:
    pk = request.POST.get("pk", "")
    if pk.isascii() and pk.isdigit() and len(pk) < 18:
        second_factor.remove(user=person(request), pk=int(pk))
        messages.success(request, _("Убрано."))
    return goes_to(request, "security")


@page("POST", fresh=True)
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown on this page and never again."""
    return _codes(request, second_factor.new_codes(user=person(request)))


@page("POST", fresh=True)
def end_sessions(request: HttpRequest) -> HttpResponse:
    """One of one's own by its name, or all others."""
    user, ref = person(request), _ref(request.POST.get("ref", ""))
    if request.POST.get("all"):
        gone = sessions.end_all(user.pk, but=request.session.session_key)
    else:
        gone = sessions.end(user=user, ref=ref) if ref else 0
    if gone:
        messages.success(request, _("Сеанс завершён.") if gone == 1 else _("Остальные сеансы завершены."))
    return goes_to(request, "security")


def _ref(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def _done(request: HttpRequest, codes: list[str], said: str) -> HttpResponse:
    """The codes are made with the first factor, so that nobody stands before a lost telephone without them."""
    messages.success(request, said)
    return _codes(request, codes) if codes else goes_to(request, "security")


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    text = "\r\n".join([str(_("Коды восстановления CRM продаж. Каждый действует один раз.")), "", *codes])
    file = "data:text/plain;charset=utf-8;base64," + base64.b64encode(("\ufeff" + text).encode()).decode()
    context: dict[str, Any] = {"codes": codes, "file": file}
    return show(request, "account/security_codes.html", context)
