"""Error pages: say what happened, what to do, and the request id to name when asking for help."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.guesses import TooManyGuesses
from common.bodies import CutBody
from common.middleware import request_id

RETRY_AFTER = "5"
_OWN_FIELDS = frozenset({"csrfmiddlewaretoken"})


def _page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    return render(request, f"errors/{status}.html", {"message": message, "request_id": request_id.get()}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    cut = isinstance(exception, CutBody)
    return _page(request, 400, _("Запрос дошёл не целиком. Отправьте его ещё раз.") if cut else "")


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


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away. The page is made without asking it, so nobody is greeted by name; what was typed goes
    along, to be sent again."""
    context = {"away": True, "typed": typed_in(request), "address": request.get_full_path(), "request": request}
    context |= {"csrf_token": get_token(request), "request_id": request_id.get()}
    page = render_to_string("errors/503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"})


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form that was sent. A password is never written into a page."""
    typed = [(name, value) for name, values in request.POST.lists() for value in values if name not in _OWN_FIELDS]
    return [] if any("password" in name for name, _value in typed) else typed


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, _("Страница устарела. Вернитесь назад, обновите её и отправьте ещё раз."))
