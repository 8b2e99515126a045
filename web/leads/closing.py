"""Handing a lead over, closing it, taking it back to work."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.errors import Refused
from leads.access import get_lead_for
from leads.choices import Outcome
from leads.services.editing import assign as assign_lead
from leads.services.outcomes import close as close_lead
from leads.services.outcomes import reopen as reopen_lead
from web.leads.again import done
from web.leads.dialogs import card_url, dialog
from web.leads.forms_lead import AssignForm, CloseForm, ReopenForm
from web.pages import page
from web.record_forms import writer

_PAGES = frozenset({403, 404})


@page("GET", "POST")
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the lead to a colleague, or to the team's queue."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    form = AssignForm(request.POST if request.method == "POST" else None, user=user, lead=lead)
    more = {"version": request.POST.get("version", lead.version), "submit": _("Передать")}
    if not (form.is_bound and form.is_valid()):
        return dialog(request, lead, _("Передать лид"), form, **more)
    owner = form.cleaned_data["owner"]

    def deed(version: int | None) -> str:
        assign_lead(lead=lead, owner=owner, by=user, at=clock.now(), expected_version=version)
        seen = type(lead).objects.visible_to(user).filter(pk=lead.pk).exists()
        return card_url(lead) if seen else "leads:list"

    said = _("Лид передан: %(name)s") % {"name": owner.name if owner else _("очередь команды")}
    return done(request, lead, deed, mine={"owner": owner}, label=_("Владелец"), words=_owner_words, said=said)


def _owner_words(columns: Mapping[str, Any]) -> str:
    owner = columns["owner"]
    found = owner if isinstance(owner, User) or owner is None else User.objects.filter(pk=owner).first()
    return found.name if found else _("очередь команды")


@page("GET", "POST")
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close as lost, or into the archive with ``outcome=archived``."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    asked = request.POST.get("outcome") or request.GET.get("outcome")
    outcome = Outcome.ARCHIVED if asked == Outcome.ARCHIVED else Outcome.LOST
    form = CloseForm(request.POST if request.method == "POST" else None, outcome=outcome)
    lost = outcome == Outcome.LOST
    title = _("Отказ") if lost else _("В архив")
    more = {
        "version": request.POST.get("version", lead.version),
        "submit": title,
        "tone": "error" if lost else "primary",
    }
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data

        def deed(version: int | None) -> str:
            close_lead(
                lead=lead, outcome=outcome, by=user, at=clock.now(), reason=typed.get("reason"), note=typed["note"],
                return_on=typed["return_on"], expected_version=version,
            )  # fmt: skip
            return card_url(lead)

        try:
            return done(
                request, lead, deed, mine={"outcome": str(outcome)}, label=_("Исход"), words=_outcome_words, said=title
            )
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.take(refusal)
    return dialog(request, lead, title, form, **more)


@page("GET", "POST")
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back to work at the stage where it stood."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    title = _("Вернуть в работу")
    more = {"version": request.POST.get("version", lead.version), "submit": title}
    if form.is_bound and form.is_valid():

        def deed(version: int | None) -> str:
            reason = form.cleaned_data["reason"]
            reopen_lead(lead=lead, by=user, at=clock.now(), reason=reason, expected_version=version)
            return card_url(lead)

        try:
            return done(
                request, lead, deed, mine={"outcome": str(Outcome.OPEN)}, label=_("Исход"), words=_outcome_words,
                said=_("Лид снова в работе"),
            )  # fmt: skip
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.take(refusal)
    return dialog(request, lead, title, form, **more)


def _outcome_words(columns: Mapping[str, Any]) -> str:
    return str(Outcome(columns["outcome"]).label)
