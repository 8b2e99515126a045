"""What every page shares: who may enter, page or fragment, how a refusal looks, and one record per double press."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urldefrag

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.guesses import TooManyGuesses
from accounts.models import User
from accounts.stepup import ReauthRequired
from accounts.stepup import demand as demand_fresh
from approvals.services import SecondPersonNeeded
from common.changes import StaleVersion
from common.errors import Refused
from common.middleware import request_id
from jobs import once
from web import foureyes, stepup
from web.views import errors

log = logging.getLogger(__name__)
_SLOW = "57014"
_BUSY = frozenset({"55P03", "40P01", _SLOW})
"""PostgreSQL's words for a lock that was not got in time, a deadlock, a statement that took too long."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def person(request: HttpRequest) -> User:
    """The signed-in user of a view behind ``page``."""
    return cast("User", request.user)


def page(*methods: str, fresh: bool = False, file: bool = False) -> Callable[[View[P]], View[P]]:
    """Decorator of every signed-in view: sign-in, allowed methods, no caching, refusals as pages.

    ``fresh``: the deed needs a proof of who one is at most 15 minutes old (``accounts.stepup``); a view that needs it
    only sometimes calls ``accounts.stepup.demand(request)`` itself. ``file``: it answers with a file.
    A view that knows better what to do with a refusal catches it itself, for example to show it beside a field.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "HEAD":
                # Asks for no CSRF token, so a view that tells only «GET» from the rest would do its deed unasked.
                request.method = "GET"
            response: HttpResponseBase
            try:
                wrong = stepup.take(request)
                if fresh or wrong:
                    demand_fresh(request)
                response = view(request, *args, **kwargs)
            except ReauthRequired as refusal:
                response = stepup.ask(request, refusal, wrong=wrong, file=file)
            except SecondPersonNeeded as refusal:
                response = foureyes.closed(request, refusal.what)
            except Refused as refusal:
                response = refused(request, refusal)
            except OperationalError as error:
                response = busy(request, error)
            patch_vary_headers(response, ["HX-Request", "Cookie"])
            return response

        allowed = require_http_methods([*methods, "HEAD"] if "GET" in methods else list(methods))
        return cast("View[P]", never_cache(login_required(allowed(guarded))))

    return wrap


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece; history restoration and boosted links want the whole page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, fragment: str = "", status: int = 200
) -> HttpResponse:
    """The page, or its named partial (``{% partialdef name %}``) where htmx asks for the fragment."""
    name = f"{template}#{fragment}" if fragment and is_fragment(request) else template
    return render(request, name, dict(context), status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal nobody caught: not found and forbidden as such, others as a page with the reason."""
    if refusal.status == 404:
        return errors.not_found(request)
    if refusal.status == 403:
        return errors.forbidden(request, refusal)
    if isinstance(refusal, TooManyGuesses):
        return errors.too_many(request, refusal)
    # «Choose what to keep» is said beside the two versions; here there is nothing to choose from.
    stale = isinstance(refusal, StaleVersion)
    more = [wrong for wrong in refusal.errors if wrong.message != refusal.message]
    context = {"stale": stale, "message": "" if stale else refusal.message, "errors": [] if stale else more}
    context |= {"status": refusal.status, "back": came_from(request), "request_id": request_id.get()}
    return render(request, "errors/409.html", context, status=refusal.status)


def came_from(request: HttpRequest) -> str:
    """The page of this site on which the deed was asked for; empty where nobody says, or where it is this very page."""
    where = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    again = request.method == "GET" and where == request.build_absolute_uri()
    return where if ours and not again else ""


def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database let nobody wait any longer: a page that says so and sends the same form again, nothing typed lost.

    Whatever else went wrong with the database is raised again. The deed was rolled back, and so was the claim of the
    form's ``_once``.
    """
    state = getattr(error.__cause__, "sqlstate", None)
    if state not in _BUSY:
        raise error
    log.warning("The database let nobody wait any longer (%s): %s", state, request.path)
    context = {"typed": errors.typed_in(request), "address": request.get_full_path(), "slow": state == _SLOW}
    answer = render(request, "errors/503.html", context, status=503)
    answer["Retry-After"] = errors.RETRY_AFTER
    return answer


def goes_to(request: HttpRequest, where: str, *args: Any) -> HttpResponse:
    """Go on after a deed: a redirect, which htmx is told to follow as a full navigation."""
    address = resolve_url(where, *args)
    if is_fragment(request):
        # To another place of the page that is open a browser only scrolls: what the deed changed would not be seen.
        again = {"HX-Refresh": "true"} if _is_open(request, address) else {}
        return HttpResponse(status=204, headers={"HX-Redirect": address} | again)
    return HttpResponseRedirect(address)


def _is_open(request: HttpRequest, address: str) -> bool:
    """Whether the address names a place («#contacts») of the very page on which the deed was asked for."""
    whole, place = urldefrag(address)
    htmx: Any = getattr(request, "htmx", None)
    return bool(place) and urldefrag(htmx.current_url_abs_path or "").url == whole


def next_address(request: HttpRequest, default: str) -> str:
    """The ``next`` that a form carries, when it leads to this site; else ``default``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else default


def only_once(request: HttpRequest, deed: Callable[[], str], *, said: str = "") -> HttpResponse:
    """Run ``deed`` (which returns the address to go to) once per form: a second press gets the first one's address.

    The form carries ``{% once %}``. Without the key the deed simply runs: its own constraints still hold.
    A refusal rolls the claim back, so that the mended form can be sent again.
    """
    key, user = request.POST.get("_once", ""), person(request)
    if not key:
        with transaction.atomic():
            address, first = deed(), True
    else:
        with transaction.atomic():
            earlier = once.claim(user_id=user.pk, key=key)
            first = earlier is None
            address = deed() if earlier is None else earlier
            if first:
                once.remember(user_id=user.pk, key=key, location=address)
    if first and said:
        messages.success(request, said)
    return goes_to(request, address)
