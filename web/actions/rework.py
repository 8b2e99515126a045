"""Small forms that rework an action: split, replace, chain, hand over."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backlog.access import get_action_for
from backlog.models import Action
from backlog.services.actions import hand_over
from backlog.services.reworking import replace_action, set_follows, split_action
from common import clock
from common.errors import Refused
from web.actions.forms import AssignForm, FollowsForm, ReplaceForm, SplitForm
from web.leads.dialogs import version_of
from web.pages import only_once, page, show
from web.record_forms import writer
from web.week.answers import block_of, came_from

_PAGES = frozenset({403, 404})
Deed = Callable[[Any, int | None], Any]


@page("GET", "POST")
def split(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)
    form = SplitForm(request.POST if request.method == "POST" else None, initial={"titles": action.title})

    def deed(typed: Any, version: int | None) -> None:
        titles = typed["titles"].splitlines()
        split_action(action=action, titles=titles, by=user, at=clock.now(), expected_version=version)

    return _asked(request, action, form, deed, title=_("Разбить на части"), said=_("Действие разбито на части"))


@page("GET", "POST")
def replace(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)
    form = ReplaceForm(request.POST if request.method == "POST" else None)

    def deed(typed: Any, version: int | None) -> None:
        replace_action(action=action, by=user, at=clock.now(), expected_version=version, **typed)

    return _asked(request, action, form, deed, title=_("Заменить другим"), said=_("Действие заменено"))


@page("GET", "POST")
def follows(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)
    form = FollowsForm(request.POST if request.method == "POST" else None, user=user, action=action)

    def deed(typed: Any, version: int | None) -> None:
        set_follows(action=action, follows=typed["follows"], by=user, at=clock.now(), expected_version=version)

    return _asked(request, action, form, deed, title=_("После какого действия"), said=_("Порядок действий записан"))


@page("GET", "POST")
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)
    form = AssignForm(request.POST if request.method == "POST" else None, user=user, action=action)

    def deed(typed: Any, version: int | None) -> None:
        hand_over(action=action, to=typed["owner"], by=user, at=clock.now(), expected_version=version)

    return _asked(request, action, form, deed, title=_("Передать действие"), said=_("Действие передано"))


def _asked(request: HttpRequest, action: Action, form: Any, deed: Deed, *, title: str, said: str) -> HttpResponse:
    """The form, or its deed; what is refused stands beside the field and nothing typed is lost."""
    address = came_from(request, action)

    def once() -> str:
        deed(form.cleaned_data, version_of(request))
        return address

    if form.is_bound and form.is_valid():
        try:
            return only_once(request, once, said=said)
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.refuse(refusal)
    context = {"action": action, "form": form, "title": title, "back": address, "into": block_of(request)}
    version = request.POST.get("version", action.version)
    return show(request, "actions/form.html", context | {"version": version}, status=422 if form.is_bound else 200)
