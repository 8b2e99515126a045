"""The forecast: what came, the band of what is to come, and beside it what people took upon themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import people
from common import clock
from dashboards.choices import PeriodKind
from dashboards.days import begin, end
from dashboards.foreseeing import Foreseen, foreseen, week_before
from dashboards.overview import Expected, expected_of
from dashboards.people import Line, lines
from dashboards.planning import PlanQuery
from dashboards.wins import win_of
from dashboards.wording import band, band_words, contracts, few_history, whole
from funnel.audience import Audience
from funnel.figures import FunnelQuery
from funnel.models import Stage
from web import formats
from web.pages import page
from web.reports import committing, files, weeks
from web.reports.asking import Asked, ask
from web.reports.committing import Attempt
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.overview import owner_of, win_rows
from web.reports.words import number
from web.ui.registry import language

USES = ("funnel", "team", "owner")
PAST_WEEKS = 8
MOST_PEOPLE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """The group that the address names: a person, or the reader's audience."""

    asked: Asked
    win: Stage
    person: User | None
    at: datetime

    @property
    def query(self) -> FunnelQuery:
        """Without a period: weeks and months here are those of the calendar."""
        found = self.asked.query(self.asked.one_funnel)
        mine = {"owner_id": self.person.pk} if self.person else {}
        return replace(found, start=None, end=None, dimensions=mine)

    @property
    def audience(self) -> Audience:
        return self.query.audience

    def said(self) -> Foreseen | None:
        return foreseen(**self.group)

    @property
    def group(self) -> dict[str, Any]:
        return {
            "reader": self.asked.user, "audience": self.audience, "funnel_id": self.asked.one_funnel.pk,
            "person": self.person,
        }  # fmt: skip

    def plan(self, period: str, starts_on: date) -> PlanQuery:
        owner = self.person.pk if self.person else None
        return PlanQuery(self.audience, self.asked.one_funnel, self.win, period, starts_on, owner)


@page("GET")
def page_of_forecast(request: HttpRequest) -> HttpResponseBase:
    return shown(request, ask(request))


def shown(request: HttpRequest, asked: Asked, attempt: Attempt | None = None) -> HttpResponseBase:
    """The page; with an ``attempt`` the form as it was sent, and what is to be mended."""
    win = win_of(asked.one_funnel.pk)
    if win is None:
        empty = {"empty": _("В этой воронке нет ни одного этапа: прогнозировать нечего.")}
        return report(request, "reports/forecast.html", asked, empty, uses=USES)
    question = Question(asked, win, person_of(asked), clock.now())
    said = question.said()
    month = begin(PeriodKind.MONTH, asked.today)
    expected, before = _months(question, said, month)
    rows = lines(asked.user, question.plan(PeriodKind.MONTH, month), question.query)
    table = weeks.table(asked, question.query, win, said, question.plan(PeriodKind.WEEK, asked.today))
    context = {
        "sentence": _sentence(said, expected, before, question.at),
        "said": said,
        "person": question.person,
        "weeks": table,
        "chart": weeks.chart(table) if said and said.enough else None,
        "checks": _checks(said),
        "error": _error(said),
        "people": [_linked(asked, win, _person(line, month), month) for line in rows[:MOST_PEOPLE]],
        "more_people": max(0, len(rows) - MOST_PEOPLE),
        "month": formats.long_day(month, language()).split(maxsplit=1)[-1],
        "forms": committing.forms(asked, question.person, attempt),
        "attempt": attempt,
    }
    response = report(
        request, "reports/forecast.html", asked, context, uses=USES, sheets=lambda: _sheets(table, rows, month)
    )
    response.status_code = attempt.status if attempt else response.status_code
    return response


def person_of(asked: Asked) -> User | None:
    """The chosen person, or oneself where one sells and chose no team."""
    owner = owner_of(asked)
    return people(asked.user).filter(pk=owner).first() if owner else None


def _months(question: Question, said: Foreseen | None, month: date) -> tuple[Expected | None, Expected | None]:
    """What this month is to end with, now and as a week ago saw it."""
    then = week_before(said, **question.group) if said else None
    return _expected(question, said, month), _expected(question, then, month)


