"""Plan and fact: how far the period has come by working days, where it ends at this pace, and the money goals."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from dashboards import facts
from dashboards.choices import PeriodKind
from dashboards.days import DAY, begin, end
from dashboards.foreseeing import foreseen
from dashboards.overview import expected_of
from dashboards.pacing import Pace, Stand, calendar_for, pace_of
from dashboards.planning import Plan, plan_for
from dashboards.wins import win_of
from dashboards.wording import band, contracts, source_words, whole
from web import formats
from web.pages import page
from web.reports import bullets, files, money_goals
from web.reports.asking import Asked, Own, ask
from web.reports.choices import Pairs
from web.reports.files import Sheet
from web.reports.forecast import Question, person_of
from web.reports.frame import report
from web.reports.money_goals import GoalLine
from web.reports.overview import win_rows
from web.reports.words import number
from web.ui.registry import language
from worktime.calendar import WorkingCalendar

USES = ("funnel", "team", "owner")
_SPANS = (
    ("month", gettext_lazy("Этот месяц")),
    ("week", gettext_lazy("Эта неделя")),
    ("last-month", gettext_lazy("Прошлый месяц")),
    ("last-week", gettext_lazy("Прошлая неделя")),
    ("next-month", gettext_lazy("Следующий месяц")),
    ("next-week", gettext_lazy("Следующая неделя")),
)


def _spans(_asked: Asked) -> Pairs:
    return [(code, str(label)) for code, label in _SPANS]


SPAN = Own("span", gettext_lazy("За что план"), _spans)


@page("GET")
def page_of_plan(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, SPAN)
    win, at = win_of(asked.one_funnel.pk), clock.now()
    if win is None:
        empty = {"empty": _("В этой воронке нет ни одного этапа: планировать нечего.")}
        return report(request, "reports/plan.html", asked, empty, uses=USES)
    question = Question(asked, win, person_of(asked), at)
    period, starts_on = span_of(asked.own["span"], asked.today)
    plan = plan_for(question.plan(period, starts_on))
    calendar = calendar_for(asked.user, question.person)
    pace = _pace(question, plan, period, starts_on, calendar)
    goals = money_goals.lines(asked, question, at, calendar)
    rows = _lines(asked, question, pace, plan)
    context = {
        "pace": pace,
        "person": question.person,
        "sentence": _sentence(pace, period),
        "source": source_words(plan.source, plan.people) if plan else "",
        "bullet": bullets.drawn(pace),
        "rows": rows,
        "goals": goals,
    }
    return report(request, "reports/plan.html", asked, context, uses=USES, sheets=lambda: _sheets(rows, goals))


def span_of(code: str, today: date) -> tuple[str, date]:
    """The period and its first day; ``last-`` and ``next-`` are those beside the running one."""
    period = str(PeriodKind.MONTH if code.endswith("month") else PeriodKind.WEEK)
    first = begin(period, today)
    if code.startswith("last"):
        first = begin(period, first - DAY)
    if code.startswith("next"):
        first = end(period, first) + DAY
    return period, first


def _pace(question: Question, plan: Plan | None, period: str, starts_on: date, calendar: WorkingCalendar) -> Pace:
    first, last = (plan.first, plan.last) if plan else (starts_on, end(period, starts_on))
    return pace_of(
        first=first, last=last, fact=Decimal(facts.count(question.query, question.win, first, last)),
        plan=plan.count if plan else None, at=question.at, calendar=calendar,
    )  # fmt: skip


def _sentence(pace: Pace, period: str) -> str:
    values = {"fact": contracts(float(pace.fact)), "plan": whole(float(pace.plan or 0)), "pace": "", "projected": ""}
    if pace.stand == Stand.NO_PLAN:
        text = _("На этот период плана никто не дал: ни обязательства, ни плана лидов, ни целей. Подписано %(fact)s.")
        return text % values
    if pace.stand == Stand.ZERO_PLAN:
        return _("План нулевой: темп не считается. Подписано %(fact)s.") % values
    if pace.stand == Stand.AHEAD:
        return _("Период ещё впереди: план %(plan)s, темп появится в первый рабочий день.") % values
    if pace.stand == Stand.OVER:
        values["pace"] = formats.percent(pace.done or 0, language()) if pace.plan else "—"
        return _("Период закончился: %(fact)s при плане %(plan)s, %(pace)s.") % values
    values["pace"] = formats.percent(pace.value or 0, language())
    values["projected"] = whole(float(pace.projected or 0))
    until = _("к концу недели") if period == PeriodKind.WEEK else _("к концу месяца")
    text = _("Темп %(pace)s: подписано %(fact)s, таким темпом %(until)s будет %(projected)s при плане %(plan)s.")
    return text % {**values, "until": until}


def _lines(asked: Asked, question: Question, pace: Pace, plan: Plan | None) -> list[dict[str, Any]]:
    """The same as the bar, in numbers."""
    lang = language()
    owner = question.person.pk if question.person else None
    fact = number(int(pace.fact), win_rows(asked, question.win, pace.first, pace.last, owner))
    found: list[dict[str, Any]] = [
        {"name": _("Дни"), "text": f"{formats.day(pace.first, lang)} – {formats.day(pace.last, lang)}"},
        {"name": _("Факт"), "number": fact, "text": whole(fact.count)},
        {"name": _("План"), "text": "—" if pace.plan is None else whole(float(pace.plan))},
        {"name": _("Прошло рабочего времени"), "text": formats.percent(pace.share, lang)},
    ]
    if pace.due is not None and pace.stand == Stand.RUNNING:
        found.append(
            {"name": _("Должно быть к этому часу"), "text": formats.number(formats.rounded(pace.due, 1), lang)}
        )
        found.append({"name": _("Будет таким темпом"), "text": whole(float(pace.projected or 0))})
    if told := _model(question, pace):
        found.append({"name": _("Модель к концу периода"), "text": told})
    for code, sum_ in sorted((plan.margins if plan else {}).items()):
        found.append({"name": _("Обещанная маржа"), "text": formats.short_money(sum_, code, lang)})
    return found


def _model(question: Question, pace: Pace) -> str:
    """What the model says of the period's end, beside the pace and apart from it."""
    said = foreseen(**question.group)
    if said is None or not said.enough:
        return ""
    kind = PeriodKind.WEEK if pace.last.weekday() == 6 and (pace.last + DAY).day != 1 else PeriodKind.MONTH
    ahead = said.until(kind, pace.last)
    if ahead is None:
        return ""
    found = expected_of(question.query, question.win, said, ahead, pace.first, pace.last)
    return band(found.low, found.high)


def _sheets(rows: Sequence[dict[str, Any]], goals: Sequence[GoalLine]) -> list[Sheet]:
    plan: list[list[files.Cell]] = [[one["name"], one["text"]] for one in rows]
    header = [
        _("Инициатива"),
        _("Агентов"),
        _("Клиентов"),
        _("Маржа, факт"),
        _("Цель"),
        _("К этому дню"),
        _("Темп"),
        _("Будет"),
    ]
    told: list[list[files.Cell]] = [
        [one.initiative.name, one.agents.count, one.clients.count, one.fact, one.plan, one.due, one.pace, one.projected]
        for one in goals
    ]
    return [Sheet(_("План и темп"), [_("Показатель"), _("Значение")], plan), Sheet(_("Цели по марже"), header, told)]
