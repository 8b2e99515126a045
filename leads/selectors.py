"""Reading a lead across the rooms: its feed, its way to the next stage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from funnel import log
from funnel.choices import EntryEvent
from funnel.gates import missing_facts, path_between
from funnel.models import Stage
from leads.facts import FACTS, Fact, known_facts
from leads.models import Lead


@dataclass(frozen=True, slots=True)
class PathStep:
    """One stage on the lead's path: where it stands now, what it has behind it."""

    stage: Stage
    current: bool
    done: bool
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Way:
    """The path and the way on: the next stage, and of the facts it asks for which are there."""

    steps: tuple[PathStep, ...]
    next_stage: Stage | None
    asked: tuple[tuple[Fact, bool], ...]

    @property
    def missing(self) -> tuple[Fact, ...]:
        return tuple(fact for fact, known in self.asked if not known)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One line of the feed. ``kind`` picks the icon: entry, note, meeting, interview, agreement, contract, promise."""

    kind: str
    at: datetime
    who: str
    title: str
    text: str
    imported: bool = False


def way_of(lead: Lead) -> Way:
    """Two or three queries whatever the lead's age."""
    stages = list(Stage.objects.of_kind(lead.kind))
    first_entries: dict[UUID, datetime] = {}
    for entry in log.history(lead.pk):
        if entry.event in {EntryEvent.ENTERED, EntryEvent.RETURNED}:
            first_entries.setdefault(entry.stage_id, entry.at)
    shown = [stage for stage in stages if stage.active or stage.pk == lead.stage_id]
    steps = tuple(
        PathStep(s, s.pk == lead.stage_id, s.position < lead.stage.position, first_entries.get(s.pk)) for s in shown
    )
    following = next((s for s in shown if s.position > lead.stage.position and s.active), None)
    if following is None:
        return Way(steps, None, ())
    known = known_facts(lead.pk)
    asked = missing_facts(path_between(stages, lead.stage, following), ())
    return Way(steps, following, tuple((FACTS[code], code in known) for code in asked if code in FACTS))


def feed_of(lead: Lead, *, kinds: Iterable[str] = (), limit: int = 50) -> list[FeedItem]:
    """What happened, newest first."""
    wanted = set(kinds)
    items = [item for item in _all_items(lead) if not wanted or item.kind in wanted]
    return sorted(items, key=lambda item: item.at, reverse=True)[:limit]


def _all_items(lead: Lead) -> Iterable[FeedItem]:
    for entry in log.history(lead.pk):
        yield FeedItem(
            "entry", entry.at, _who(entry.by), _entry_title(entry), entry.reason, imported=entry.origin == "import"
        )
    for note in lead.notes.select_related("by"):
        yield FeedItem("note", note.at, _who(note.by), _("Заметка"), note.text)
    for meeting in lead.meetings.select_related("by"):
        title = f"{meeting.get_kind_display()}: {meeting.get_status_display().lower()}"
        yield FeedItem("meeting", meeting.held_at or meeting.created_at, _who(meeting.by), title, meeting.note)
    for interview in lead.interviews.select_related("by"):
        yield FeedItem("interview", interview.at, _who(interview.by), "CustDev", interview.quotes or interview.problem)
    for agreement in lead.agreements.select_related("by"):
        text = " · ".join(filter(None, (agreement.agent_gives, agreement.bank_gives)))
        yield FeedItem("agreement", agreement.at, _who(agreement.by), _("Договорённость"), text)
    for contract in lead.contracts.select_related("by"):
        title = _("Контракт № %(number)s") % {"number": contract.number or "—"}
        yield FeedItem("contract", contract.created_at, _who(contract.by), title, contract.terms)
    for promise in lead.promises.select_related("by"):
        yield FeedItem("promise", promise.created_at, _who(promise.by), _("Обещание: %s") % promise.metric, "")


def _entry_title(entry: Any) -> str:
    if entry.event in {EntryEvent.ENTERED, EntryEvent.RETURNED} and entry.from_stage:
        return f"{entry.from_stage.name} → {entry.stage.name}"
    if entry.event == EntryEvent.ENTERED:
        return entry.stage.name
    return f"{entry.get_event_display()}: {entry.stage.name}"


def _who(user: Any) -> str:
    return user.name if user else ""
