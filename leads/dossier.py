"""Everything that hangs off one lead, read once: the card, its feed and the API's view of it share these rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Contact
from common.together import Rows, read_together
from funnel import log
from funnel.choices import EntryEvent
from funnel.models import StageEntry
from leads.choices import MeetingStatus
from leads.facts import labels, promises_with_verdict
from leads.models import (
    Agreement,
    BlockerHold,
    Contract,
    Interview,
    Lead,
    Meeting,
    Note,
    ValueMeasurement,
    ValuePromise,
)
from leads.value import bank_day, is_met


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One line of the feed. ``kind`` picks the icon: entry, note, meeting, interview, agreement, contract, promise,
    measurement."""

    kind: str
    at: datetime
    who: str
    title: str
    text: str
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """The rows of one lead, newest first within each kind; ``entries`` stand oldest first."""

    entries: Sequence[StageEntry]
    notes: Sequence[Note]
    meetings: Sequence[Meeting]
    interviews: Sequence[Interview]
    agreements: Sequence[Agreement]
    contracts: Sequence[Contract]
    promises: Sequence[ValuePromise]
    measurements: Sequence[ValueMeasurement]
    holds: Sequence[BlockerHold]
    contacts: Sequence[Contact]


def dossier_of(lead: Lead, *, notes: int = 50) -> Dossier:
    """Four queries whatever the lead's age; of the notes only the newest are read."""
    held = BlockerHold.objects.filter(party=lead.party_id).select_related("blocker__product", "by")
    read = read_together(
        {
            "notes": lead.notes.all()[:notes],
            "meetings": lead.meetings.all(),
            "interviews": lead.interviews.all(),
            "agreements": lead.agreements.all(),
            "contracts": lead.contracts.all(),
            "promises": promises_with_verdict().filter(lead=lead).order_by("due_on", "id"),
            "measurements": ValueMeasurement.objects.filter(promise__lead=lead),
            "contacts": Contact.objects.filter(party=lead.party_id),
        }
    )
    _join(lead, read)
    return Dossier(entries=log.history(lead.pk), holds=list(held.order_by("blocker__status", "-at")), **read)


def _join(lead: Lead, read: Rows) -> None:
    """Put to the rows who wrote them, and the promise to its measurements. One query for all the people."""
    written = [row for name, rows in read.items() if name != "contacts" for row in rows]
    people = User.objects.in_bulk({row.by_id for row in written} - {None})
    for row in written:
        row.by = people.get(row.by_id)
    promises = {promise.pk: promise for promise in read["promises"]}
    for measurement in read["measurements"]:
        measurement.promise = promises[measurement.promise_id]


def feed(rows: Dossier) -> list[FeedItem]:
    """What happened, newest first. Days are shown as they were given, also where a later stage is dated earlier."""
    items = [
        *map(_entry, rows.entries),
        *(FeedItem("note", note.at, _who(note.by), _("Заметка"), note.text) for note in rows.notes),
        *map(_meeting, rows.meetings),
        *map(_interview, rows.interviews),
        *map(_agreement, rows.agreements),
        *map(_contract, rows.contracts),
        *map(_promise, rows.promises),
        *map(_measurement, rows.measurements),
    ]
    return sorted(items, key=lambda item: item.at, reverse=True)


def _who(user: object) -> str:
    return str(getattr(user, "name", "")) if user else ""


def _entry(entry: StageEntry) -> FeedItem:
    imported = entry.origin == "import"
    return FeedItem("entry", entry.at, _who(entry.by), _entry_title(entry), _entry_text(entry), imported=imported)


def _entry_title(entry: StageEntry) -> str:
    if entry.event in {EntryEvent.ENTERED, EntryEvent.RETURNED} and entry.from_stage:
        return f"{entry.from_stage.name} → {entry.stage.name}"
    if entry.event == EntryEvent.ENTERED:
        return entry.stage.name
    return f"{entry.get_event_display()}: {entry.stage.name}"


def _entry_text(entry: StageEntry) -> str:
    skipped = ""
    if entry.waived:
        skipped = _("Шлюз пропущен без: %(facts)s.") % {"facts": ", ".join(labels(entry.waived))}
    return " ".join(filter(None, (entry.reason, skipped)))


def _meeting(meeting: Meeting) -> FeedItem:
    became = {
        MeetingStatus.PLANNED: _("назначили"),
        MeetingStatus.HELD: _("поговорили"),
        MeetingStatus.NO_SHOW: _("не пришёл"),
        MeetingStatus.CANCELLED: _("отменили"),
    }
    title = f"{meeting.get_kind_display()}: {became[MeetingStatus(meeting.status)]}"
    text = " · ".join(filter(None, (meeting.place, meeting.note)))
    return FeedItem("meeting", meeting.held_at or meeting.created_at, _who(meeting.by), title, text)


def _interview(interview: Interview) -> FeedItem:
    found = (
        (_("Проблема"), interview.get_problem_validated_display()),
        (_("Ценность"), interview.get_value_validated_display()),
        (_("УТП"), interview.get_utp_validated_display()),
    )
    answers = " · ".join(f"{what}: {word.lower()}" for what, word in found if word)
    text = "\n".join(filter(None, (interview.quotes or interview.problem, answers)))
    return FeedItem("interview", interview.at, _who(interview.by), "CustDev", text)


def _agreement(agreement: Agreement) -> FeedItem:
    text = " · ".join(filter(None, (agreement.agent_gives, agreement.bank_gives)))
    return FeedItem("agreement", agreement.at, _who(agreement.by), _("Договорённость"), text)


def _contract(contract: Contract) -> FeedItem:
    title = _("Контракт № %(number)s") % {"number": contract.number or "—"}
    return FeedItem("contract", contract.created_at, _who(contract.by), title, contract.terms)


def _promise(promise: ValuePromise) -> FeedItem:
    """On the day it was given: a promise may be written down later than that."""
    at = promise.created_at
    if bank_day(at) != promise.promised_on:
        at = datetime.combine(promise.promised_on, time(12), timezone.get_default_timezone())
    said = {"target": _number(promise.target), "unit": promise.unit, "day": f"{promise.due_on:%d.%m.%Y}"}
    text = _("%(target)s %(unit)s к %(day)s") % said
    return FeedItem("promise", at, _who(promise.by), _("Обещание: %(metric)s") % {"metric": promise.metric}, text)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _measurement(measurement: ValueMeasurement) -> FeedItem:
    promise = measurement.promise
    title = _("Измерено: %(metric)s — %(value)s %(unit)s")
    title %= {"metric": promise.metric, "value": _number(measurement.value), "unit": promise.unit}
    verdict = _("не хуже обещанного") if is_met(promise, measurement.value) else _("ниже обещанного")
    text = " · ".join(filter(None, (measurement.taken_from, verdict)))
    return FeedItem("measurement", measurement.at, _who(measurement.by), title.strip(), text)
