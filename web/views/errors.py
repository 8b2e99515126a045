"""Error pages: say what happened, what to do, and the request id to name when asking for help."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.guesses import TooManyGuesses
from common.middleware import request_id



def _page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    return render(request, f"errors/{status}.html", {"message": message, "request_id": request_id.get()}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def too_many(request: HttpRequest, refusal: TooManyGuesses) -> HttpResponse:
    """Too many guesses: says until when, in words and in ``Retry-After`` (seconds)."""
    # The next minute is the first one that is surely free again.
    until = timezone.localtime(refusal.until + timedelta(seconds=59))
    response = render(request, "errors/429.html", {"until": f"{until:%H:%M}"}, status=429)
    response["Retry-After"] = str(refusal.retry_after)
    response["Cache-Control"] = "no-store"
    return response


