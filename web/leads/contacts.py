"""Ways to reach the party, and what on the bank's side holds it back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import demand_write
from agents.models import Contact
from agents.services.contacts import add_contact, remove_contact
from common import clock
from common.errors import NotFound, Refused
from leads.access import get_lead_for
from leads.models import BlockerHold
from leads.services.blockers import add_blocker, release_party
from web.leads.dialogs import card_url, context, dialog
from web.leads.forms_lead import BlockerForm
from web.leads.forms_party import ContactForm
from web.pages import only_once, page, person, show
from web.record_forms import writer

_PAGES = frozenset({403, 404})


@page("GET", "POST")
def contact_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    lead = get_lead_for(user, pk)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():

        def deed() -> str:
            add_contact(party=lead.party, by=user, draft=form.draft())
            return card_url(lead, "contacts")

        try:
            return only_once(request, deed, said=_("Контакт записан"))
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.take(refusal)
    return dialog(request, lead, _("Новый контакт"), form)


@page("GET", "POST")
def contact_remove(request: HttpRequest, pk: UUID, contact: int) -> HttpResponse:
    """Ask first: a removed contact is gone from every lead of the party."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    found = Contact.objects.filter(party=lead.party_id, pk=contact).first()
    if found is None and request.method == "GET":
        raise NotFound(_("Такого контакта у лида нет."))
    if request.method == "GET":
        more = context(lead, _("Убрать контакт"), contact=found, action=request.path)
        return show(request, "leads/dialogs/contact_remove.html", more)

    def deed() -> str:
        if found is not None:
            remove_contact(contact=found, by=user)
        return card_url(lead, "contacts")

    return only_once(request, deed, said=_("Контакт убран") if found else "")


@page("GET", "POST")
def blocker_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    lead = get_lead_for(user, pk)
    form = BlockerForm(request.POST if request.method == "POST" else None, lead=lead)
    if form.is_bound and form.is_valid():

        def deed() -> str:
            add_blocker(party=lead.party, by=user, at=clock.now(), **form.cleaned_data)
            return card_url(lead, "blockers")

        try:
            return only_once(request, deed, said=_("Блокатор записан"))
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.take(refusal)
    return dialog(request, lead, _("Блокатор банка"), form)


@page("POST")
def blocker_release(request: HttpRequest, pk: UUID, blocker: UUID) -> HttpResponse:
    """It turned out not to concern this party; for the whole bank it is removed on the page of blockers."""
    user = person(request)
    lead = get_lead_for(user, pk)
    demand_write(user)
    hold = BlockerHold.objects.filter(party=lead.party_id, blocker=blocker).select_related("blocker").first()

    def deed() -> str:
        if hold is not None:
            release_party(blocker=hold.blocker, party=lead.party, by=user)
        return card_url(lead, "blockers")

    return only_once(request, deed, said=_("Больше не мешает") if hold else "")
