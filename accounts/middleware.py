"""The person behind the request: language, time zone, and the context that the audit triggers record."""

from collections.abc import Callable

import pghistory
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User
from common.middleware import request_id
from common.visitors import client_ip

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
        with timezone.override(user.zone):
            return self.get_response(request)


class AuditContext:
    """Names the person, the address and the request id on every audit row of a writing request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in WRITES:
            return self.get_response(request)
        user = request.user.pk if request.user.is_authenticated else None
        context = {"user": str(user) if user else None, "url": request.path, "request_id": request_id.get()}
        with pghistory.context(**context, ip=client_ip(request)):
            return self.get_response(request)
