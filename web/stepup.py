"""«Подтвердите, что это вы»: what a page shows when ``accounts.stepup`` refuses, and how the deed then goes on.

A form that was sent comes back with everything typed in hidden fields and is sent again, to its own address, together
with the proof. Passwords are not written into a page: those are typed again. A page that was only asked for is asked
for again after ``/account/confirm/``.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from accounts import proofs
from accounts.models import User
from accounts.stepup import ReauthRequired

PROOF = "_proof_"
OWN = frozenset({"csrfmiddlewaretoken"})
TEMPLATE = "account/confirm.html"


def take(request: HttpRequest) -> str:
    """Look at the proof that came with a form. Returns what is wrong with it, "" when it is good or none came."""
    if request.method != "POST" or not isinstance(request.user, User):
        return ""
    given = {name.removeprefix(PROOF): value for name, value in request.POST.items() if name.startswith(PROOF)}
    return proofs.confirm(request, request.user, given) if given else ""


def ask(request: HttpRequest, refusal: ReauthRequired, *, wrong: str = "", file: bool = False) -> HttpResponse:
    """The page that asks; in a dialog the same page, with the status that is shown there."""
    if request.method != "POST":
        address = f"{resolve_url('account_confirm')}?{urlencode({'next': request.get_full_path(), **_kind(file)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
    status = 422 if request.headers.get("HX-Request") or wrong else refusal.status
    response = render(request, TEMPLATE, {**context(request, wrong=wrong), "typed": _typed(request)}, status=status)
    return response


def context(request: HttpRequest, *, wrong: str = "") -> dict[str, Any]:
    """What the page needs besides the fields that it carries."""
    return {"address": request.get_full_path(), "wrong": wrong, "ways": proofs.ways(request)}


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, but no password and no proof."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in OWN and not name.startswith(PROOF) and "password" not in name
        for value in values
    ]


def _kind(file: bool) -> dict[str, str]:
    return {"file": "1"} if file else {}
