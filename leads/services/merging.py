"""Merging two leads on the same person, and taking it back. Both roads through the funnel stay as they were gone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.models import Contact
from agents.services.contacts import ContactDraft, ContactTaken, add_contact
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.events import publish
from funnel.choices import Origin
from leads.access import all_locked
from leads.choices import Outcome
from leads.events import LeadMerged, LeadUnmerged
from leads.models import Agreement, Contract, Interview, Lead, LeadMerge, Meeting, Note, ValuePromise
from leads.services.moves import LeadIsClosed
from leads.services.outcomes import close, reopen

RECORDS = (Meeting, Interview, Agreement, Contract, ValuePromise, Note)
"""What goes over; measurements follow their promises."""
FILLED = ("problem", "resources", "source_channel", "base")
CHOSEN = {
    **{name: (name,) for name in FILLED},
    "amount": ("amount", "currency"),
    "segment": ("segment_id",),
    "agent": ("agent_id",),
}
"""What may be taken from the one that goes, and the columns that hold it."""
_REPLACED = "replaced"


@transaction.atomic
def merge(
    *,
    lead: Lead,
    other: Lead,
    by: User,
    at: datetime,
    take: Collection[str] = (),
    origin: str = Origin.PAGE,
    expected_version: int | None = None,
) -> Lead:
    """Keep ``lead``; ``other`` is archived, its facts, notes and contacts come over, empty fields are filled from it.

    ``take`` names what is right on the other one (of ``CHOSEN``) and replaces what stands. Merged already it changes
    nothing. Raises Invalid (itself, the other funnel), LeadIsClosed, StaleVersion.
    """
    demand_write(by)
    if lead.pk == other.pk:
        raise _wrong(_("Лид не объединяют с самим собой. Выберите другой."), "cycle")
    rows = all_locked([lead.pk, other.pk])
    kept, merged = rows[lead.pk], rows[other.pk]
    if merged.merged_into_id == kept.pk:
        return kept
    check_version(kept, expected_version)
    if kept.kind != merged.kind:
        raise _wrong(_("Эти лиды из разных воронок. Объединить можно лиды одной."), "other_funnel")
    if not (kept.is_open and merged.is_open):
        raise LeadIsClosed(_("Объединяют лиды в работе. Верните в работу тот, что закрыт."))
    row = LeadMerge(kept=kept, merged=merged, by=by, at=at)
    row.moved = {model.__name__: _hand_over(model, merged, kept) for model in RECORDS}
    row.moved["Contact"] = _copy_contacts(merged, kept, by)
    filled = {name: getattr(merged, name) for name in FILLED if getattr(merged, name) and not getattr(kept, name)}
    filled |= {column: getattr(merged, column) for name in take for column in CHOSEN[name]}
    row.filled = list(filled)
    row.moved[_REPLACED] = {name: None if (was := getattr(kept, name)) is None else str(was) for name in filled}
    row.save()
    touched = max(kept.touched_at, merged.touched_at)
    close(lead=merged, outcome=Outcome.ARCHIVED, by=by, at=at, note=_("Объединён с другим лидом"), origin=origin)
    save_changes(Lead.objects.get(pk=merged.pk), {"merged_into": kept})
    publish(LeadMerged(merged.pk, kept.pk, by.pk, at))
    # Raised also where no column differs: an editor who has the card open must see what came over.
    return save_changes(kept, filled | {"touched_at": touched})


@transaction.atomic
def unmerge(
    *,
    lead: Lead,
    other: Lead,
    by: User,
    at: datetime,
    reason: str = "",
    origin: str = Origin.PAGE,
    expected_version: int | None = None,
) -> Lead:
    """Part what was merged into ``lead``: what came over and is still there goes back, ``other`` is in work again.

    What was written since stays where it was written. Parted already it changes nothing. Raises Invalid (they were
    never merged), KnownLead (the person is worked again by another open lead), StaleVersion.
    """
    demand_write(by)
    rows = all_locked([lead.pk, other.pk])
    kept, merged = rows[lead.pk], rows[other.pk]
    known = LeadMerge.objects.filter(kept=kept, merged=merged).order_by("-at").first()
    if known is None:
        raise _wrong(_("Эти лиды не объединяли."), "unknown")
    if known.undone_at is not None:
        return kept
    check_version(kept, expected_version)
    for model in RECORDS:
        _give_back(model, known.moved.get(model.__name__, []), kept, merged)
    Contact.objects.filter(pk__in=known.moved.get("Contact", []), party=kept.party_id).delete()
    save_changes(known, {"undone_at": at, "undone_by": by})
    save_changes(merged, {"merged_into": None})
    reopen(lead=merged, by=by, at=at, reason=reason or _("Это разные лиды"), origin=origin)
    publish(LeadUnmerged(merged.pk, kept.pk, by.pk, at))
    return save_changes(kept, _as_they_were(known, kept, merged))


def _as_they_were(known: LeadMerge, kept: Lead, merged: Lead) -> dict[str, Any]:
    """What the merging put into columns that nobody has changed since."""
    before = known.moved.get(_REPLACED, {})
    untouched = [name for name in known.filled if getattr(kept, name) == getattr(merged, name)]
    columns: dict[str, Any] = {name: Lead._meta.get_field(name) for name in untouched}
    return {name: column.to_python(before.get(name, "")) for name, column in columns.items()}


def _hand_over(model: Any, merged: Lead, kept: Lead) -> list[str]:
    ids = list(model.objects.filter(lead=merged).values_list("pk", flat=True))
    _point(model, ids, kept)
    return [str(pk) for pk in ids]


def _give_back(model: Any, ids: list[str], kept: Lead, merged: Lead) -> None:
    there = model.objects.filter(pk__in=ids, lead=kept).values_list("pk", flat=True)
    _point(model, list(there), merged)


def _point(model: Any, ids: list[UUID], lead: Lead) -> None:
    model.objects.filter(pk__in=ids).update(lead=lead, version=F("version") + 1)


def _copy_contacts(merged: Lead, kept: Lead, by: User) -> list[int]:
    """Of another party on the same person: he may be worked under that name elsewhere, so it keeps them too."""
    copied = list[int]()
    if merged.party_id == kept.party_id:
        return copied
    for contact in merged.party.contacts.all():
        draft = ContactDraft(contact.type, contact.value, contact.person, note=contact.note)
        try:
            copied.append(add_contact(party=kept.party, by=by, draft=draft).pk)
        except ContactTaken:
            continue
    return copied


def _wrong(message: str, code: str) -> Invalid:
    return Invalid(message, [FieldError("lead", code, message)])
