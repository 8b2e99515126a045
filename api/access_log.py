"""Middleware: every call of version 1 leaves a row in the access log, whatever became of it. The document, its pages
and the probes of health are no calls: they are public and show no data. Nor is a request meant for another host: it is
refused before anybody looks at its token, and must not cost the database a row; ``django.security`` logs it.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from accounts import calls
from accounts.models import ApiToken, User
from common import clock
from common.middleware import request_id
from common.visitors import known_ip

PREFIX = "/api/v1/"
PUBLIC = frozenset({"openapi", "docs"})
UNKNOWN = "/api/v1/…"
"""The route of an address that leads nowhere: what was written there may be anything."""


class RecordCalls:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX) or not _for_us(request):
            return self.get_response(request)
        at, started = clock.now(), time.perf_counter()
        response = self.get_response(request)
        match: Any = request.resolver_match
        if match is None or match.url_name not in PUBLIC:
            size = 0 if response.streaming else len(response.content)
            route, object_id = _place(match)
            calls.write(
                calls.Call(
                    at=at, user_id=_account(request), token_key=getattr(request, "api_token_key", ""),
                    method=str(request.method)[:8], route=route, object_id=object_id, status=response.status_code,
                    milliseconds=round((time.perf_counter() - started) * 1000), size=size,
                    ip=known_ip(request), request_id=request_id.get(),
                ),
                used=getattr(request, "api_token_used", None),
            )  # fmt: skip
        return response


def _for_us(request: HttpRequest) -> bool:
    """The refusal itself is made further in, where it is dressed as a problem."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def note(request: HttpRequest, token: ApiToken) -> None:
    """Remember whose token came with the request, also where the call is refused afterwards."""
    request.api_token_key = token.key  # type: ignore[attr-defined]
    request.api_account_id = token.user_id  # type: ignore[attr-defined]


def keep_use(request: HttpRequest, token: ApiToken) -> None:
    """Remember to keep this use of the token along with the call's row."""
    request.api_token_used = token.pk  # type: ignore[attr-defined]


def _account(request: HttpRequest) -> UUID | None:
    """The token's account; else the person of the session, where somebody looked who it is."""
    known: UUID | None = getattr(request, "api_account_id", None)
    if known is not None:
        return known
    user = getattr(request, "user", None)
    return user.pk if isinstance(user, User) else None


def _place(match: Any) -> tuple[str, UUID | None]:
    """The template of the address and the id of the record in it; nothing else that a caller wrote there."""
    if match is None or "rest" in match.kwargs:
        return UNKNOWN, None
    route = calls.template_of(match.route)
    try:
        return route, UUID(str(match.kwargs.get("pk")))
    except ValueError:
        return route, None
