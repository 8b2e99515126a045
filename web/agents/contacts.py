"""Ways to reach an agent or a client."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from agents.access import get_party_for
from agents.models import Contact, Party
from agents.services.contacts import add_contact, remove_contact
from common.errors import NotFound
from web.agents.addresses import party_address
from web.agents.small_forms import ContactForm
from web.pages import only_once, page, show
from web.record_forms import save, writer

FORM = "records/form.html"


@page("GET", "POST")
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    party = get_party_for(user, pk)
    form = ContactForm(request.POST or None)
    context = {"form": form, "title": _("Новый контакт: %s") % party.name, "back": party_address(party)}

    def deed(_changes: dict[str, Any], _version: int | None) -> str:
        add_contact(party=party, by=user, draft=form.draft())
        return party_address(party)

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Контакт записан"))
    return show(request, FORM, context)


@page("GET", "POST")
def remove(request: HttpRequest, pk: UUID, contact: int) -> HttpResponse:
    """Asks first: what is taken away is not kept for an undo."""
    user = writer(request)
    party = get_party_for(user, pk)
    found = _contact_of(party, contact)
    back = party_address(party)

    def deed() -> str:
        remove_contact(contact=found, by=user)
        return back

    if request.method == "POST":
        return only_once(request, deed, said=_("Контакт удалён"))
    return show(request, "agents/contact_remove.html", {"party": party, "contact": found, "back": back})


def _contact_of(party: Party, pk: int) -> Contact:
    found = party.contacts.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такого контакта у этой записи нет."))
    return found
