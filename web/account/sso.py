"""Signing in by the bank's own service: there, and back with its answer. Also to confirm oneself."""

import logging
from dataclasses import asdict

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guesses, oidc, stepup
from accounts.models import User
from common import clock
from common.visitors import client_ip
from web.pages import goes_to, next_address, show
from web.views import errors

log = logging.getLogger(__name__)
KEPT = "_sso"


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A press on the button: whoever is signed in already goes there to confirm himself."""
    if not oidc.offered():
        return goes_to(request, "account_login")
    user = request.user if isinstance(request.user, User) else None
    try:
        address, flow = oidc.begin(
            callback=_callback(request), goes=next_address(request, "/"), at=clock.now(), user=user
        )
    except oidc.SsoRefused as refusal:
        return _refused(request, refusal)
    request.session[KEPT] = asdict(flow)
    # Not a redirect: the content policy lets forms lead nowhere but here, and browsers hold redirects to it.
    response = show(request, "account/sso_go.html", {"address": address})
    response["Refresh"] = f"0; url={address}"
    return response


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The service's answer. What is kept of the way there is used up by it, whatever it says."""
    if not oidc.offered():
        return goes_to(request, "account_login")
    kept, at = request.session.pop(KEPT, None), clock.now()
    try:
        if kept is None:
            raise oidc.SsoRefused("nobody was on his way")
        flow = oidc.Flow(**kept)
        state, code = request.GET.get("state", ""), request.GET.get("code", "")[:2000]
        claims = oidc.finish(flow=flow, state=state, code=code, callback=_callback(request), at=at)
        user = oidc.person_of(claims)
        if flow.user_id and flow.user_id != str(user.pk):
            raise oidc.SsoRefused("another person")
    except oidc.SsoRefused as refusal:
        return _refused(request, refusal)
    if flow.user_id:
        stepup.confirmed(request.session, at=at)
        return goes_to(request, flow.goes)
    record_authentication(request, user, "sso")
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=flow.goes))
    return response


def _refused(request: HttpRequest, refusal: oidc.SsoRefused) -> HttpResponse:
    """Counted by address, after it failed: a good answer passes however many went wrong beside it."""
    log.warning("Single sign-on refused: %s", refusal.why)
    try:
        guesses.failed("sso", address=client_ip(request), limit=guesses.HERE, at=clock.now())
    except guesses.TooManyGuesses as many:
        return errors.too_many(request, many)
    return show(request, "account/passkey_refused.html", {"wrong": refusal.message}, status=403)


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("account_sso_back"))
