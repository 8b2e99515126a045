"""The contract itself: the document for machines, a page for people. Both show no data and ask for no sign-in."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@lru_cache(maxsize=len(settings.LANGUAGES))
def document(language: str) -> dict[str, Any]:
    """The OpenAPI document in a language. Made once a process: it takes a good part of a second."""
    with translation.override(language):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    made = document(translation.get_language() or settings.LANGUAGE_CODE)
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "max-age=60"})


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"csrf_cookie": settings.CSRF_COOKIE_NAME})
