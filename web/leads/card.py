"""The lead's card: where it stands, what comes next, how to reach them, what was promised, what happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ShareNoun, User
from agents.choices import ContactType
from agents.models import Contact
from common import clock
from common.together import Rows, read_together
from documents.choices import DocumentStatus
from hypotheses.models import Hypothesis
from leads.access import get_lead_for, may_work_on
from leads.choices import BlockerStatus, MeetingStatus, Outcome, PromiseState
from leads.dossier import Dossier, FeedItem, dossier_of
from leads.doubles import likely_doubles
from leads.models import BlockerHold, Lead
from leads.selectors import PathStep, Way, feed_of, way_of
from leads.value import bank_day
from web import formats
from web.calls.feed import CallItem, calls_of
from web.leads.forms_lead import NoteForm, StepForm
from web.leads.neighbours import place_of
from web.leads.steps import CHIPS
from web.pages import page, person, show
from web.results.bar import bar_of_lead
from web.sharing import shares_of
from web.ui.registry import language
from web.value.shown import shown

SHOWN, MOST = 12, 500
PAPERS = 20
FEEDS: dict[str, tuple[Any, frozenset[str]]] = {
    "all": (_("Всё"), frozenset()),
    "notes": (_("Заметки"), frozenset({"note"})),
    "talks": (_("Разговоры"), frozenset({"meeting", "interview", "call"})),
    "stages": (_("Этапы"), frozenset({"entry"})),
    "terms": (_("Условия"), frozenset({"agreement", "contract", "promise", "measurement"})),
}
ICONS = {
    "entry": "arrow-right", "note": "note", "meeting": "calendar", "interview": "target", "agreement": "scales",
    "contract": "edit", "promise": "star", "measurement": "money", "call": "phone",
}  # fmt: skip


@page("GET")
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, at = person(request), clock.now()
    lead = get_lead_for(user, pk)
    rows = dossier_of(lead, notes=MOST + 1)
    way = way_of(lead, rows.entries)
    writes = may_work_on(user, lead)
    context = {
        "lead": lead,
        "writes": writes,
        "way": way,
        "known": sum(known for _fact, known in way.asked),
        "path": [_step(lead, step, writes=writes and not _shut(lead)) for step in way.steps],
        "days": (at - lead.stage_entered_at).days if lead.is_open else None,
        "shut": _shut(lead),
        "double": writes and likely_doubles(lead, user).exists(),
        "place": place_of(request, lead),
        "here": request.build_absolute_uri(reverse("leads:card", args=[lead.pk])),
        **_parts(lead, rows, at),
        **_papers(lead),
        "today": bank_day(at),
        **_shares(lead, user, at),
        "test": Hypothesis.objects.visible_to(user).filter(pk=getattr(lead, "hypothesis_id", None)).first(),
        **_feed(request, lead, rows),
    }
    if writes:
        context |= {"step_form": StepForm(initial={"text": lead.next_action}), "note_form": NoteForm(), "chips": CHIPS}
        context["result"] = bar_of_lead(request, lead)
    return show(request, "leads/card.html", context)


def _shares(lead: Lead, user: User, at: datetime) -> dict[str, Any]:
    address = reverse("leads:share", args=[lead.pk])
    return shares_of(user, noun=ShareNoun.LEAD, subject=lead.pk, owner=lead.owner, address=address, at=at)


def _shut(lead: Lead) -> bool:
    """Lost or archived: nothing moves until it is taken back to work. A won lead may still go back."""
    return lead.is_closed and lead.outcome != Outcome.WON


def _step(lead: Lead, step: PathStep, *, writes: bool) -> dict[str, object]:
    """A stage as the path component takes it; the date is the first entry, as it was given."""
    state = "done" if step.done else "next"
    if step.current:
        state = {Outcome.LOST: "refused", Outcome.ARCHIVED: "refused", Outcome.WON: "done"}.get(
            Outcome(lead.outcome), "current"
        )
    entered = timezone.localtime(step.entered_at) if step.entered_at else None
    url = f"{reverse('leads:move', args=[lead.pk])}?{urlencode({'to': step.stage.code})}"
    return {
        "name": step.stage.name,
        "state": state,
        "note": formats.day(entered, language()) if entered else "",
        "url": url if writes and not step.current else "",
        "dialog": True,
    }


def _parts(lead: Lead, rows: Dossier, at: datetime) -> dict[str, Any]:
    promises = shown(lead, rows.promises, bank_day(at), rows.measurements)
    phones = [c for c in rows.contacts if c.type in {ContactType.PHONE, ContactType.WHATSAPP}]
    return {
        "contacts": rows.contacts,
        "phone": phones[0] if phones else None,
        "holds": _open_first(rows.holds),
        "planned": [m for m in rows.meetings if m.status == MeetingStatus.PLANNED],
        "agreement": next(iter(rows.agreements), None),
        "contracts": rows.contracts,
        "promises": promises,
        "falls_short": any(one.state == PromiseState.SHORT for one in promises),
        "interview": next(iter(rows.interviews), None),
    }


def _papers(lead: Lead) -> Rows:
    """In one query: what he agreed to, the contracts prepared for him, the questions to the lawyers."""
    return read_together(
        {
            "consents": lead.party.consents.all(),
            "papers": lead.documents.exclude(status=DocumentStatus.VOID).order_by("-created_at"),
            "legal_requests": lead.legal_requests.order_by(F("closed_at").asc(nulls_first=True), "due_on")[:PAPERS],
        }
    )


def _open_first(holds: Sequence[BlockerHold]) -> list[BlockerHold]:
    return sorted(holds, key=lambda hold: hold.blocker.status != BlockerStatus.OPEN)


def _feed(request: HttpRequest, lead: Lead, rows: Dossier) -> dict[str, Any]:
    chosen = request.GET.get("feed", "")
    chosen = chosen if chosen in FEEDS else "all"
    kinds = FEEDS[chosen][1]
    items: list[FeedItem | CallItem] = [*feed_of(lead, kinds=kinds, limit=MOST, dossier=rows)]
    if not kinds or "call" in kinds:
        items = sorted([*items, *calls_of(lead, most=MOST)], key=lambda item: item.at, reverse=True)[:MOST]
    whole = "whole" in request.GET
    shown = items if whole else items[:SHOWN]
    return {
        "feed": [(item, ICONS[item.kind]) for item in shown],
        "feeds": [(name, label, name == chosen) for name, (label, _kinds) in FEEDS.items()],
        "feed_rest": len(items) - len(shown),
    }


def contact_link(contact: Contact) -> str:
    """What pressing a contact does."""
    return {"email": f"mailto:{contact.value}", "telegram": f"https://t.me/{contact.key}"}.get(contact.type, "")


__all__ = ["FeedItem", "Way", "card", "contact_link"]
