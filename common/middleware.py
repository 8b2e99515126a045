"""Middleware without business: request ids, timing in the answer, and text that no database takes."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.text import has_control_characters

Answer = Callable[[HttpRequest], HttpResponse]
request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """Gives each request an id, takes over a caller's own when it is well-formed, and echoes it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        value = given if _ACCEPTED_ID.fullmatch(given) else str(uuid7())
        token = request_id.set(value)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = value
        return response


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class _Meter:
    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - started


class ServerTiming:
    """``Server-Timing`` with app ms, sql ms and the number of queries: in demo mode and for administrators."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meter, started = _Meter(), time.perf_counter()
        with connection.execute_wrapper(meter):
            response = self.get_response(request)
        if settings.SERVER_TIMING_FOR_ALL or getattr(request, "shows_timing", False):
            total = (time.perf_counter() - started) * 1000
            response["Server-Timing"] = (
                f'app;dur={total:.1f}, sql;dur={meter.seconds * 1000:.1f}, queries;desc="{meter.queries}"'
            )
        return response


class RefuseLargeBodies:
    """A form that says it is too large is answered before a byte of it is read; the API says so itself, in its words.

    A body without a length counts as empty (WSGI), so that what is read is never more than was announced here.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        files = request.content_type == "multipart/form-data"
        limit = settings.IMPORT_MAX_BYTES + FORM_BYTES if files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _announced(request) > limit and not request.path.startswith("/api/"):
            context = {"limit": _("%(limit)s МБ") % {"limit": limit // (1024 * 1024)}}
            return render(request, "errors/413.html", context, status=413)
        return self.get_response(request)


FORM_BYTES = 1024 * 1024
"""What a form holds beside its file."""


def _announced(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or 0)
    return int(text) if text.isascii() and text.isdigit() else 0


class RefuseControlCharacters:
    """NUL and its kin are refused at the door: PostgreSQL cannot store them, and no person types them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_control_characters(request.path) or self._dirty(request):
            message = _("В тексте есть знаки, которые нельзя сохранить. Уберите их и отправьте ещё раз.")
            if request.path.startswith("/api/"):
                code = "control_characters"
                body = {"type": f"/api/docs/errors/#{code}", "title": "Bad Request", "status": 400, "code": code}
                body |= {"detail": message, "request_id": request_id.get(), "errors": []}
                return JsonResponse(body, status=400, content_type="application/problem+json")
            return render(request, "errors/400.html", {"message": message}, status=400)
        return self.get_response(request)

    @staticmethod
    def _dirty(request: HttpRequest) -> bool:
        fields = [request.GET]
        if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
            fields.append(request.POST)
        return any(
            has_control_characters(text) for data in fields for key in data for text in (key, *data.getlist(key))
        )
