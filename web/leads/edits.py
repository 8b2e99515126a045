"""Changing what is known of the lead and of the party behind it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from agents.services.parties import update_party
from leads.access import get_lead_for
from leads.services.editing import update_lead
from web.leads.dialogs import FORM, card_url, context, dialog
from web.leads.forms_lead import EditForm
from web.leads.forms_party import PartyForm
from web.pages import page
from web.privacy.shown import hide_numbers
from web.record_forms import save, writer


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The lead's own facts."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    title = _("Изменить лид")
    if request.method == "GET":
        return dialog(request, lead, title, EditForm(None, user=user, instance=lead))
    form = EditForm(request.POST, user=user, instance=lead)

    def deed(changes: Mapping[str, Any], version: int | None) -> str:
        update_lead(lead=lead, by=user, changes=changes, expected_version=version)
        return card_url(lead)

    return save(request, form, deed, template=FORM, context=context(lead, title), said=_("Изменения записаны"))


@page("GET", "POST")
def party(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who the lead is about: seen through the lead, since the work on him is what the person has."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    title = _("Имя, город, ИНН")
    form = PartyForm(request.POST if request.method == "POST" else None, instance=lead.party)
    hide_numbers(form, request, lead.party, owner_id=lead.owner_id)
    if request.method == "GET":
        return dialog(request, lead, title, form)

    def deed(changes: Mapping[str, Any], version: int | None) -> str:
        update_party(party=lead.party, by=user, changes=changes, expected_version=version)
        return card_url(lead)

    return save(request, form, deed, template=FORM, context=context(lead, title), said=_("Изменения записаны"))
