"""The bell and its page. Each sees his own lines only; nothing here changes but the mark «read»."""

from collections.abc import Callable
from dataclasses import astuple
from functools import wraps
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.errors import NotFound
from notifications.models import Notice
from notifications.selectors import BellState, Line, bell_state, notices_of, with_leads
from notifications.services import mark_read
from web.notifications.lines import Shown, address_of, shown
from web.pages import goes_to, is_fragment, next_address, page, person, show

PORTION, LATEST = 50, 5


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    user = person(request)
    found = Paginator(notices_of(user), PORTION).get_page(request.GET.get("page"))
    context = {"page": found, "lines": _lines(request, found), "unread": bell_state(user).unread}
    return show(request, "notifications/list.html", context)


def _lines(request: HttpRequest, portion: Page[Notice]) -> list[Shown]:
    """The portion's lines; a day that began on the portion before does not get its title twice."""
    user, start = person(request), portion.start_index()
    before = notices_of(user)[start - 2 : start - 1].first() if start > 1 else None
    return shown(
        with_leads(user, list(portion.object_list)), previous=before.at if before else None, grouped=True
    )  # fmt: skip


def _revalidated(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let the browser keep the answer and ask whether it still holds; shared caches keep nothing."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        if response.status_code in {200, 304}:
            response["Cache-Control"] = "private, no-cache"
            del response["Expires"]
        return response

    return answer


@_revalidated
@page("GET")
def bell(request: HttpRequest) -> HttpResponse:
    """The count, asked for every half a minute, and the last ``lines`` when the bell is opened.

    One query while nothing changed.
    """
    if not is_fragment(request):
        return goes_to(request, "notifications:list")
    user = person(request)
    state = bell_state(user)
    etag = _etag(request, user, state)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": etag})
    if "lines" in request.GET:
        lines = shown(with_leads(user, list(notices_of(user)[:LATEST])))
        response = show(request, "notifications/bell_lines.html", {"lines": lines})
    else:
        response = show(request, "ui/bell.html", {"bell_count": state.unread})
    response["ETag"] = etag
    return response


def _etag(request: HttpRequest, user: User, state: BellState) -> str:
    """The forms in the answer carry the token of this session, so a new session makes a new answer."""
    looks = (user.pk, get_language(), timezone.localdate(), request.META.get("CSRF_COOKIE", ""), *astuple(state))
    return quote_etag(salted_hmac("bell", "|".join(map(str, looks))).hexdigest()[:24])


@page("POST")
def read_all(request: HttpRequest) -> HttpResponse:
    mark_read(user=person(request), at=clock.now())
    return goes_to(request, next_address(request, resolve_url("notifications:list")))


@page("GET")
def open_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the link of a message outside leads. Only a press in the list marks a line as read: a mail reader that
    looks ahead at links must not."""
    return goes_to(request, address_of(_own(request, pk)) or "notifications:list")


def _own(request: HttpRequest, pk: UUID) -> Line:
    """Raises NotFound."""
    user = person(request)
    line = next(iter(with_leads(user, list(notices_of(user).filter(pk=pk)))), None)
    if line is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return line


@page("POST")
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark one line, and go to what it speaks of where the press asks for it (``open``)."""
    line, user = _own(request, pk), person(request)
    mark_read(user=user, at=clock.now(), ids=[pk])
    default = resolve_url("notifications:list")
    opened = address_of(line) if "open" in request.POST else ""
    return goes_to(request, opened or next_address(request, default))
