"""Consents of the party behind the lead: whoever works the lead records them, also where the party is another's."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from leads.access import get_lead_for
from web.agents.consents import recording, withdrawing
from web.leads.dialogs import card_url
from web.pages import page
from web.record_forms import writer


@page("GET", "POST")
def consent_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead = get_lead_for(writer(request), pk)
    return recording(request, lead.party, card_url(lead, "consents"))


@page("GET", "POST")
def consent_withdraw(request: HttpRequest, pk: UUID, consent: int) -> HttpResponse:
    lead = get_lead_for(writer(request), pk)
    return withdrawing(request, lead.party, consent, card_url(lead, "consents"))
