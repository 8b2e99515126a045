"""Who somebody is: making, finding and changing agents and clients. Batch-first, so that a page and an import
of ten thousand rows pass through the same lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from accounts.scope import may_see_owner
from agents.choices import Kind
from agents.events import PartiesAdded, PartyChanged
from agents.models import Contact, Party
from agents.services.contacts import ContactDraft, contact_key, keys_of, lock_contacts
from common import bulk, taxid
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotAllowed, Refused
from common.events import publish
from common.text import fold, one_line

NAME_LENGTH = 200
IDENTIFYING = frozenset({"phone", "email", "telegram", "whatsapp"})


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """Facts of identity as they arrive from a form, a file or a bank system."""

    kind: str
    name: str
    legal_form: str = "person"
    contacts: tuple[ContactDraft, ...] = ()
    city: str = ""
    tax_id: str = ""
    segment_id: UUID | None = None
    agent_id: UUID | None = None
    partnership: str = ""
    source: str = ""
    external_id: str = ""
    problem: str = ""
    resources: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


class KnownParty(Refused):
    """The person or firm is in the base already. ``party`` is set only where the caller may see it."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409

    def __init__(self, message: str, party: Party | None) -> None:
        super().__init__(message, [FieldError("name", "duplicate", message)])
        self.party = party


def problems(draft: PartyDraft) -> list[FieldError]:
    """What is wrong with the draft by itself, without looking at the base."""
    found: list[FieldError] = []
    name = one_line(draft.name)
    if not name:
        found.append(FieldError("name", "required", _("Укажите имя человека или название фирмы.")))
    elif len(name) > NAME_LENGTH:
        message = _("Имя длиннее %(limit)s знаков. Сократите его.") % {"limit": NAME_LENGTH}
        found.append(FieldError("name", "too_long", message))
    number = taxid.normalise(draft.tax_id)
    if number and not taxid.is_valid(number):
        message = _("Проверьте номер: ИНН — 10 или 12 цифр, СТИР — 9, ПИНФЛ — 14; контрольная цифра не сходится.")
        found.append(FieldError("tax_id", "invalid", message))
    for contact in draft.contacts:
        try:
            contact_key(contact)
        except Invalid as error:
            found.extend(error.errors)
    return found


def build(draft: PartyDraft, *, owner: User | None) -> Party:
    """An unsaved party of a draft without problems."""
    return Party(
        kind=draft.kind,
        legal_form=draft.legal_form,
        name=one_line(draft.name),
        sort_key=fold(draft.name)[:NAME_LENGTH],
        segment_id=draft.segment_id,
        city=one_line(draft.city),
        tax_id=taxid.normalise(draft.tax_id),
        agent_id=draft.agent_id if draft.kind == Kind.CLIENT else None,
        partnership=draft.partnership,
        source=draft.source,
        external_id=draft.external_id,
        problem=draft.problem.strip(),
        resources=draft.resources.strip(),
        owner=owner,
        team=owner.team if owner else None,
        **draft.extra,
    )


class Known:
    """The parties that a batch of drafts may already be: by the other system's id, tax number, contact.

    Four queries whatever the batch's size. ``add`` makes a party of the same batch findable too.
    """

    def __init__(self, drafts: Sequence[PartyDraft], *, lock: bool = True) -> None:
        external = {(d.source, d.external_id) for d in drafts if d.external_id}
        numbers = {taxid.normalise(d.tax_id) for d in drafts if d.tax_id}
        keys = {key for d in drafts for kind, key in keys_of(d.contacts) if kind in IDENTIFYING}
        self._by_external: dict[tuple[str, str], Party] = {}
        self._by_tax: dict[tuple[str, str], Party] = {}
        self._by_contact: dict[tuple[str, str, str], Party] = {}
        if external or numbers:
            ids = Q(external_id__in={i for _s, i in external}) & ~Q(external_id="")
            for party in Party.objects.filter(ids | Q(tax_id__in=numbers - {""})):
                self._index(party)
        if keys:
            found = Contact.objects.filter(key__in=keys, type__in=IDENTIFYING).select_related("party")
            for contact in found.order_by("-id"):
                self._by_contact[contact.party.kind, contact.type, contact.key] = contact.party

    def find(self, draft: PartyDraft) -> Party | None:
        """The party that this draft means, or None."""
        if draft.external_id and (found := self._by_external.get((draft.source, draft.external_id))):
            return found
        if draft.tax_id and (found := self._by_tax.get((draft.kind, taxid.normalise(draft.tax_id)))):
            return found
        for kind, key in keys_of(draft.contacts):
            if kind in IDENTIFYING and (found := self._by_contact.get((draft.kind, kind, key))):
                return found
        return None

    def add(self, party: Party, draft: PartyDraft) -> None:
        self._index(party)
        for kind, key in keys_of(draft.contacts):
            self._by_contact.setdefault((party.kind, kind, key), party)

    def _index(self, party: Party) -> None:
        if party.external_id:
            self._by_external[party.source, party.external_id] = party
        if party.tax_id:
            self._by_tax[party.kind, party.tax_id] = party


