"""Between the password and the code: the second step of signing in, and signing in by a passkey alone.

Until the step is done nobody is signed in: the session only knows whose password was right.
"""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import devices, guesses, passkeys, second_factor
from accounts.models import User
from common import clock
from common.visitors import client_ip
from web.pages import goes_to, next_address, show
from web.views import errors

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@METHODS
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def code(request: HttpRequest) -> HttpResponseBase:
    """A code of the app, a recovery code, or a passkey of the person whose password was right."""
    stage: Any = request._login_stage  # type: ignore[attr-defined]
    user: User = stage.login.user
    if request.method != "POST":
        return _ask(request, user)
    try:
        passed = _passes(request, user)
    except guesses.TooManyGuesses as refusal:
        return errors.too_many(request, refusal)
    if not passed:
        wrong = _("Не подошло. Введите новый код: прежний уже мог устареть.")
        return _ask(request, user, wrong=wrong, status=422)
    record_authentication(request, user, "mfa", type=passed)
    response: HttpResponse = stage.exit()
    return response


def _passes(request: HttpRequest, user: User) -> str:
    """How the person proved himself, "" when he did not. Raises TooManyGuesses before anything is looked at."""
    at = clock.now()
    device = devices.known(request, user)
    taken = guesses.take("code", str(user.pk), address=client_ip(request), device=device, at=at)
    if credential := request.POST.get("credential", ""):
        passed = str(Authenticator.Type.WEBAUTHN) if passkeys.answered(user, credential) else ""
    else:
        passed = second_factor.code_passes(user, request.POST.get("code", "")[:100], at=at)
    if passed:
        taken.was_right()
    return passed


def _ask(request: HttpRequest, user: User, *, wrong: str = "", status: int = 200) -> HttpResponse:
    kept = second_factor.standing(user)
    context = {"standing": kept, "wrong": wrong, "options": passkeys.ask(user) if kept.keys else ""}
    return show(request, "account/code.html", context, status=status)


def _unsigned(request: HttpRequest) -> HttpResponse:
    """A signature cannot be guessed, so it is counted when it has failed: a good one passes from the same address."""
    try:
        guesses.failed("passkey", address=client_ip(request), limit=guesses.HERE, at=clock.now())
    except guesses.TooManyGuesses as refusal:
        return errors.too_many(request, refusal)
    return show(request, "account/passkey_refused.html", {"wrong": passkeys.refused().message}, status=422)


@never_cache
@METHODS
def passkey(request: HttpRequest) -> HttpResponse:
    """GET: what the browser needs, as JSON. POST: its answer; a passkey whose device asked who holds it is enough."""
    if request.user.is_authenticated:
        return goes_to(request, next_address(request, "/"))
    if request.method != "POST":
        return HttpResponse(passkeys.ask(), content_type="application/json")
    given = request.POST.get("credential", "")
    user = passkeys.whose(given)
    if user is None or passkeys.answered(user, given) is None or not passkeys.verified(given):
        return _unsigned(request)
    record_authentication(request, user, "mfa", type=str(Authenticator.Type.WEBAUTHN), passwordless=True)
    login = Login(user=user, redirect_url=next_address(request, "/"))
    response: HttpResponse = perform_login(request, login)
    return response
