"""BANT: four short answers about a partner."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.access import get_agent_for
from agents.services.bant import answer_bant, answers_of
from web.agents.small_forms import BantForm
from web.pages import page, show
from web.record_forms import save, writer

TEMPLATE = "agents/bant.html"


@page("GET", "POST")
def bant(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    agent, today = get_agent_for(user, pk), timezone.localdate()
    address = reverse("agents:card", args=[pk]) + "?tab=bant"
    form = BantForm(request.POST or None, agent=agent, today=today)
    context = {"form": form, "agent": agent, "answers": answers_of(agent).items(), "back": address}

    def deed(answers: dict[str, Any], version: int | None) -> str:
        answer_bant(agent=agent, by=user, answers=answers, today=today, expected_version=version)
        return address

    if request.method == "POST":
        return save(request, form, deed, template=TEMPLATE, context=context, said=_("Ответы сохранены"))
    return show(request, TEMPLATE, context)
