"""Initiatives' goals of extra margin: what signed contracts earned since their first day, each in its own currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from agents.choices import InitiativeStatus, Kind
from agents.models import Initiative
from dashboards import facts
from dashboards.pacing import pace_of
from dashboards.wins import win_stages
from dashboards.wording import whole
from funnel.models import Stage
from web import formats
from web.reports import bullets
from web.reports.asking import Asked
from web.reports.bullets import Bullet
from web.reports.forecast import Question
from web.reports.words import Number, number
from web.ui.registry import language
from worktime.calendar import WorkingCalendar

MOST_GOALS = 50
ZERO = Decimal(0)
NOTHING = facts.Came(0, {}, 0)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every goal of the page is counted with."""

    asked: Asked
    question: Question
    at: datetime
    calendar: WorkingCalendar
    came: Mapping[str, tuple[Stage | None, Mapping[UUID, facts.Came]]]
    """By kind of funnel: its win, and what each initiative brought."""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """An initiative's goal of margin in its own currency."""

    initiative: Initiative
    fact: str
    plan: str
    due: str
    projected: str
    pace: str
    agents: Number
    clients: Number
    bullet: Bullet
    note: str


def lines(asked: Asked, question: Question, at: datetime, calendar: WorkingCalendar) -> list[GoalLine]:
    """Initiatives in the reader's sight that run now and have a goal of margin; of a person those he owns."""
    rows = Initiative.objects.visible_to(asked.user).filter(
        margin_goal__isnull=False, status=InitiativeStatus.ACTIVE, starts_on__lte=asked.today,
        ends_on__gte=asked.today - timedelta(days=31),
    )  # fmt: skip
    if question.person is not None:
        rows = rows.filter(owner=question.person)
    elif not question.audience.everything:
        rows = rows.filter(team_id__in=sorted(question.audience.team_ids))
    found = list(rows.select_related("owner").order_by("name")[:MOST_GOALS])
    desk = Desk(asked, question, at, calendar, _counted(asked, question, found))
    return [_goal(desk, row) for row in found]


def _counted(
    asked: Asked, question: Question, rows: Sequence[Initiative]
) -> dict[str, tuple[Stage | None, Mapping[UUID, facts.Came]]]:
    """Over agents and clients alike: both bring what an initiative is for. Nine queries for any number of goals."""
    known, wins = facts.prices(), win_stages()
    days = {row.pk: (row.starts_on, row.ends_on) for row in rows}
    counted: dict[str, tuple[Stage | None, Mapping[UUID, facts.Came]]] = {}
    for kind in (Kind.AGENT, Kind.CLIENT):
        funnel = asked.offered.funnels[kind]
        win = wins.get(funnel.pk)
        query = replace(question.query, kind=funnel.kind, funnel_id=funnel.pk)
        counted[kind] = (win, facts.by_initiative(query, win, days, known) if win else {})
    return counted


def _goal(desk: Desk, row: Initiative) -> GoalLine:
    counts, money, unpriced = list[Number](), dict[str, Decimal](), 0
    for kind, (win, counted) in desk.came.items():
        came = counted.get(row.pk, NOTHING)
        funnel = desk.asked.offered.funnels[kind].code
        url = desk.asked.rows(**_rows_of(row), funnel=funnel, stage=win.code if win else "")
        counts.append(number(came.count, url))
        money = {code: money.get(code, ZERO) + came.margins.get(code, ZERO) for code in {*money, *came.margins}}
        unpriced += came.unpriced
    fact, lang = money.pop(row.currency, ZERO), language()
    pace = pace_of(
        first=row.starts_on, last=row.ends_on, fact=fact, plan=row.margin_goal, at=desk.at, calendar=desk.calendar
    )

    def said(value: Decimal | None) -> str:
        return "—" if value is None else formats.short_money(value, row.currency, lang)

    notes = [
        _("в другой валюте: %(sum)s") % {"sum": formats.short_money(sum_, code, lang)}
        for code, sum_ in sorted(money.items())
    ]
    if unpriced:
        notes.append(_("без маржи продукта: %(n)s") % {"n": whole(unpriced)})
    return GoalLine(
        initiative=row,
        fact=said(fact),
        plan=said(row.margin_goal),
        due=said(pace.due),
        projected=said(pace.projected),
        pace="—" if pace.value is None else formats.percent(pace.value, lang),
        agents=counts[0],
        clients=counts[1],
        bullet=bullets.drawn(pace) or Bullet("0", "0", "0", "0", behind=False),
        note="; ".join(notes),
    )


def _rows_of(row: Initiative) -> dict[str, str]:
    plain = dict.fromkeys(("segment", "utp", "source", "period"), "")
    return plain | {"from": row.starts_on.isoformat(), "to": row.ends_on.isoformat(), "initiative": str(row.pk)}
