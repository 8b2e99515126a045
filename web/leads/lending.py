"""Lending a lead to a colleague of another team."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts.models import ShareNoun
from leads.access import get_lead_for
from web.leads.dialogs import card_url
from web.pages import page
from web.record_forms import writer
from web.sharing import sharing_page


@page("GET", "POST")
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead = get_lead_for(writer(request), pk)
    return sharing_page(
        request, noun=ShareNoun.LEAD, subject=lead.pk, owner=lead.owner, name=lead.party.name, back=card_url(lead)
    )
