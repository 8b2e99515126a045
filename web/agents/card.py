"""The agent's card: who he is at a glance, then one tab of what stands behind it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import ShareNoun, User
from accounts.scope import may_change
from agents.access import get_agent_for
from agents.models import Agent, Client, Party
from agents.services.bant import answers_of
from calls.selectors import of_party
from common import clock
from funnel.models import StageEntry
from leads.choices import BlockerStatus
from leads.models import Agreement, BlockerHold, Contract, Lead, ValuePromise
from leads.promises import kept_of, of_agents
from leads.standing import agents_standing, clients_standing, conversion, leads_of_agent, signing_stages
from leads.value import bank_day
from outreach.selectors import party_log, refusals_of
from web.agents.lists import CONTACTS
from web.agents.small_forms import active_initiatives
from web.listing import PORTION
from web.pages import page, person, show
from web.sharing import shares_of
from web.value.shown import shown

TABS = {
    "clients": _("База клиентов"),
    "contract": _("Контракт"),
    "value": _("Ценность"),
    "bant": "BANT",
    "calls": _("Звонки"),
    "messages": _("Сообщения"),
    "history": _("История"),
}
HOLDS = Prefetch("holds", BlockerHold.objects.filter(blocker__status=BlockerStatus.OPEN).select_related("blocker"))


@page("GET")
def agent_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    agent = get_agent_for(user, pk)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "clients"
    address = reverse("agents:share", args=[pk])
    context = {
        "agent": agent,
        "writes": may_change(user, pk, owner_id=agent.owner_id, team_id=agent.team_id),
        **shares_of(user, noun=ShareNoun.PARTY, subject=pk, owner=agent.owner, address=address, at=clock.now()),
        "contacts": list(agent.contacts.all()),
        "consents": list(agent.consents.all()),
        "tab": tab,
        "tabs": TABS.items(),
        **_figures(agent, user),
        **BODIES[tab](request, agent, user),
    }
    return show(request, "agents/card.html", context)


def _figures(agent: Party, user: User) -> dict[str, Any]:
    stages = signing_stages()
    standing = agents_standing(
        Agent.objects.visible_to(user).filter(pk=agent.pk),
        leads=Lead.objects.visible_to(user),
        parties=Party.objects.visible_to(user),
        stages=stages,
    ).get()
    promised = kept_of(of_agents(ValuePromise.objects.visible_to(user), [agent]), bank_day(clock.now()))
    return {
        "figures": standing, "rate": conversion(standing), "signing": stages.get("client"), "promised": promised,
    }  # fmt: skip


def _clients(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    clients = Client.objects.visible_to(user).filter(agent=agent).prefetch_related(CONTACTS, HOLDS)
    rows = clients_standing(clients, leads=Lead.objects.visible_to(user))
    return {
        "page": Paginator(rows, PORTION).get_page(request.GET.get("page")),
        "initiatives": list(active_initiatives(user)[:2]),
    }


def _contract(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    """The win-win with the agent himself: what each side gives, and the paper."""
    own = Lead.objects.visible_to(user).filter(party=agent)
    agreements = Agreement.objects.filter(lead__in=own).select_related("by", "lead")
    contracts = Contract.objects.filter(lead__in=own).select_related("lead")
    return {"agreements": list(agreements[:PORTION]), "contracts": list(contracts[:PORTION])}


def _value(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    """What was promised to him and to the clients he brought, against what came."""
    today = bank_day(clock.now())
    promises = of_agents(ValuePromise.objects.visible_to(user), [agent])
    rows = promises.for_list().order_by("due_on", "pk")[:PORTION]
    return {
        "promises": [shown(row.lead, [row], today)[0] for row in rows],
        "kept": kept_of(promises, today),
        "value_of": f"agent={agent.pk}",
    }


def _bant(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    return {"answers": answers_of(agent).items()}


def _messages(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    """What campaigns wrote to him and what he answered."""
    return {"messages_log": party_log(agent, most=PORTION), "refusals": refusals_of(agent)}


def _calls(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    """His calls, newest first. Whoever may open his card may read what was talked with him."""
    return {"page": Paginator(of_party(agent), PORTION).get_page(request.GET.get("page"))}


def _history(request: HttpRequest, agent: Party, user: User) -> dict[str, Any]:
    """Every entry of his leads and of those he brought, newest first."""
    leads = leads_of_agent(Lead.objects.visible_to(user), agent)
    entries = StageEntry.objects.filter(lead_id__in=leads.values("pk")).select_related("stage", "from_stage", "by")
    page_ = Paginator(entries.order_by("-at", "-id"), PORTION).get_page(request.GET.get("page"))
    names = dict(leads.filter(pk__in=[entry.lead_id for entry in page_]).values_list("pk", "party__name"))
    return {"page": page_, "events": [(entry, names[entry.lead_id]) for entry in page_]}


Body = Callable[[HttpRequest, Party, User], dict[str, Any]]
BODIES: dict[str, Body] = {
    "clients": _clients,
    "contract": _contract,
    "value": _value,
    "bant": _bant,
    "calls": _calls,
    "messages": _messages,
    "history": _history,
}
