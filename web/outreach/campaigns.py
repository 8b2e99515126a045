"""Campaigns: the list, one campaign with its audience, example and log, and its switches."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from outreach import selectors
from outreach.access import get_campaign_for
from outreach.choices import AudienceOf, CampaignStatus, MessageState
from outreach.models import Campaign, Message
from outreach.services import campaigns as deeds
from web.listing import PORTION
from web.pages import only_once, page, person, show

LISTS = {
    AudienceOf.AGENTS: "agents:list",
    AudienceOf.CLIENTS: "agents:clients",
    AudienceOf.LEADS: "leads:list",
}


@page("GET")
def campaign_list(request: HttpRequest) -> HttpResponse:
    rows = Campaign.objects.visible_to(person(request)).for_list().order_by("-created_at", "pk")
    page_ = Paginator(rows, PORTION).get_page(request.GET.get("page"))
    found = selectors.figures(page_.object_list, at=clock.now())
    lines = [(campaign, found[campaign.pk]) for campaign in page_.object_list]
    return show(request, "outreach/list.html", {"page": page_, "lines": lines})


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    campaign, at = get_campaign_for(person(request), pk), clock.now()
    figures = selectors.figures([campaign], at=at)[campaign.pk]
    over = campaign.status == CampaignStatus.DONE
    context = {
        "campaign": campaign,
        "figures": figures,
        "preview": None if over else selectors.preview(campaign, at=at),
        "example": None if over else selectors.example(campaign),
        "list_url": f"{reverse(LISTS[AudienceOf(campaign.audience_of)])}?{campaign.audience}",
        **_log(request, campaign, figures),
    }
    return show(request, "outreach/detail.html", context)


def _log(request: HttpRequest, campaign: Campaign, figures: selectors.Figures) -> dict[str, Any]:
    """The messages, newest first; ``state`` of the address narrows them."""
    state = request.GET.get("state", "")
    rows = Message.objects.filter(campaign=campaign).select_related("party").order_by("-id")
    rows = rows.filter(state=state) if state in MessageState.values else rows
    tabs = [(value, label, figures.states[value]) for value, label in MessageState.choices if figures.states[value]]
    return {
        "log": Paginator(rows, PORTION).get_page(request.GET.get("page")),
        "state": state if state in MessageState.values else "",
        "states": tabs,
        "total": sum(figures.states.values()),
    }


@page("POST")
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    campaign = get_campaign_for(user, pk)

    def deed() -> str:
        deeds.start_campaign(campaign=campaign, by=user, at=clock.now())
        return reverse("outreach:detail", args=[pk])

    return only_once(request, deed, said=_("Рассылка идёт"))


@page("POST")
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    campaign = get_campaign_for(user, pk)

    def deed() -> str:
        deeds.pause_campaign(campaign=campaign, by=user)
        return reverse("outreach:detail", args=[pk])

    return only_once(request, deed, said=_("Рассылка на паузе"))


@page("POST")
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    campaign = get_campaign_for(user, pk)

    def deed() -> str:
        deeds.finish_campaign(campaign=campaign, by=user)
        return reverse("outreach:detail", args=[pk])

    return only_once(request, deed, said=_("Рассылка завершена"))
