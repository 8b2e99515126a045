"""One press makes a lead of an agent or a client; which initiative is asked only when there are several."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.access import get_party_for
from agents.models import Initiative, Party
from common import clock
from leads.drafts import LeadDraft
from leads.services.intake import take_in_one
from web.agents.addresses import lead_address, party_address
from web.agents.small_forms import NewLeadForm, active_initiatives
from web.pages import page, show
from web.record_forms import save, writer

TEMPLATE = "agents/lead_new.html"


@page("GET", "POST")
def create(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    party = get_party_for(user, pk)
    initiatives = list(active_initiatives(user)[:2])
    ask = request.method == "GET" or (len(initiatives) > 1 and "initiative" not in request.POST)
    form = NewLeadForm(None if ask else request.POST, user=user)
    context = {"form": form, "party": party, "back": party_address(party), "submit": _("Создать лид")}
    if ask:
        return show(request, TEMPLATE, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        chosen = changes["initiative"] if "initiative" in request.POST else next(iter(initiatives), None)
        return lead_address(take_in_one(draft=_draft(party, chosen, user), by=user, at=clock.now()).pk)

    return save(request, form, deed, template=TEMPLATE, context=context, said=_("Лид создан"))


def _draft(party: Party, initiative: Initiative | None, user: User) -> LeadDraft:
    """What is known of the party goes along; his agent and segment follow by themselves."""
    fields: dict[str, Any] = {"problem": party.problem, "resources": party.resources}
    if initiative is not None:
        fields["initiative_id"] = initiative.pk
    return LeadDraft(kind=party.kind, party_id=party.pk, owner=user, fields=fields)
