"""Lending an agent or a client to a colleague of another team."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import ShareNoun
from agents.access import get_agent_for, get_client_for
from web.pages import page
from web.record_forms import writer
from web.sharing import sharing_page


@page("GET", "POST")
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Of an agent; his leads stay with whoever works them."""
    agent = get_agent_for(writer(request), pk)
    return sharing_page(
        request, noun=ShareNoun.PARTY, subject=agent.pk, owner=agent.owner, name=agent.name,
        back=reverse("agents:card", args=[pk]),
    )  # fmt: skip


@page("GET", "POST")
def share_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    client = get_client_for(writer(request), pk)
    return sharing_page(
        request, noun=ShareNoun.PARTY, subject=client.pk, owner=client.owner, name=client.name,
        back=reverse("agents:client", args=[pk]),
    )  # fmt: skip