def _expected(question: Question, said: Foreseen | None, month: date) -> Expected | None:
    last = end(PeriodKind.MONTH, month)
    ahead = said.until(PeriodKind.MONTH, last) if said else None
    if said is None or ahead is None:
        return None
    return expected_of(question.query, question.win, said, ahead, month, last)


def _sentence(said: Foreseen | None, now: Expected | None, before: Expected | None, at: datetime) -> str:
    if said is None:
        return _("Прогноз считается ночью: первый появится завтра утром.")
    if not said.open and not (now and now.came):
        return _("Открытых лидов нет: прогнозировать нечего.")
    if not said.enough:
        return few_history(said.days_missing, said.past_error)
    if now is None:
        return _("Прогноз на этот месяц появится после ночного пересчёта.")
    values = {
        "band": band_words((now.low, now.middle, now.high)), "came": whole(now.came), "open": whole(said.open),
    }  # fmt: skip
    text = _("К концу месяца ждём %(band)s: %(came)s уже подписаны, остальное — из открытых лидов (%(open)s).") % values
    return f"{text} {_changed(now, before)}".strip()


def _changed(now: Expected, before: Expected | None) -> str:
    if before is None:
        return ""
    change = round(now.middle) - round(before.middle)
    if not change:
        return _("За неделю прогноз не изменился.")
    values = {"n": contracts(abs(change)), "was": whole(before.middle), "is": whole(now.middle)}
    if change > 0:
        return _("За неделю прогноз вырос на %(n)s: было %(was)s, стало %(is)s.") % values
    return _("За неделю прогноз снизился на %(n)s: было %(was)s, стало %(is)s.") % values


def _checks(said: Foreseen | None) -> list[dict[str, Any]]:
    """What was said four weeks ahead at each of the last weeks, and what came; the newest first."""
    return [
        {
            "day": check.said_on,
            "until": check.said_on + timedelta(days=27),
            "said": formats.number(formats.rounded(check.said, 1), language()),
            "came": whole(check.came),
            "error": formats.percent(abs(check.came / check.said - 1), language()) if check.said else "",
        }
        for check in (said.checks if said else ())
    ]


def _error(said: Foreseen | None) -> str:
    return formats.percent(said.past_error, language()) if said and said.checks else ""


def _person(line: Line, month: date) -> dict[str, Any]:
    last = end(PeriodKind.MONTH, month)
    ahead = line.said.until(PeriodKind.MONTH, last) if line.said else None
    told = "" if line.said is None or ahead is None else _("мало истории")
    if line.said and ahead and line.said.enough:
        told = band(line.came + ahead.low, line.came + ahead.high)
    return {"user": line.user, "commitment": line.commitment, "said": told, "came": line.came}


def _linked(asked: Asked, win: Stage, told: dict[str, Any], month: date) -> dict[str, Any]:
    """With the person's own forecast and the rows behind what he brought."""
    pk = told["user"].pk
    rows = win_rows(asked, win, month, end(PeriodKind.MONTH, month), pk)
    return told | {"url": asked.address(owner=str(pk)), "number": number(told["came"], rows)}


def _sheets(table: Sequence[weeks.Week], rows: Sequence[Line], month: date) -> list[Sheet]:
    header = [
        _("Неделя с"),
        _("по"),
        _("Факт"),
        _("Модель"),
        _("От"),
        _("До"),
        _("Обязательство"),
        _("Маржа по модели"),
    ]
    own: list[list[files.Cell]] = [
        [
            week.starts_on.isoformat(), week.ends_on.isoformat(), week.fact, files.tenths(week.middle),
            files.tenths(week.low), files.tenths(week.high), week.committed, week.margin,
        ]
        for week in table
    ]  # fmt: skip
    people_header = [_("Кто"), _("Обязательство, контрактов"), _("С опозданием"), _("Модель к концу месяца"), _("Факт")]
    told = [_person(line, month) for line in rows]
    beside: list[list[files.Cell]] = [
        [
            one["user"].name, one["commitment"].count if one["commitment"] else None,
            _("да") if one["commitment"] and one["commitment"].late else "", one["said"], one["came"],
        ]
        for one in told
    ]  # fmt: skip
    return [Sheet(_("Прогноз по неделям"), header, own), Sheet(_("Люди"), people_header, beside)]
