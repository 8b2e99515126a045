"""Whom a campaign writes to: the filters of a list, with the count of those who would really get it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.filters import AgentFilter, ClientFilter
from agents.models import Agent, Client
from common import clock
from common.errors import Refused
from leads.filters import LeadFilter
from leads.models import Lead
from outreach import selectors
from outreach.access import get_campaign_for
from outreach.audience import clean_query
from outreach.choices import AudienceOf
from outreach.models import Campaign
from outreach.services.campaigns import update_campaign
from web.listing import listing
from web.pages import only_once, page, show
from web.record_forms import writer

NAMED = {
    AudienceOf.AGENTS: ("segment", "status", "partnership", "city", "owner"),
    AudienceOf.CLIENTS: ("segment", "agent", "city", "owner"),
    AudienceOf.LEADS: ("view", "stage", "segment", "initiative", "product", "owner"),
}
_NOT_FILTERS = ("of", "page", "sort", "template")


def asked_audience(query: QueryDict) -> dict[str, str]:
    """The audience that an address names, as the services take it."""
    filters = query.copy()
    for name in _NOT_FILTERS:
        filters.pop(name, None)
    return {"audience_of": query.get("of", AudienceOf.AGENTS), "audience": filters.urlencode()}


@page("GET", "POST")
def audience(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A bare address shows the audience as it stands."""
    user = writer(request)
    campaign = get_campaign_for(user, pk)
    if request.method == "POST":
        return _save(request, campaign, user)
    if "of" not in request.GET:
        return HttpResponseRedirect(f"?of={campaign.audience_of}&{campaign.audience}")
    return _shown(request, campaign)


def _save(request: HttpRequest, campaign: Campaign, user: User) -> HttpResponse:
    chosen = asked_audience(QueryDict(request.POST.get("audience", "")[:4000]))

    def deed() -> str:
        update_campaign(campaign=campaign, by=user, fields=chosen, at=clock.now())
        return reverse("outreach:detail", args=[campaign.pk])

    try:
        return only_once(request, deed, said=_("Получатели выбраны"))
    except Refused as refusal:
        if refusal.status in {403, 404, 409}:
            raise
        return _shown(request, campaign, refusal=refusal)


def _shown(request: HttpRequest, campaign: Campaign, refusal: Refused | None = None) -> HttpResponse:
    of = request.GET.get("of", "")
    of = of if of in AudienceOf.values else AudienceOf.AGENTS
    asked = _listing(request, of, campaign.owner)
    context: dict[str, Any] = {"campaign": campaign, "of": of, "kinds": AudienceOf.choices, "listing": asked}
    try:
        wanted = asked_audience(request.GET)["audience"]
        campaign.audience_of, campaign.audience = of, clean_query(of, wanted, campaign.owner)
        context |= {"preview": selectors.preview(campaign, at=clock.now()), "example": selectors.example(campaign)}
        context["query"] = f"of={of}&{campaign.audience}"
    except Refused as wrong:
        refusal = refusal or wrong
    status = 422 if refusal and request.method == "POST" else 200
    context["refusal"] = refusal
    return show(request, "outreach/audience.html", context, fragment="results", status=status)


def _listing(request: HttpRequest, of: str, owner: User) -> Any:
    """Seen through the owner's eyes: he writes to those whom he may see, whoever sets the campaign up."""
    named = NAMED[AudienceOf(of)]
    if of == AudienceOf.LEADS:
        return listing(request, LeadFilter, Lead.objects.visible_to(owner), named=named)
    if of == AudienceOf.CLIENTS:
        return listing(request, ClientFilter, Client.objects.visible_to(owner), named=named)
    return listing(request, AgentFilter, Agent.objects.visible_to(owner), named=named)
