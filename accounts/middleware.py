"""The person behind the request: his session's life, language, time zone, and what the audit triggers record."""

from collections.abc import Callable

import pghistory
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import second_factor, sessions
from accounts.models import User
from accounts.scope import only_reading
from common import clock
from common.middleware import request_id
from common.tracing import on_behalf_of
from common.visitors import client_ip, known_ip

Answer = Callable[[HttpRequest], HttpResponse]
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class UserLocale:
    """Before anybody is known: the language cookie, then the API caller's Accept-Language, then Russian."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.path.startswith("/api/"):
            chosen = translation.get_language_from_request(request) if "Accept-Language" in request.headers else "ru"
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            response = self.get_response(request)
            # The person's own language may have taken the place of the cookie's meanwhile.
            response.headers.setdefault("Content-Language", translation.get_language() or chosen)
        return response


class SessionLife:
    """Keeps when a session was last used, and says why it is no more. That it is no more, the session engine sees to.

    What a page asks by itself (the bell, a progress bar) is no use: an empty chair must not keep a session alive.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if "X-Poll" not in request.headers:
                device = request.headers.get("User-Agent", "")
                sessions.touch(request.session, at=clock.now(), address=known_ip(request), device=device)
        elif getattr(request.session, "ended", "") and request.method == "GET" and "X-Poll" not in request.headers:
            messages.info(request, _("Сеанс закончился: вы долго ничего не делали. Войдите снова."))
        return self.get_response(request)


class SecondFactorDoor:
    """Whoever must have a second factor and has none reaches the pages that set one up, and the way out.

    A sign-in by the bank's own service brings its second factor along. The API has this door in its authentication.
    """

    OPEN = frozenset({
        "security", "security_app", "security_key", "security_codes", "account_confirm", "account_logout",
        "set_language", "profile_theme",
    })  # fmt: skip

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or not second_factor.missing(user, request.session) or match is None:
            return None
        if match.view_name in self.OPEN or request.path.startswith("/api/"):
            return None
        address = resolve_url("security")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)


class UserPreferences:
    """Once the person is known: his language (unless he just switched it) and his time zone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        request.shows_timing = user.is_administrator  # type: ignore[attr-defined]
        if not request.path.startswith("/api/"):
            translation.activate(user.language)
        with timezone.override(user.zone), on_behalf_of(user.pk):
            return self.get_response(request)


class AuditContext:
    """Names the person, the address and the request id on every audit row of a writing request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in WRITES:
            with only_reading():
                return self.get_response(request)
        user = request.user.pk if request.user.is_authenticated else None
        context = {"user": str(user) if user else None, "url": request.path, "request_id": request_id.get()}
        with pghistory.context(**context, ip=client_ip(request)):
            return self.get_response(request)
