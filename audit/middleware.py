"""Opens the journal for every request, and writes its entry once the answer is known to show something."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse

from accounts.models import User
from audit.choices import Look
from audit.journal import MOST, Looking, looking
from common.visitors import known_ip

_WORDS = ("q", "search")


class JournalOfViews:
    """One entry an answer with a body, of pages and of the API alike; redirects and refusals show nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked, one = request.method, Looking(ip=known_ip(request))
        with looking(one):
            response = self.get_response(request)
        if asked == "HEAD" or not _shows(response):
            return response
        _tell(one, request, response)
        streamed: Any = response
        if response.streaming and not isinstance(streamed, FileResponse):
            streamed.streaming_content = _followed(streamed.streaming_content, one)
        elif one.subjects:
            one.write()
        return response


def _shows(response: HttpResponse) -> bool:
    """A page, a record, a file; also a form that comes back with what was typed."""
    return 200 <= response.status_code < 300 or response.status_code in {409, 422}


def _followed(chunks: Iterable[bytes], one: Looking) -> Iterator[bytes]:
    """A stream reads as it is sent: entries follow it, at most ``MOST`` people behind, also where it is broken off."""
    source = iter(chunks)
    try:
        while True:
            with looking(one):
                chunk = next(source, None)
            if len(one.subjects) >= MOST:
                one.write()
            if chunk is None:
                return
            yield chunk
    finally:
        one.write()


def _tell(one: Looking, request: HttpRequest, response: HttpResponse) -> None:
    """Who asked, and what for a look it was."""
    user = getattr(request, "user", None)
    one.user_id = user.pk if isinstance(user, User) else None
    one.token_key = getattr(request, "api_token_key", "")
    match = request.resolver_match
    one.route = match.view_name if match else ""
    named = match.kwargs.get("pk") if match else None
    one.object_id = named if isinstance(named, UUID) else _uuid(named)
    one.look = one.chosen or _look(request, response, named=named is not None)


def _look(request: HttpRequest, response: HttpResponse, *, named: bool) -> Look:
    if response.get("Content-Disposition", "").startswith("attachment"):
        return Look.FILE if named else Look.EXPORT
    if request.path.startswith("/api/"):
        return Look.API
    if named:
        return Look.CARD
    return Look.SEARCH if any(request.GET.get(word) for word in _WORDS) else Look.LIST


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
