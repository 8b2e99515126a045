"""Deeds on products, initiatives, segments and UTPs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.access import demand_dictionaries, demand_write
from accounts.models import User
from agents.models import Initiative, InitiativeMember, InitiativeSegment, Product, Segment, Utp
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.outside import known_once


class NameTaken(Refused):
    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved segment and what its owner should know: a warning never stops the work."""

    segment: Segment
    warnings: tuple[str, ...]


@transaction.atomic
def save_product(
    *, by: User, product: Product | None, changes: Mapping[str, Any], expected_version: int | None = None
) -> Product:
    """Add a product or change it. Raises Invalid (a negative margin), NameTaken, StaleVersion, NotAllowed."""
    demand_dictionaries(by)
    if (margin := changes.get("margin")) is not None and margin < 0:
        message = _("Маржа не бывает отрицательной.")
        raise Invalid(message, [FieldError("margin", "range", message)])
    try:
        with transaction.atomic():
            if product is None:
                return Product.objects.create(**changes)
            locked = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
            check_version(locked, expected_version, changes)
            return save_changes(locked, changes)
    except IntegrityError as error:
        raise _taken("code", _("Продукт с таким кодом уже есть.")) from error


@transaction.atomic
def create_segment(*, by: User, fields: Mapping[str, Any], initiative: Initiative | None = None) -> Saved:
    """Add a segment to the bank's map, and to an initiative when given. Raises Invalid, NameTaken."""
    demand_write(by)
    segment = Segment(**{"owner": by, "team": by.team, **fields})
    _check_segment(segment)
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        raise _segment_taken(error) from error
    if initiative is not None:
        InitiativeSegment.objects.get_or_create(initiative=initiative, segment=segment)
    return Saved(segment, reach_warnings(segment))


@transaction.atomic
def update_segment(
    *, segment: Segment, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> Saved:
    """Raises Invalid (a ring of parents, another kind), NameTaken, StaleVersion."""
    demand_write(by)
    locked = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    check_version(locked, expected_version, changes)
    trial = Segment.objects.get(pk=segment.pk)
    for name, value in changes.items():
        setattr(trial, name, value)
    _check_segment(trial)
    try:
        with transaction.atomic():
            saved = save_changes(locked, changes)
    except IntegrityError as error:
        raise _segment_taken(error) from error
    return Saved(saved, reach_warnings(saved))


def _check_segment(segment: Segment) -> None:
    """A sub-segment narrows a segment of its own kind, and never itself."""
    parent, seen = segment.parent, {segment.pk}
    while parent is not None:
        if parent.pk in seen:
            message = _("Сегмент не может уточнять сам себя. Выберите другой.")
            raise Invalid(message, [FieldError("parent", "cycle", message)])
        if parent.kind != segment.kind:
            message = _("Подсегмент агентов уточняет сегмент агентов, подсегмент клиентов — сегмент клиентов.")
            raise Invalid(message, [FieldError("parent", "kind", message)])
        seen.add(parent.pk)
        parent = parent.parent


def reach_warnings(segment: Segment) -> tuple[str, ...]:
    """Where the reach of sub-segments together exceeds the parent's: said, never silently accepted."""
    found = []
    for parent in filter(None, (segment.parent, segment)):
        total = parent.children.aggregate(total=Sum("reach"))["total"] or 0
        if parent.reach is not None and total > parent.reach:
            text = _("Охват подсегментов (%(total)s) больше, чем у «%(name)s» (%(reach)s). Проверьте числа.")
            found.append(text % {"total": total, "name": parent.name, "reach": parent.reach})
    return tuple(found)


@transaction.atomic
def save_utp(*, by: User, utp: Utp | None, fields: Mapping[str, Any], expected_version: int | None = None) -> Utp:
    """Add a UTP or change it. Raises NameTaken (another system's number is another's), StaleVersion, NotAllowed."""
    demand_write(by)
    try:
        with transaction.atomic():
            if utp is None:
                return Utp.objects.create(**{"owner": by, "team": by.team, **fields})
            locked = Utp.objects.select_for_update(no_key=True).get(pk=utp.pk)
            check_version(locked, expected_version, fields)
            return save_changes(locked, fields)
    except IntegrityError as error:
        raise _taken("external_id", _("УТП с таким внешним номером уже есть.")) from error


@transaction.atomic
def save_initiative(
    *,
    by: User,
    initiative: Initiative | None,
    fields: Mapping[str, Any],
    members: Iterable[User] | None = None,
    segments: Iterable[Segment] | None = None,
    expected_version: int | None = None,
) -> Initiative:
    """Open or change an initiative, its people and its segments. Raises Invalid, KnownOutside, StaleVersion."""
    demand_write(by)
    if initiative is None:
        values = {"owner": by, **fields}
        _check_period(values["starts_on"], values["ends_on"])
        with known_once(_("Инициатива с таким внешним номером уже есть.")):
            saved = Initiative.objects.create(**{"team": values["owner"].team, **values})
    else:
        locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
        check_version(locked, expected_version, fields)
        _check_period(fields.get("starts_on", locked.starts_on), fields.get("ends_on", locked.ends_on))
        with known_once(_("Инициатива с таким внешним номером уже есть.")):
            saved = save_changes(locked, fields)
    if members is not None:
        _sync(InitiativeMember, saved, "user", {user.pk for user in members})
    if segments is not None:
        _sync(InitiativeSegment, saved, "segment", {segment.pk for segment in segments})
    return saved


def _sync(through: Any, initiative: Initiative, column: str, wanted: set[UUID]) -> None:
    rows = through.objects.filter(initiative=initiative)
    present = set(rows.values_list(f"{column}_id", flat=True))
    rows.filter(**{f"{column}_id__in": present - wanted}).delete()
    missing = [through(initiative=initiative, **{f"{column}_id": pk}) for pk in wanted - present]
    through.objects.bulk_create(missing, ignore_conflicts=True)


def _check_period(starts_on: Any, ends_on: Any) -> None:
    if ends_on < starts_on:
        message = _("Конец раньше начала. Поправьте даты.")
        raise Invalid(message, [FieldError("ends_on", "period", message)])


def _segment_taken(error: IntegrityError) -> NameTaken:
    if "segment_external_unique" in str(error):
        return _taken("external_id", _("Сегмент с таким внешним номером уже есть."))
    return _taken("name", _("Такой сегмент уже есть."))


def _taken(field: str, message: str) -> NameTaken:
    return NameTaken(message, [FieldError(field, "duplicate", message)])
