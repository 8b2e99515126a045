"""Blockers on the bank's side: named once, held against many parties, removed once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.models import Party, Product
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.outside import KnownOutside, known_once
from common.text import one_line
from leads.choices import BlockerStatus
from leads.models import Blocker, BlockerHold

WORDS = frozenset({"description", "responsible"})


class BlockerKnown(Refused):
    """The same words for the same product are the same blocker."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


@transaction.atomic
def add_blocker(
    *,
    party: Party,
    by: User,
    at: datetime,
    description: str,
    category: str,
    product: Product | None = None,
    responsible: str = "",
    source: str = "",
    external_id: str = "",
) -> Blocker:
    """Say what holds this party back; the same words for the same product are the same blocker.

    One that no other system has named yet takes the pair that is given. Raises Invalid, KnownOutside (the pair is
    another blocker's, or the blocker bears another pair).
    """
    demand_write(by)
    words = one_line(description)[:300]
    if not words:
        message = _("Напишите, что на стороне банка мешает.")
        raise Invalid(message, [FieldError("description", "required", message)])
    pair = {"source": source, "external_id": external_id}
    with known_once(_("Блокатор с таким внешним номером уже есть.")):
        blocker, _created = Blocker.objects.get_or_create(
            category=category,
            product=product,
            description=words,
            defaults={"by": by, "opened_at": at, "responsible": one_line(responsible)[:120], **pair},
        )
        _name_outside(blocker, pair)
    if blocker.status == BlockerStatus.REMOVED:
        save_changes(blocker, {"status": BlockerStatus.OPEN, "removed_at": None})
    BlockerHold.objects.get_or_create(blocker=blocker, party=party, defaults={"by": by, "at": at})
    return blocker


def _name_outside(blocker: Blocker, pair: Mapping[str, str]) -> None:
    """Raises KnownOutside: the words are those of a blocker that the other system knows by another number."""
    if not pair["external_id"]:
        return
    if blocker.external_id and (blocker.source, blocker.external_id) != (pair["source"], pair["external_id"]):
        raise KnownOutside(_("Такой блокатор уже есть, и внешний номер у него другой."))
    save_changes(blocker, pair)


@transaction.atomic
def remove_blocker(*, blocker: Blocker, by: User, at: datetime) -> Blocker:
    """The bank removed it: it holds nobody back any more, and who was held stays known."""
    demand_write(by)
    locked = Blocker.objects.select_for_update(no_key=True).get(pk=blocker.pk)
    if locked.status == BlockerStatus.REMOVED:
        return locked
    return save_changes(locked, {"status": BlockerStatus.REMOVED, "removed_at": at})


@transaction.atomic
def release_party(*, blocker: Blocker, party: Party, by: User) -> None:
    """It turned out not to concern this party."""
    demand_write(by)
    BlockerHold.objects.filter(blocker=blocker, party=party).delete()


@transaction.atomic
def reopen_blocker(*, blocker: Blocker, by: User) -> Blocker:
    """It was not removed after all: it holds the same people back again."""
    demand_write(by)
    locked = Blocker.objects.select_for_update(no_key=True).get(pk=blocker.pk)
    return save_changes(locked, {"status": BlockerStatus.OPEN, "removed_at": None})


@transaction.atomic
def update_blocker(
    *, blocker: Blocker, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> Blocker:
    """Change its category, its words, its name elsewhere, or who is to remove it.

    Raises Invalid, BlockerKnown, KnownOutside, StaleVersion.
    """
    demand_write(by)
    locked = Blocker.objects.select_for_update(no_key=True).get(pk=blocker.pk)
    check_version(locked, expected_version, changes)
    wanted = {name: one_line(value) if name in WORDS else value for name, value in changes.items()}
    if not wanted.get("description", locked.description):
        message = _("Напишите, что на стороне банка мешает.")
        raise Invalid(message, [FieldError("description", "required", message)])
    try:
        with known_once(_("Блокатор с таким внешним номером уже есть.")):
            return save_changes(locked, wanted)
    except IntegrityError as error:
        message = _("Такой блокатор уже есть в списке.")
        raise BlockerKnown(message, [FieldError("description", "duplicate", message)]) from error
