"""Writing a hypothesis down and mending the draft; what runs is locked, and changed only as a new edition."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from accounts.scope import may_see_owner
from agents.models import Utp
from common.changes import check_version, save_changes
from common.errors import FieldError, NotAllowed, Refused
from common.outside import known_once
from hypotheses import planning
from hypotheses.models import Arm, Hypothesis
from hypotheses.services.checks import SAMPLE, check

COPIED = (
    "initiative", "segment", "product", "problem", "success_stage", "expected_rate", "refuted_below", "difference",
    "sample", "mature_days", "open_ended",
)  # fmt: skip
_NUMBERS_LOCK = 7_302_114
_PLACES = Decimal("0.0001")


class Locked(Refused):
    """What the sample is judged by does not change while it is judged."""

    code: ClassVar[str] = "locked"
    status: ClassVar[int] = 409


@transaction.atomic
def create_hypothesis(*, by: User, fields: Mapping[str, Any], utps: Sequence[Utp]) -> Hypothesis:
    """Write a draft. Difference, sample and ripening that are not given follow from the rates and the stage's norms.

    Rates are shares, 0 to 1. Raises Invalid, NotAllowed, KnownOutside.
    """
    demand_write(by)
    values = {"owner": by, **_rounded(fields)}
    _demand_owner(by, values["owner"])
    check(values, utps)
    return _write(_with_defaults(values) | {"team": values["owner"].team}, utps, number=None)


@transaction.atomic
def update_hypothesis(
    *,
    hypothesis: Hypothesis,
    by: User,
    changes: Mapping[str, Any],
    utps: Sequence[Utp] | None = None,
    expected_version: int | None = None,
) -> Hypothesis:
    """Mend a draft. Raises Locked (it runs, or has run), Invalid, KnownOutside, StaleVersion, NotAllowed."""
    demand_write(by)
    locked = locked_row(hypothesis)
    check_version(locked, expected_version, changes)
    if not locked.is_draft:
        raise _locked([*changes, *(["utps"] if utps is not None else [])])
    changes = _rounded(changes)
    arms = [arm.utp for arm in locked.arms.select_related("utp")]
    wanted = arms if utps is None else list(utps)
    values = {name: getattr(locked, name) for name in COPIED} | dict(changes)
    check(values, wanted)
    if "owner" in changes:
        _demand_owner(by, changes["owner"])
        changes = {**changes, "team": changes["owner"].team}
    changed_arms = [utp.pk for utp in wanted] != [utp.pk for utp in arms]
    if changed_arms:
        locked.arms.all().delete()
        _write_arms(locked, wanted)
    filled = _with_defaults(values)
    differing = {**changes, **{name: filled[name] for name in ("difference", "sample", "mature_days")}}
    with known_once(_("Гипотеза с таким внешним номером уже есть.")):
        saved = save_changes(locked, differing)
    if changed_arms and saved.version == hypothesis.version:
        saved = touch(saved)
    return saved


@transaction.atomic
def new_edition(*, hypothesis: Hypothesis, by: User) -> Hypothesis:
    """A draft with everything of this one, under the same number. A draft that waits already is given back."""
    demand_write(by)
    locked = locked_row(hypothesis)
    if locked.is_draft:
        raise Locked(_("Черновик можно править и так: версии нужны тому, что уже идёт."))
    waiting = Hypothesis.objects.filter(number=locked.number, status="draft").first()
    if waiting is not None:
        return waiting
    utps = [arm.utp for arm in locked.arms.select_related("utp")]
    values = {name: getattr(locked, name) for name in COPIED}
    values |= {"owner": locked.owner, "team": locked.team, "replaces": locked}
    return _write(values, utps, number=locked.number)


def locked_row(hypothesis: Hypothesis) -> Hypothesis:
    """The row as it is now, locked until the end of the transaction."""
    found: Hypothesis = Hypothesis.objects.select_for_update(no_key=True).get(pk=hypothesis.pk)
    return found


def touch(row: Hypothesis) -> Hypothesis:
    """A change of its arms is a change of the hypothesis: the version says so."""
    Hypothesis.objects.filter(pk=row.pk).update(version=row.version + 1)
    row.version += 1
    return row


def _write(values: Mapping[str, Any], utps: Sequence[Utp], *, number: int | None) -> Hypothesis:
    with connection.cursor() as cursor:  # numbers are given out one at a time, until the end of the transaction
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS_LOCK])
    known = Hypothesis.objects.filter(number=number) if number else Hypothesis.objects.all()
    last = known.aggregate(number=Max("number"), edition=Max("edition"))
    edition = (last["edition"] or 0) + 1 if number else 1
    with known_once(_("Гипотеза с таким внешним номером уже есть.")):
        row = Hypothesis.objects.create(**values, number=number or (last["number"] or 0) + 1, edition=edition)
    _write_arms(row, utps)
    return row


def _write_arms(row: Hypothesis, utps: Sequence[Utp]) -> None:
    Arm.objects.bulk_create(Arm(hypothesis=row, utp=utp, position=place) for place, utp in enumerate(utps))


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rates as the columns keep them: what is judged is what is stored."""
    return {
        name: value.quantize(_PLACES, ROUND_HALF_UP) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def _with_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(values)
    rate, low = float(filled["expected_rate"]), filled.get("refuted_below")
    if filled.get("difference") is None:
        found = planning.default_difference(rate, None if low is None else float(low))
        filled["difference"] = max(Decimal(found).quantize(_PLACES, ROUND_HALF_UP), _PLACES)
    if filled.get("sample") is None:
        filled["sample"] = min(planning.default_sample(rate, float(filled["difference"])), SAMPLE[1])
    if filled.get("mature_days") is None:
        filled["mature_days"] = planning.default_ripening(filled["success_stage"])
    return filled


def _demand_owner(by: User, owner: User) -> None:
    if not may_see_owner(by, owner):
        message = _("Владельцем может быть тот, чью работу вы видите.")
        raise NotAllowed(message, [FieldError("owner", "not_visible", message)])


def _locked(names: Sequence[str]) -> Locked:
    message = _("После старта порог, варианты и число лидов не меняются. Сделайте новую версию.")
    return Locked(message, [FieldError(name, "locked", message) for name in names])
