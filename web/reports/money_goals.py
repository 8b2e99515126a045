"""Initiatives' goals of extra margin: what signed contracts earned since their first day, each in its own currency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from agents.choices import InitiativeStatus
from agents.models import Initiative
from dashboards import facts
from dashboards.pacing import calendar_for, pace_of
from dashboards.wording import whole
from web import formats
from web.reports import bullets
from web.reports.asking import Asked
from web.reports.bullets import Bullet
from web.reports.forecast import Question
from web.reports.words import Number, number
from web.ui.registry import language
from worktime.calendar import WorkingCalendar

MOST_GOALS = 50


@dataclass(frozen=True, slots=True)
class GoalLine:
    """An initiative's goal of margin in its own currency."""

    initiative: Initiative
    fact: str
    plan: str
    due: str
    projected: str
    pace: str
    number: Number
    bullet: Bullet
    note: str


def lines(asked: Asked, question: Question, at: datetime) -> list[GoalLine]:
    """Initiatives in the reader's sight that run now and have a goal of margin; of a person those he owns."""
    rows = Initiative.objects.visible_to(asked.user).filter(
        margin_goal__isnull=False, status=InitiativeStatus.ACTIVE, starts_on__lte=asked.today,
        ends_on__gte=asked.today - timedelta(days=31),
    )  # fmt: skip
    if question.person is not None:
        rows = rows.filter(owner=question.person)
    elif not question.audience.everything:
        rows = rows.filter(team_id__in=sorted(question.audience.team_ids))
    calendar = calendar_for(asked.user, question.person)
    return [
        _goal(asked, question, row, at, calendar) for row in rows.select_related("owner").order_by("name")[:MOST_GOALS]
    ]


def _goal(asked: Asked, question: Question, row: Initiative, at: datetime, calendar: WorkingCalendar) -> GoalLine:
    query = question.query.among(initiative_id=row.pk)
    found = facts.came(facts.wins(query, question.win, row.starts_on, row.ends_on))
    fact, lang = found.margins.get(row.currency, Decimal(0)), language()
    pace = pace_of(first=row.starts_on, last=row.ends_on, fact=fact, plan=row.margin_goal, at=at, calendar=calendar)
    drawn = bullets.drawn(pace) or Bullet("0", "0", "0", "0", behind=False)

    def money(value: Decimal | None) -> str:
        return "—" if value is None else formats.short_money(value, row.currency, lang)

    others = {code: sum_ for code, sum_ in found.margins.items() if code != row.currency}
    notes = [
        _("в другой валюте: %(sum)s") % {"sum": formats.short_money(sum_, code, lang)} for code, sum_ in others.items()
    ]
    if found.unpriced:
        notes.append(_("без маржи продукта: %(n)s") % {"n": whole(found.unpriced)})
    url = asked.rows(**_rows_of(row), stage=question.win.code)
    return GoalLine(
        initiative=row,
        fact=money(fact),
        plan=money(row.margin_goal),
        due=money(pace.due),
        projected=money(pace.projected),
        pace="—" if pace.value is None else formats.percent(pace.value, lang),
        number=number(found.count, url),
        bullet=drawn,
        note="; ".join(notes),
    )


def _rows_of(row: Initiative) -> dict[str, str]:
    plain = dict.fromkeys(("segment", "utp", "source", "period"), "")
    return plain | {"from": row.starts_on.isoformat(), "to": row.ends_on.isoformat(), "initiative": str(row.pk)}
