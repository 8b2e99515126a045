"""Giving one's word: four short forms beside the forecast, a week or a month each."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.roles import Role
from common import clock
from common.errors import FieldError, Invalid, Refused
from common.money import Currency
from dashboards.choices import PeriodKind
from dashboards.committing import commit, may_commit_for
from dashboards.days import DAY, begin, end
from dashboards.models import Commitment
from web import formats
from web.pages import person
from web.reports.asking import Asked
from web.ui.registry import language

SELLERS = frozenset({Role.PRODUCT_OWNER, Role.ACCOUNT_MANAGER, Role.SALES_HEAD})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent and refused: shown again with what is to be mended."""

    key: str
    sent: QueryDict
    refusal: Refused

    @property
    def status(self) -> int:
        return self.refusal.status

    def errors(self) -> dict[str, str]:
        return {error.field: error.message for error in self.refusal.errors}


@dataclass(frozen=True, slots=True)
class Form:
    """One period. ``given`` is the word that stands; ``count`` and ``margin`` are what the fields show."""

    period: str
    starts_on: date
    label: str
    given: Commitment | None
    count: str
    margin: str
    currency: str
    errors: dict[str, str] = field(default_factory=dict)
    message: str = ""
    currencies: tuple[tuple[str, Any], ...] = tuple(Currency.choices)

    @property
    def key(self) -> str:
        return f"{self.period}-{self.starts_on.isoformat()}"

    @property
    def short(self) -> str:
        if self.given is None:
            return _("не дано")
        if self.given.count is not None:
            return formats.number(self.given.count, language())
        return formats.short_money(self.given.margin or 0, self.given.currency, language())

    @property
    def described(self) -> str:
        return f"when-{self.key}"

    @property
    def version(self) -> int:
        return self.given.version if self.given else 0


@dataclass(frozen=True, slots=True)
class Forms:
    """Whose word it is: the reader's own, or his team's. ``rows`` are in order of time."""

    title: str
    action: str
    team: Team | None
    rows: list[Form]

    @property
    def said(self) -> str:
        """The words that stand, in short."""
        told = [f"{row.label} — {row.short}" for row in self.rows if row.given]
        return "; ".join(told) or _("не дано")


def forms(asked: Asked, whom: User | None, attempt: Attempt | None) -> Forms | None:
    """None where the reader has no word to give here: of another person, or without the right."""
    user = asked.user
    if not user.may_write or user.role not in SELLERS or (whom is not None and whom.pk != user.pk):
        return None
    team = None if whom is not None else team_of(asked)
    if user.role == Role.SALES_HEAD and team is None and whom is None:
        return None
    rows = [_form(asked, team, period, starts_on, attempt) for period, starts_on in _periods(asked.today)]
    title = _("Обязательство команды «%(name)s»") % {"name": team.name} if team else _("Моё обязательство")
    return Forms(title, f"{reverse('reports:commit')}{asked.address()}", team, rows)


def team_of(asked: Asked) -> Team | None:
    """The team that the reader heads and looks at; a head without a narrower choice means his own."""
    if asked.user.role != Role.SALES_HEAD:
        return None
    chosen = asked.chosen.get("team", "")
    team = Team.objects.filter(pk=chosen).first() if _is_id(chosen) else asked.user.team
    return team if team is not None and may_commit_for(asked.user, team) else None


def _periods(today: date) -> list[tuple[str, date]]:
    found = []
    for period in (PeriodKind.WEEK, PeriodKind.MONTH):
        this = begin(period, today)
        found += [(str(period), this), (str(period), end(period, this) + DAY)]
    return found


def _form(asked: Asked, team: Team | None, period: str, starts_on: date, attempt: Attempt | None) -> Form:
    rows = Commitment.objects.of_period(period, starts_on).filter(funnel=asked.one_funnel)
    given = rows.filter(user=None, team=team).first() if team else rows.filter(user=asked.user).first()
    label = _label(period, starts_on)
    if attempt is not None and attempt.key == f"{period}-{starts_on.isoformat()}":
        sent = attempt.sent
        return Form(
            period, starts_on, label, given, sent.get("count", ""), sent.get("margin", ""),
            sent.get("currency", ""), attempt.errors(), attempt.refusal.message,
        )  # fmt: skip
    count = "" if given is None or given.count is None else str(given.count)
    margin = "" if given is None or given.margin is None else f"{given.margin:f}".rstrip("0").rstrip(".")
    return Form(period, starts_on, label, given, count, margin, given.currency if given else Currency.UZS)


def _label(period: str, starts_on: date) -> str:
    """«неделя 48» or «ноябрь 2026»."""
    if period == PeriodKind.WEEK:
        return _("неделя %(n)s") % {"n": starts_on.isocalendar().week}
    return date_format(starts_on, "F Y").lower() if language() != "en" else date_format(starts_on, "F Y")


def take(request: HttpRequest, asked: Asked) -> str:
    """Record what the form says; returns the address to go to. Raises Invalid, NotAllowed, StaleVersion."""
    sent, wrong = request.POST, list[FieldError]()
    period, starts_on = sent.get("period", ""), _day(sent.get("starts_on", ""), wrong)
    count, margin = _count(sent.get("count", ""), wrong), _margin(sent.get("margin", ""), wrong)
    team = _team(asked, sent.get("team", ""), wrong)
    if wrong or starts_on is None:
        raise Invalid(wrong[0].message, wrong)
    commit(
        by=person(request), at=clock.now(), period=period, starts_on=starts_on, funnel_id=asked.one_funnel.pk,
        count=count, margin=margin, currency=sent.get("currency", "") or Currency.UZS, team=team,
        expected_version=_version(sent.get("version", "")),
    )  # fmt: skip
    return f"{reverse('reports:forecast')}{asked.address()}"


def _team(asked: Asked, given: str, wrong: list[FieldError]) -> Team | None:
    if not given:
        return None
    found = asked.offered.names["team"].get(given) and _is_id(given) and Team.objects.filter(pk=given).first()
    if not found:
        wrong.append(FieldError("team", "invalid", _("Такой команды нет, или она вам не видна.")))
        return None
    return found


def _day(text: str, wrong: list[FieldError]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.append(FieldError("starts_on", "invalid", _("Укажите первый день периода, например 2026-11-23.")))
        return None


def _count(text: str, wrong: list[FieldError]) -> int | None:
    digits = "".join(text.split())
    if not digits:
        return None
    if digits.isascii() and digits.isdigit() and len(digits) < 8:
        return int(digits)
    wrong.append(FieldError("count", "invalid", _("Укажите целое число от 0 до 10 000.")))
    return None


def _margin(text: str, wrong: list[FieldError]) -> Decimal | None:
    plain = "".join(text.split()).replace(",", ".")
    if not plain:
        return None
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("NaN")
    if found.is_finite() and abs(found) < Decimal(10) ** 16:
        return found.quantize(Decimal("0.01"))
    wrong.append(FieldError("margin", "invalid", _("Укажите сумму числом, например 12500000.")))
    return None


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
