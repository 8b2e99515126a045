"""Unsaved rows of the facts behind the gates. What may not be written down is said here, once, for the card,
the API and a batch alike."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import FieldError, Invalid
from leads.choices import Direction, MeetingStatus
from leads.models import Agreement, Contract, Interview, Lead, Meeting, ValueMeasurement, ValuePromise
from leads.value import bank_day

YEARS = range(2000, 2100)
M = TypeVar("M", bound=Model)


def fitting(row: M) -> M:
    """The row, when its columns hold what was given: words of a list, lengths, digits. Raises Invalid."""
    unjudged = {field.name for field in row._meta.concrete_fields if field.is_relation or field.name == "file"}
    try:
        row.clean_fields(exclude=unjudged)
    except ValidationError as error:
        found = [FieldError(name, "invalid", " ".join(texts)) for name, texts in error.message_dict.items()]
        raise Invalid(found[0].message, found) from error
    return row


def wrong(field: str, message: str, code: str = "invalid") -> Invalid:
    return Invalid(message, [FieldError(field, code, message)])


def meeting_values(
    *,
    at: datetime,
    planned_at: datetime | None,
    held_at: datetime | None,
    status: str,
    known: Meeting | None = None,
) -> dict[str, Any]:
    """The times and the state of a meeting, or of a ``known`` one that is being completed. Raises Invalid."""
    if held_at is not None and held_at > at:
        raise wrong("held_at", _("Встреча не могла состояться в будущем. Проверьте время."), "future")
    if known is not None and held_at is None and not status:
        held_at, status = known.held_at, known.status
    planned_at = planned_at or (known.planned_at if known else held_at)
    if planned_at is None:
        raise wrong("planned_at", _("Укажите, на когда назначен созвон или встреча."), "required")
    status = status or (MeetingStatus.HELD if held_at else MeetingStatus.PLANNED)
    if status == MeetingStatus.HELD and held_at is None:
        held_at = min(planned_at, at)
    if status != MeetingStatus.HELD and held_at is not None:
        message = _("Укажите одно: когда разговор состоялся или что его не было.")
        raise wrong("held_at", message, "contradiction")
    return {"planned_at": planned_at, "held_at": held_at, "status": status}


def meeting_row(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    planned_at: datetime | None = None,
    held_at: datetime | None = None,
    status: str = "",
    kind: str = "call",
    place: str = "",
    note: str = "",
) -> Meeting:
    values = meeting_values(at=at, planned_at=planned_at, held_at=held_at, status=status)
    return fitting(Meeting(lead=lead, by=by, kind=kind, place=place, note=note, **values))


def interview_row(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    problem: str = "",
    quotes: str = "",
    held_at: datetime | None = None,
    **answers: str,
) -> Interview:
    """``answers``: problem_validated, value_validated, utp_validated. Raises Invalid without a problem."""
    words = problem.strip() or lead.problem
    if not words:
        raise wrong("problem", _("Опишите проблему словами собеседника."), "required")
    if held_at is not None and held_at > at:
        raise wrong("held_at", _("Разговор не мог состояться в будущем. Проверьте время."), "future")
    row = Interview(lead=lead, by=by, at=held_at or at, problem=words, quotes=quotes.strip(), **answers)
    return fitting(row)


def agreement_sides(agent_gives: str, bank_gives: str) -> dict[str, str]:
    """The sides that said what they give. Raises Invalid when neither did."""
    given = {k: v.strip() for k, v in {"agent_gives": agent_gives, "bank_gives": bank_gives}.items() if v.strip()}
    if not given:
        raise wrong("agent_gives", _("Напишите, что даёт каждая сторона."), "required")
    return given


def agreement_row(*, lead: Lead, by: User, at: datetime, agent_gives: str = "", bank_gives: str = "") -> Agreement:
    return Agreement(lead=lead, by=by, at=at, **agreement_sides(agent_gives, bank_gives))


def contract_values(*, at: datetime, number: str, signed_on: date | None, terms: Mapping[str, str]) -> dict[str, Any]:
    """What is known of a contract. Raises Invalid for a date in the future."""
    if signed_on is not None and signed_on > timezone.localtime(at).date():
        raise wrong("signed_on", _("Контракт не мог быть подписан в будущем. Проверьте дату."), "future")
    values: dict[str, Any] = {k: v.strip() for k, v in {"number": number, **terms}.items() if v.strip()}
    return values if signed_on is None else values | {"signed_on": signed_on}


def contract_row(
    *, lead: Lead, by: User, at: datetime, number: str = "", signed_on: date | None = None, **terms: str
) -> Contract:
    values = contract_values(at=at, number=number, signed_on=signed_on, terms=terms)
    return fitting(Contract(lead=lead, by=by, **values))


def promise_row(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    metric: str,
    target: Decimal,
    due_on: date,
    baseline: Decimal | None = None,
    unit: str = "",
    direction: str = Direction.UP,
    promised_on: date | None = None,
) -> ValuePromise:
    """A promise given today, unless ``promised_on`` says when; one written down late was given on its day at last.

    Raises Invalid when the target is no better than the baseline, or the days do not follow each other.
    """
    if not metric.strip():
        raise wrong("metric", _("Назовите метрику: что измерим."), "required")
    if baseline is not None:
        _demand_better(baseline, target, direction)
    row = ValuePromise(
        lead=lead,
        by=by,
        metric=metric.strip(),
        unit=unit.strip(),
        baseline=baseline,
        target=target,
        direction=direction,
        promised_on=_promised_on(promised_on, due_on, bank_day(at)),
        due_on=due_on,
    )
    return fitting(row)


def _demand_better(baseline: Decimal, target: Decimal, direction: str) -> None:
    if target == baseline:
        raise wrong("target", _("Обещано столько же, сколько было: измерять нечего. Проверьте числа."), "not_better")
    if (target > baseline) != (direction == Direction.UP):
        message = _("Обещанное не лучше того, что было. Проверьте числа или выберите «Меньше — лучше».")
        if direction == Direction.DOWN:
            message = _("Обещанное не лучше того, что было. Проверьте числа или выберите «Больше — лучше».")
        raise wrong("target", message, "not_better")


def _promised_on(given: date | None, due_on: date, today: date) -> date:
    if due_on.year not in YEARS:
        raise wrong("due_on", _("Проверьте год: от 2000 до 2099."), "range")
    if given is None:
        return min(today, due_on)
    if given > today:
        raise wrong("promised_on", _("Обещание не могло быть дано в будущем. Проверьте день."), "future")
    if given > due_on:
        raise wrong("due_on", _("Срок раньше дня, когда обещали. Проверьте даты."), "order")
    return given


def measurement_row(
    *,
    promise: ValuePromise,
    by: User,
    at: datetime,
    value: Decimal,
    measured_at: datetime | None = None,
    taken_from: str = "",
) -> ValueMeasurement:
    """Raises Invalid for a moment ahead, and for one before the promise: that number is its baseline."""
    moment = measured_at or at
    if moment > at:
        raise wrong("measured_at", _("Измерение не может быть в будущем."), "future")
    if bank_day(moment) < promise.promised_on:
        message = _("Измерено до обещания от %(day)s: это число — «было», а не факт. Укажите день после обещания.")
        raise wrong("measured_at", message % {"day": f"{promise.promised_on:%d.%m.%Y}"}, "before_promise")
    return fitting(ValueMeasurement(promise=promise, by=by, at=moment, value=value, taken_from=taken_from.strip()))
