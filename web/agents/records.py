"""Making and changing agents."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.access import get_agent_for
from agents.services.client_base import set_client_base
from agents.services.parties import create_party, update_party
from web.agents.addresses import party_address
from web.agents.forms import AgentForm, BaseForm
from web.pages import page, show
from web.privacy.shown import hide_numbers
from web.record_forms import save, writer

FORM = "records/form.html"
BASE = ("client_base_size", "client_base_at", "client_base_source")


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    user = writer(request)
    form = AgentForm(request.POST or None, user=user)
    context = {"form": form, "title": _("Новый агент"), "back": reverse("agents:list"), "draft": "agent-new"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        return party_address(create_party(by=user, draft=form.draft(), owner=changes["owner"]))

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Агент добавлен"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    agent = get_agent_for(user, pk)
    address = party_address(agent)
    form = AgentForm(request.POST or None, instance=agent, user=user)
    hide_numbers(form, request, agent, owner_id=agent.owner_id)
    context = {"form": form, "title": agent.name, "back": address, "draft": f"agent-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        update_party(party=agent, by=user, changes=changes, expected_version=version)
        return address

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)


@page("GET", "POST")
def base(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How many clients the agent has: with the day and the source, since an unsourced number is a rumour."""
    user = writer(request)
    agent = get_agent_for(user, pk)
    address = party_address(agent)
    form = BaseForm(request.POST or None, instance=agent, initial={"client_base_at": timezone.localdate()})
    context = {"form": form, "title": _("База клиентов: %s") % agent.name, "back": address, "draft": f"base-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        now = get_agent_for(user, pk)
        size, known_at, source = (changes.get(name, getattr(now, name)) for name in BASE)
        set_client_base(
            agent=now, by=user, size=size, known_at=known_at, source=source,
            today=timezone.localdate(), expected_version=version,
        )  # fmt: skip
        return address

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Размер базы сохранён"))
    return show(request, FORM, context)
