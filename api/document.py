"""The contract itself: the document for machines, a page for people. Both show no data and ask for no sign-in."""

from functools import lru_cache
from itertools import groupby
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from api.catalogue import CATALOGUE
from api.places import PLACES
from api.problems import TITLES

_ONE_AT_A_TIME = Lock()


def document(language: str) -> dict[str, Any]:
    """The OpenAPI document in a language. Made once a process: it takes a good part of a second.

    One thread at a time: the generator loads its extensions into classes while it works, and two of them break each
    other (the first readers of a fresh process come at once).
    """
    with _ONE_AT_A_TIME:
        return _made(language)


@lru_cache(maxsize=len(settings.LANGUAGES))
def _made(language: str) -> dict[str, Any]:
    with translation.override(language):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    made = document(translation.get_language() or settings.LANGUAGE_CODE)
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "max-age=60"})


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """The catalogue of errors: where the ``type`` of every problem leads. One code may stand under two statuses; its
    address is the first."""
    first = {one.code: one for one in reversed(CATALOGUE)}
    shown = [(one, one is first[one.code]) for one in CATALOGUE]
    by_status = [
        (status, TITLES.get(status, ""), list(ones)) for status, ones in groupby(shown, key=lambda pair: pair[0].status)
    ]
    return render(request, "api/errors.html", {"by_status": by_status, "places": PLACES.items()})


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"csrf_cookie": settings.CSRF_COOKIE_NAME})
