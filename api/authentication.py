"""Who calls: a service account by its token, or a person by the session of the pages."""

from typing import Any

import pghistory
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts import guesses, second_factor, tokens
from accounts.models import ApiToken, User
from api import access_log, limits
from common import clock
from common.visitors import known_ip

CHALLENGE = 'Bearer realm="api"'


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer crm_<env>_<key>.<secret>``. The audit trail names the account and the public key.

    A call counts against the token's limit as soon as the token is known to be good, so that refusals count as well.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, plain = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        at, ip = clock.now(), known_ip(request._request)
        token = tokens.authenticate(plain.strip(), at=at)
        if token is None:
            # Counted when it has failed: of systems behind one address a good token passes, however many are bad.
            guesses.failed("token", address=ip or "", limit=settings.API_GUESSES, at=at)
            raise exceptions.AuthenticationFailed(
                _("Ключ неизвестен, отозван или истёк. Выпустите новый."), code="token_invalid"
            )
        access_log.note(request._request, token)
        if not tokens.admits(token, ip):
            raise exceptions.PermissionDenied(
                _("С этого адреса ключ не принимается. Его адреса заданы в настройках."), code="address_refused"
            )
        limits.take(token, request._request)
        if tokens.use_is_due(token, at=at):
            access_log.keep_use(request._request, token)
        # Adds to the context that the middleware opened for this request, before the account was known.
        pghistory.context(user=str(token.user_id), token=token.key)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser; every write needs the CSRF token of the pages. Whoever has yet to set up a second factor
    gets as little here as on the pages."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found: tuple[User, None] | None = super().authenticate(request)
        if found is not None and second_factor.missing(found[0], request._request.session):
            raise exceptions.PermissionDenied(
                _("Сначала включите второй фактор на странице «Безопасность»."), code="second_factor_required"
            )
        return found

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(
                _("Пришлите заголовок X-CSRFToken со значением из cookie."), code="csrf_failed"
            ) from error
