"""Setting a campaign up. Whom it writes to is chosen on a page of its own."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common import clock
from outreach.access import get_campaign_for, get_template_for
from outreach.models import Template
from outreach.services.campaigns import create_campaign, update_campaign
from web.outreach.choosing import asked_audience
from web.outreach.forms import CampaignForm
from web.pages import page, show
from web.record_forms import save, writer

FORM = "outreach/form.html"


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """``of`` and the filters of a list in the address are the audience; ``template`` fills the form."""
    user = writer(request)
    chosen = asked_audience(request.GET) if "of" in request.GET else None
    template = get_template_for(user, request.GET["template"]) if request.GET.get("template") else None
    initial = {"template": template, "starts_on": timezone.localdate()}
    form = CampaignForm(request.POST or None, user=user, initial=initial)
    context = {
        "form": form, "title": _("Новая рассылка"), "back": reverse("outreach:list"), "draft": "campaign-new",
        "no_templates": not Template.objects.visible_to(user).exists(),
    }  # fmt: skip

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        made = create_campaign(by=user, fields=changes | (chosen or {}))
        return reverse("outreach:detail" if chosen else "outreach:audience", args=[made.pk])

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Черновик рассылки создан"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    campaign = get_campaign_for(user, pk)
    back = reverse("outreach:detail", args=[pk])
    form = CampaignForm(request.POST or None, instance=campaign, user=user)
    context = {"form": form, "title": campaign.name, "back": back, "draft": f"campaign-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        update_campaign(campaign=campaign, by=user, fields=changes, at=clock.now(), expected_version=version)
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)
