"""A new lead, with doubles said at once: while the contact is typed and again on saving."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.access import get_party_for
from agents.choices import Kind
from agents.models import Party
from agents.services.contacts import ContactDraft, guess_type
from agents.services.parties import KnownParty, PartyDraft, known_already
from common import clock
from common.errors import Refused
from leads.drafts import KnownLead
from leads.services.intake import take_in_one
from web.leads.create_form import CreateForm, agents_like
from web.leads.dialogs import card_url
from web.pages import goes_to, is_fragment, only_once, page, person, show
from web.record_forms import writer

_PAGES = frozenset({403, 404})
WRONG, TAKEN = 422, 409
LONGEST = 200


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """The form, on a page or over it. ``party`` is somebody known: then only the work is asked."""
    user = writer(request)
    given = request.POST.get("party") or request.GET.get("party")
    party = get_party_for(user, given) if given else None
    if request.method != "POST":
        initial = {name: request.GET[name] for name in ("kind", "name", "contact") if name in request.GET}
        return _ask(request, CreateForm(None, user=user, party=party, initial=initial))
    form = CreateForm(request.POST, user=user, party=party)
    if not form.is_valid():
        return _ask(request, form, status=WRONG)
    return _save(request, form)


def _save(request: HttpRequest, form: CreateForm) -> HttpResponse:
    def deed() -> str:
        if form.party is None and (known := known_already(form.party_draft(), by=form.user)):
            raise known
        return card_url(take_in_one(draft=form.draft(), by=form.user, at=clock.now()))

    try:
        return only_once(request, deed, said=_("Лид создан"))
    except KnownParty as refusal:
        return _taken(request, form, refusal)
    except KnownLead as refusal:
        form.take(refusal)
        return _ask(request, form, status=TAKEN, lead=refusal.lead)
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        form.take(refusal)
        return _ask(request, form, status=WRONG)


def _taken(request: HttpRequest, form: CreateForm, known: KnownParty) -> HttpResponse:
    """A hidden one is only said to be taken; a visible one can be opened, or worked under his own name."""
    form.add_error("contact", known.message)
    return _ask(request, form, status=TAKEN, known=known.party)


def _ask(request: HttpRequest, form: CreateForm, *, status: int = 200, **more: Any) -> HttpResponse:
    known: Party | None = more.get("known")
    context = {"form": form, "party": form.party, "known_address": address_of(known) if known else "", **more}
    return show(request, "leads/create.html", context, fragment="dialog", status=status)


@page("GET", "POST")
def check_duplicate(request: HttpRequest) -> HttpResponse:
    """Whether this contact is known, as a line under the field. Without scripts the form itself says it on saving.

    It is posted, since what stands in an address stands in the logs of every machine on the way.
    """
    if request.method != "POST":
        return goes_to(request, "leads:create")
    user = writer(request)
    if not is_fragment(request):
        return goes_to(request, "leads:create")
    contact, kind = request.POST.get("contact", "").strip()[:LONGEST], request.POST.get("kind", "")
    known = None
    if contact and kind in Kind.values:
        draft = PartyDraft(kind=kind, name="", contacts=(ContactDraft(guess_type(contact), contact),))
        known = known_already(draft, by=user)
    party = known.party if known else None
    context = {"known": known, "party": party, "address": address_of(party) if party else ""}
    return show(request, "leads/create_known.html", context)


@page("GET")
def agent_options(request: HttpRequest) -> HttpResponse:
    """A few agents whose name or phone is being typed, to be pressed."""
    if not is_fragment(request):
        return goes_to(request, "leads:create")
    text = request.GET.get("agent_q", "").strip()[:LONGEST]
    found = agents_like(person(request), text) if text else []
    return show(request, "leads/create_agents.html", {"options": found, "typed": text})


def address_of(party: Party) -> str:
    """Where somebody known stands; his leads are there too."""
    name = "agents:card" if party.kind == Kind.AGENT else "agents:client"
    return reverse(name, args=[party.pk])
