"""Pinning: a person's own choice stands above the engine's, and the page says so."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backlog.services.actions import create_action
from backlog.services.priorities import set_pinned
from common import clock
from leads.access import get_lead_for
from web.pages import next_address, only_once, page
from web.record_forms import writer


@page("POST")
def lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A pinned lead becomes an action of the day."""
    user = writer(request)
    found = get_lead_for(user, pk)

    def deed() -> str:
        made = create_action(
            owner=found.owner or user, by=user, at=clock.now(), title=found.next_action or _("Позвонить"), lead=found,
            kind="call", priority=1,
        )  # fmt: skip
        set_pinned(action=made, pinned=True, by=user, at=clock.now())
        return next_address(request, reverse("today:page"))

    return only_once(request, deed, said=_("Закреплено наверху"))
