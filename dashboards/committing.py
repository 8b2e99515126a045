"""Taking something upon oneself for a week or a month. What the model says is never written here."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import Team, User
from accounts.roles import Role
from accounts.scope import scope_of
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotAllowed
from common.money import Currency
from dashboards.choices import PeriodKind
from dashboards.days import DAY, begin, end
from dashboards.models import Commitment, CommitmentChange
from worktime.calendar import WorkingCalendar
from worktime.selectors import calendar_of

MOST = 10_000
MOST_MARGIN = Decimal(10) ** 15
WEEKS_AHEAD, YEARS = 60, 3


@transaction.atomic
def commit(
    *,
    by: User,
    at: datetime,
    period: str,
    starts_on: date,
    funnel_id: UUID,
    count: int | None = None,
    margin: Decimal | None = None,
    currency: str = Currency.UZS,
    team: Team | None = None,
    expected_version: int | None = None,
) -> Commitment:
    """Say, or say anew, what one takes upon oneself; with a ``team``, upon a team that one heads.

    The same again changes nothing. Every word is kept with its moment; after the first working day of the period it
    is marked late. Version 0 stands for one that nobody gave yet. Raises Invalid, NotAllowed, StaleVersion.
    """
    demand_write(by)
    calendar = calendar_of(by)
    _check(period, starts_on, count, margin, currency, calendar.local_day(at))
    if team is not None and not may_commit_for(by, team):
        raise NotAllowed(_("За команду обязуется её руководитель. Попросите его или дайте обязательство за себя."))
    said = {"count": count, "margin": margin, "currency": currency}
    known = _locked(by, team, period, starts_on, funnel_id)
    if known is not None:
        check_version(known, expected_version, said)
        if all(getattr(known, name) == value for name, value in said.items()):
            return known
    late = is_late(period, starts_on, at, calendar)
    told = {**said, "by": by, "at": at, "late": late}
    made = save_changes(known, told) if known else _made(by, team, period, starts_on, funnel_id, told)
    CommitmentChange.objects.create(commitment=made, at=at, by=by, late=late, **said)
    return made


def may_commit_for(by: User, team: Team) -> bool:
    """A head for the teams of his branch."""
    return by.role == Role.SALES_HEAD and by.may_write and team.pk in scope_of(by).team_ids


def is_late(period: str, starts_on: date, at: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the first working day of the period is over, by the person's own calendar."""
    last = end(period, starts_on)
    days = (starts_on + number * DAY for number in range((last - starts_on).days + 1))
    first = next((day for day in days if calendar.windows(day)), starts_on)
    return calendar.local_day(at) > first


def _locked(by: User, team: Team | None, period: str, starts_on: date, funnel_id: UUID) -> Commitment | None:
    rows = Commitment.objects.select_for_update(no_key=True)
    whose = rows.filter(user=by) if team is None else rows.filter(user=None, team=team)
    found: Commitment | None = whose.filter(period=period, starts_on=starts_on, funnel_id=funnel_id).first()
    return found


def _made(
    by: User, team: Team | None, period: str, starts_on: date, funnel_id: UUID, told: Mapping[str, Any]
) -> Commitment:
    """Of two presses at once the second finds the first one's row."""
    whose: dict[str, Any] = {"user": by, "team": by.team} if team is None else {"user": None, "team": team}
    try:
        with transaction.atomic():
            made: Commitment = Commitment.objects.create(
                period=period, starts_on=starts_on, funnel_id=funnel_id, **whose, **told
            )
            return made
    except IntegrityError:
        known = _locked(by, team, period, starts_on, funnel_id)
        if known is None:
            raise
        return save_changes(known, told)


def _check(period: str, starts_on: date, count: int | None, margin: Decimal | None, currency: str, today: date) -> None:
    errors = []
    if period not in PeriodKind.values:
        raise Invalid(_("Выберите неделю или месяц."), [FieldError("period", "invalid", _("Выберите из списка."))])
    if abs(starts_on.year - today.year) > YEARS:
        message = _("До этого периода больше года. Проверьте дату.")
        raise Invalid(message, [FieldError("starts_on", "range", message)])
    if begin(period, starts_on) != starts_on:
        errors.append(FieldError("starts_on", "invalid", _("Период начинается с понедельника или с первого числа.")))
    if end(period, starts_on) < today:
        errors.append(FieldError("starts_on", "past", _("Период уже закончился: обязательство даётся заранее.")))
    elif (starts_on - today).days > WEEKS_AHEAD * 7:
        errors.append(FieldError("starts_on", "range", _("До этого периода больше года. Проверьте дату.")))
    if count is None and margin is None:
        errors.append(FieldError("count", "required", _("Укажите, сколько контрактов или какую маржу вы обещаете.")))
    if count is not None and not 0 <= count <= MOST:
        errors.append(FieldError("count", "range", _("Укажите целое число от 0 до 10 000.")))
    if margin is not None and not 0 <= margin < MOST_MARGIN:
        errors.append(FieldError("margin", "range", _("Укажите сумму от нуля: меньше 1 000 трлн.")))
    if currency not in Currency.values:
        errors.append(FieldError("currency", "invalid", _("Выберите валюту из списка.")))
    if errors:
        raise Invalid(errors[0].message, errors)
