"""Clients: of an agent, or straight from the bank."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import ShareNoun
from accounts.scope import may_change
from agents.access import get_agent_for, get_client_for
from agents.services.parties import create_party, update_party
from calls.selectors import of_party
from common import clock
from leads.models import Blocker, Lead
from web.agents.addresses import party_address
from web.agents.forms import ClientForm
from web.agents.small_forms import active_initiatives
from web.pages import page, person, show
from web.privacy.shown import hide_numbers
from web.record_forms import save, writer
from web.sharing import shares_of

FORM = "records/form.html"
CALLS = 20
"""The newest ones: a client is called a handful of times, an agent's card pages through his."""


@page("GET")
def client_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who he is, what holds him back, and the work on him."""
    user = person(request)
    client = get_client_for(user, pk)
    address = reverse("agents:client_share", args=[pk])
    context = {
        "client": client,
        "writes": may_change(user, pk, owner_id=client.owner_id, team_id=client.team_id),
        **shares_of(user, noun=ShareNoun.PARTY, subject=pk, owner=client.owner, address=address, at=clock.now()),
        "contacts": client.contacts.all(),
        "consents": list(client.consents.all()),
        "blockers": Blocker.objects.visible_to(user).filter(parties=client),
        "leads": Lead.objects.visible_to(user).filter(party=client).for_list(),
        "calls": of_party(client)[:CALLS],
        "initiatives": active_initiatives(user)[:2],
    }
    return show(request, "agents/client.html", context)


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """A client without an agent, or with one named in the form."""
    user = writer(request)
    form = ClientForm(request.POST or None, user=user)
    context = {"form": form, "title": _("Новый клиент"), "back": reverse("agents:clients"), "draft": "client-new"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        return party_address(create_party(by=user, draft=form.draft(), owner=changes["owner"]))

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Клиент добавлен"))
    return show(request, FORM, context)


@page("GET", "POST")
def create_of_agent(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    agent = get_agent_for(user, pk)
    back = party_address(agent)
    form = ClientForm(request.POST or None, user=user, of_agent=True)
    context = {"form": form, "title": _("Новый клиент: %s") % agent.name, "back": back, "draft": f"client-of-{pk}"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        create_party(by=user, draft=form.draft(agent_id=agent.pk), owner=changes["owner"])
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Клиент добавлен"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    client = get_client_for(user, pk)
    address = party_address(client)
    form = ClientForm(request.POST or None, instance=client, user=user)
    hide_numbers(form, request, client, owner_id=client.owner_id)
    context = {"form": form, "title": client.name, "back": address, "draft": f"client-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        update_party(party=client, by=user, changes=changes, expected_version=version)
        return address

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)
