"""The lists of agents and of clients."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse

from agents.filters import AgentFilter, ClientFilter
from agents.models import Agent, Client, Contact, Party
from leads.models import Lead
from leads.standing import agents_standing, clients_standing, signing_stages
from web.listing import listing
from web.pages import page, person, show

CONTACTS = Prefetch("contacts", Contact.objects.order_by("-preferred", "id"))
AGENT_SORTS = {"name": "sort_key", "live": "live_leads", "leads": "all_leads", "touch": "last_touch"}
CLIENT_SORTS = {"name": "sort_key", "touch": "last_touch"}


@page("GET")
def agent_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    stages = signing_stages()
    rows = agents_standing(
        Agent.objects.visible_to(user).for_list(),
        leads=Lead.objects.visible_to(user),
        parties=Party.objects.visible_to(user),
        stages=stages,
    )
    named = ("segment", "partnership", "status", "owner")
    asked = listing(request, AgentFilter, rows, named=named, sorts=AGENT_SORTS)
    return show(request, "agents/list.html", {"listing": asked, "stages": stages}, fragment="results")


@page("GET")
def client_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    clients = Client.objects.visible_to(user).for_list().prefetch_related(CONTACTS)
    rows = clients_standing(clients, leads=Lead.objects.visible_to(user))
    asked = listing(request, ClientFilter, rows, named=("segment", "owner"), sorts=CLIENT_SORTS)
    return show(request, "agents/clients.html", {"listing": asked}, fragment="results")
