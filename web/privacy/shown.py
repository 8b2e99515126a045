"""Whose hidden contacts a reader sees: by his role, or because he asked (ids in his session, a quarter of an hour)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.masking import mask_tax_id, sees_plain
from agents.models import Party
from common import clock
from leads.models import Lead

FOR = timedelta(minutes=15)
_KEY = "_shown_people"


def remember(request: HttpRequest, party_id: UUID, *, at: datetime) -> None:
    """Those whose time is over are forgotten on the way."""
    kept = {pk: until for pk, until in request.session.get(_KEY, {}).items() if until > at.timestamp()}
    request.session[_KEY] = kept | {str(party_id): (at + FOR).timestamp()}


def is_shown(request: HttpRequest, party_id: UUID | None, *, at: datetime) -> bool:
    """Costs no query: the session is read by then."""
    until = request.session.get(_KEY, {}).get(str(party_id), 0)
    return bool(until > at.timestamp())


def sees(request: HttpRequest, party_id: UUID | None, *, owner_id: UUID | None) -> bool:
    """Whether this reader meets the person's contacts and numbers as they are."""
    if not isinstance(request.user, User):
        return False
    return sees_plain(request.user, owner_id=owner_id) or is_shown(request, party_id, at=clock.now())


def hide_numbers(form: Any, request: HttpRequest, party: Party, *, owner_id: UUID | None) -> None:
    """Put the mask into a form's field where its reader sees no more: sent back unchanged it changes nothing."""
    if not sees(request, party.pk, owner_id=owner_id):
        form.hide(tax_id=mask_tax_id(party.tax_id))


def still_hidden(request: HttpRequest, lead: Lead) -> HttpResponse | None:
    """For papers, which cannot be shown without the person's numbers: where those are hidden, the way to show them."""
    if sees(request, lead.party_id, owner_id=lead.owner_id):
        return None
    messages.info(request, _("В контракте есть номера человека. Нажмите «Показать контакты» и откройте его снова."))
    return HttpResponseRedirect(f"{reverse('leads:card', args=[lead.pk])}#contacts")
