"""Errors outside of any view, in the form of the face that was asked: a problem for the API, a page for people."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from api import faults
from web.views import errors


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return faults.bad_request(request) if _is_api(request) else errors.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called where an error is being handled: one that says the database is away passes by itself, and is no fault."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return faults.unavailable(request) if _is_api(request) else errors.unavailable(request)
    return faults.server_error(request) if _is_api(request) else errors.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(faults.PREFIX)
