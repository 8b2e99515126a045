"""The page of one action: the row of the week as a full form, its history and its results."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backlog.access import get_action_for
from backlog.models import Action
from backlog.services.actions import update_action
from common import clock
from web.actions.forms import ActionForm
from web.pages import page, person, show
from web.record_forms import save, writer
from web.week.answers import week_url
from web.week.grid import slot_words
from worktime.selectors import calendar_of

PAGE = "actions/page.html"


@page("GET", "POST")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    action = get_action_for(user, pk)
    context = _context(action)
    if request.method == "GET":
        form = ActionForm(None, user=user, instance=action) if user.may_write else None
        return show(request, PAGE, context | {"form": form})

    def deed(changes: Mapping[str, Any], version: int | None) -> str:
        update_action(action=action, by=writer(request), at=clock.now(), changes=changes, expected_version=version)
        return reverse("actions:page", args=[pk])

    form = ActionForm(request.POST, user=writer(request), instance=action)
    return save(request, form, deed, template=PAGE, context=context, said=_("Действие записано"))


def _context(action: Action) -> dict[str, Any]:
    return {
        "action": action,
        "changes": list(action.priority_changes.select_related("by")[:50]),
        "results": list(action.results.select_related("by", "reason", "next_action")[:20]),
        "slot": slot_words(action.slot_at, calendar_of(action.owner)),
        "follows": action.follows,
        "back": week_url(action),
    }
