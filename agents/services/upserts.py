"""Agents and clients as another system knows them: made when they are new to us, changed when they are not.

Batch-first, as the intake of leads: one message passes through the same lines as a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

from accounts.access import demand_write
from accounts.models import User
from agents.models import Contact, Party
from agents.services import parties
from agents.services.bant import BantAnswer, joined
from agents.services.contacts import contact_key, lock_contacts
from agents.services.parties import KnownParty, PartyDraft, known_message
from common import bulk
from common.errors import Invalid, Refused
from jobs import versions

NOUN = "party"
_RETRIES = 3


@dataclass(frozen=True, slots=True)
class PartyMessage:
    """``draft`` is whom to make where the pair is new, ``changes`` what a known one takes over. ``bant`` are answers
    by question, None takes one away."""

    draft: PartyDraft
    changes: Mapping[str, Any]
    owner: User | None = None
    source_version: int | None = None
    bant: Mapping[str, BantAnswer | None] = field(default_factory=dict)

    @property
    def pair(self) -> versions.Pair:
        return self.draft.source, self.draft.external_id


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one message: ``refusal``, or the party and whether it was made or changed."""

    party: Party | None = None
    made: bool = False
    changed: bool = False
    refusal: Refused | None = None


def upsert_party(*, by: User, message: PartyMessage, today: date) -> tuple[Party, bool]:
    """The party of the message's pair, and whether it was made now.

    A known one takes over the changes and the contacts that it had not; the same again changes nothing. Raises
    Invalid, NotAllowed, KnownParty (somebody else's, or the number is another's), StaleMessage.
    """
    told = _taken([message], by, today)[0]
    if told.party is None:
        raise told.refusal or AssertionError("unreachable")
    return told.party, told.made


def upsert_in_turns(
    *, by: User, messages: Sequence[PartyMessage], today: date, all_or_none: bool = False
) -> list[Upserted]:
    """The same for many, in their order; the good ones go in past the refused.

    With ``all_or_none`` one refusal undoes them all, and the answers say what would have been; an older message than
    is known undoes nothing, it is left out. Raises NotAllowed for those who only read.
    """
    answers: dict[int, Upserted] = {}
    with transaction.atomic():
        for turn in versions.turns([message.pair for message in messages]):
            taken = _taken([messages[place] for place in turn], by, today)
            answers |= dict(zip(turn, taken, strict=True))
        if all_or_none and any(_refuses(one) for one in answers.values()):
            transaction.set_rollback(True)
    return [answers[place] for place in range(len(messages))]


def _refuses(one: Upserted) -> bool:
    return one.refusal is not None and not isinstance(one.refusal, versions.StaleMessage)


def _taken(messages: Sequence[PartyMessage], by: User, today: date) -> list[Upserted]:
    demand_write(by)
    for attempt in range(_RETRIES):
        try:
            with transaction.atomic():
                return _Batch(messages, by, today).run()
        except IntegrityError:  # another transaction made the same pair or number a moment ago
            if attempt == _RETRIES - 1:
                raise
    raise AssertionError("unreachable")


class _Batch:
    """One turn in one transaction: look everything up, judge message by message, write the new ones together."""

    def __init__(self, messages: Sequence[PartyMessage], by: User, today: date) -> None:
        self.messages, self.by, self.today = messages, by, today
        self.owners: set[UUID] = set()
        self.made: list[tuple[Party, PartyDraft]] = []
        self.more: list[tuple[Party, PartyDraft]] = []
        """Known parties with the contacts that they had not."""

    def run(self) -> list[Upserted]:
        lock_contacts(contact for message in self.messages for contact in message.draft.contacts)
        self._look_up()
        answers = []
        for message in self.messages:
            try:
                answers.append(self._take(message))
            except Refused as refusal:
                answers.append(Upserted(refusal=refusal))
        self._write(answers)
        return answers

    def _look_up(self) -> None:
        pairs = [message.pair for message in self.messages if message.draft.external_id]
        rows = Party.objects.filter(source__in={s for s, _pk in pairs}, external_id__in={pk for _s, pk in pairs})
        held = rows.exclude(external_id="").select_related("owner__team", "team", "segment", "agent").order_by("pk")
        self.held = {(p.source, p.external_id): p for p in held.select_for_update(no_key=True, of=("self",))}
        drafts = [message.draft for message in self.messages if message.pair not in self.held]
        self.known = parties.Known(drafts)
        found = [party for draft in drafts if (party := self.known.find(draft)) is not None]
        prefetch_related_objects(found, "owner")  # a refusal names who works with him
        concerned = [party.pk for party in (*self.held.values(), *found)]
        self.visible = set(Party.objects.visible_to(self.by).filter(pk__in=concerned).values_list("pk", flat=True))
        numbered = [message.pair for message in self.messages if message.source_version is not None]
        self.newest = versions.newest(noun=NOUN, pairs=numbered)
        contacts = Contact.objects.filter(party__in=self.held.values())
        self.contacts = set(contacts.values_list("party_id", "type", "key"))

    def _take(self, message: PartyMessage) -> Upserted:
        held = self.held.get(message.pair)
        if held is not None:
            return self._change(held, message)
        if message.owner is not None and message.owner.pk not in self.owners:
            parties.check_owner(message.owner, self.by)
            self.owners.add(message.owner.pk)
        self._demand_sound(message.draft)
        if (known := self.known.find(message.draft)) is not None:
            visible = known._state.adding or known.pk in self.visible
            raise KnownParty(known_message(known, visible=visible), known if visible else None)
        party = parties.build(message.draft, owner=message.owner or self.by)
        party.bant = joined({}, message.bant, self.today)
        self.known.add(party, message.draft)
        self.made.append((party, message.draft))
        return Upserted(party, made=True, changed=True)

    def _change(self, held: Party, message: PartyMessage) -> Upserted:
        if held.pk not in self.visible or held.kind != message.draft.kind:
            raise KnownParty(known_message(held, visible=False), None)
        versions.demand_newer(self.newest.get(message.pair), message.source_version)
        self._demand_sound(message.draft)
        changes = dict(message.changes)
        if message.bant:
            changes["bant"] = joined(held.bant, message.bant, self.today)
        wanted, version = parties.normal(held, changes), held.version
        if any(getattr(held, name) != value for name, value in wanted.items()):
            held = parties.update_party(party=held, by=self.by, changes=changes)
        contacts = tuple(c for c in message.draft.contacts if (held.pk, c.type, contact_key(c)) not in self.contacts)
        if contacts:
            self.more.append((held, replace(message.draft, contacts=contacts)))
        return Upserted(held, changed=bool(contacts) or held.version != version)

    @staticmethod
    def _demand_sound(draft: PartyDraft) -> None:
        if errors := parties.problems(draft):
            raise Invalid(errors[0].message, errors)

    def _write(self, answers: Sequence[Upserted]) -> None:
        new = [party for party, _draft in self.made]
        bulk.insert(new)
        written = [*self.made, *self.more]
        parties.save_contacts([party for party, _draft in written], [draft for _party, draft in written])
        parties.tell_added(new, by_id=self.by.pk)
        given = {
            message.pair: message.source_version
            for message, told in zip(self.messages, answers, strict=True)
            if message.source_version is not None and told.refusal is None
        }
        versions.note(noun=NOUN, given=given)