def known_message(party: Party, *, visible: bool) -> str:
    """What is said of a double: the name to those who may see it, else only that it is taken."""
    if not visible:
        return _("Такой контакт или номер уже известен банку, его ведёт другой сотрудник.")
    owner = party.owner.name if party.owner else _("никто")
    return _("Уже есть в базе: «%(name)s», ведёт %(owner)s.") % {"name": party.name, "owner": owner}


def known_already(draft: PartyDraft, *, by: User) -> KnownParty | None:
    """The refusal that making this party would meet; None where he is new. Tells the name only to who may see it."""
    known = Known([draft]).find(draft)
    if known is None:
        return None
    visible = Party.objects.visible_to(by).filter(pk=known.pk).exists()
    return KnownParty(known_message(known, visible=visible), known if visible else None)


@transaction.atomic
def create_party(*, by: User, draft: PartyDraft, owner: User | None = None) -> Party:
    """Make an agent or a client. Raises Invalid, NotAllowed, or KnownParty when he is in the base already."""
    demand_write(by)
    check_owner(owner, by)
    if errors := problems(draft):
        raise Invalid(errors[0].message, errors)
    lock_contacts(draft.contacts)
    if (refusal := known_already(draft, by=by)) is not None:
        raise refusal
    party = build(draft, owner=owner or by)
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError as error:  # somebody entered the same number a moment ago
        raise KnownParty(_("Такой номер только что внесли. Обновите список."), None) from error
    save_contacts([party], [draft])
    tell_added([party], by_id=by.pk)
    return party


def tell_added(parties: Sequence[Party], *, by_id: UUID) -> None:
    """Publish that these are new in the base."""
    of_kind = {kind: tuple(party.pk for party in parties if party.kind == kind) for kind in Kind.values}
    if parties:
        publish(PartiesAdded(of_kind[Kind.AGENT], of_kind[Kind.CLIENT], by_id))


def save_contacts(parties: Sequence[Party], drafts: Sequence[PartyDraft]) -> None:
    """Add the drafts' contacts to their parties in one statement; those that are there already stay as they are."""
    from agents.services.contacts import build as build_contact

    rows = [build_contact(party, c) for party, draft in zip(parties, drafts, strict=True) for c in draft.contacts]
    if rows:
        bulk.insert(rows, ignore_conflicts=True)


@transaction.atomic
def update_party(*, party: Party, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> Party:
    """Change who somebody is, or hand him to a colleague.

    Raises Invalid, KnownParty (the tax number is another's), NotAllowed (the new owner's work is not one's to see),
    StaleVersion.
    """
    demand_write(by)
    locked = Party.objects.select_for_update(no_key=True).get(pk=party.pk)
    check_version(locked, expected_version, changes)
    wanted = normal(locked, changes)
    if wanted.get("owner") != locked.owner:
        check_owner(wanted.get("owner"), by)
    try:
        with transaction.atomic():
            before = {name: getattr(locked, name) for name in wanted}
            saved = save_changes(locked, wanted)
    except IntegrityError as error:
        raise _number_taken(locked, str(wanted.get("tax_id", "")), by) from error
    if fields := tuple(name for name, value in before.items() if getattr(saved, name) != value):
        publish(PartyChanged(saved.pk, saved.kind, fields, by.pk))
    return saved


def _number_taken(party: Party, number: str, by: User) -> KnownParty:
    holder = Party.objects.filter(kind=party.kind, tax_id=number).exclude(pk=party.pk).first() if number else None
    if holder is None:
        return KnownParty(_("Этот налоговый номер уже у другой записи."), None)
    visible = Party.objects.visible_to(by).filter(pk=holder.pk).exists()
    return KnownParty(known_message(holder, visible=visible), holder if visible else None)


def check_owner(owner: User | None, by: User) -> None:
    """Raises NotAllowed where the owner's work is not one's to see."""
    if owner is not None and not may_see_owner(by, owner):
        message = _("Закрепить можно за тем, чью работу вы видите. Попросите руководителя.")
        raise NotAllowed(message, [FieldError("owner", "not_visible", message)])


def normal(party: Party, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as they are stored. Raises Invalid."""
    wanted = dict(changes)
    name, number = wanted.get("name", party.name), wanted.get("tax_id", party.tax_id)
    if errors := problems(PartyDraft(kind=party.kind, name=name, tax_id=number)):
        raise Invalid(errors[0].message, errors)
    if "name" in wanted:
        wanted |= {"name": one_line(name), "sort_key": fold(name)[:NAME_LENGTH]}
    if "tax_id" in wanted:
        wanted["tax_id"] = taxid.normalise(number)
    if wanted.get("owner") is not None:
        wanted["team"] = wanted["owner"].team
    return wanted
