"""Which passages an address means: the rows behind one number of a report, and a sentence that says what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from funnel.choices import PassageState
from funnel.figures import IN_ORDER, REVERSED, FunnelQuery, cohort_rows, rows, rows_count
from funnel.models import Passage, Stage
from funnel.querysets import PassageQuerySet
from leads.filters import NOBODY
from web import formats
from web.reports import periods, steps
from web.reports.asking import Asked, not_understood
from web.reports.losing import NO_REASON, reason_names
from web.reports.names import MODELS, Key, names
from web.ui.registry import language

T = TypeVar("T")
THEN = (*MODELS, "source")
EXTRA = ("stage", "state", "dates", "late", "reason", "cohort", "step", *(f"then_{name}" for name in THEN))
LABELS = {
    "stage": gettext_lazy("Этап"),
    "state": gettext_lazy("Что стало"),
    "dates": gettext_lazy("Порядок дат"),
    "late": gettext_lazy("Сверх нормы"),
    "reason": gettext_lazy("Причина отказа"),
    "cohort": gettext_lazy("Когорта"),
    "step": gettext_lazy("Когорты"),
    "then_owner": gettext_lazy("Владелец тогда"),
    "then_team": gettext_lazy("Команда тогда"),
    "then_segment": gettext_lazy("Сегмент тогда"),
    "then_utp": gettext_lazy("УТП тогда"),
    "then_initiative": gettext_lazy("Инициатива тогда"),
    "then_product": gettext_lazy("Продукт тогда"),
    "then_source": gettext_lazy("Канал тогда"),
}


@dataclass(slots=True)
class Behind:
    """``found`` are the rows; ``cohort`` tells that they are first passages of the leads of a cohort. ``count`` asks
    how many rows there are."""

    asked: Asked
    stage: Stage | None
    found: PassageQuerySet
    cohort: date | None
    count: Callable[[], int]

    def value(self, name: str) -> str:
        return self.asked.extra.get(name, "")


def behind(asked: Asked) -> Behind:
    """What is not understood becomes a problem in words, and then there are no rows: none is better than wrong ones."""
    before = len(asked.problems)
    stage = _stage(asked)
    cohort = _read(asked, "cohort", _day)
    for name, known in (
        ("state", PassageState.values), ("dates", (IN_ORDER, REVERSED)), ("late", ("1",)), ("step", ("week", "month")),
    ):  # fmt: skip
        _one_of(asked, name, known)
    query = _narrowed(asked)
    if stage is None and cohort is None and len(asked.problems) == before:
        asked.problems.append(_("В адресе нет этапа. Откройте строки по числу в отчёте."))
    if len(asked.problems) > before:
        return Behind(asked, stage, Passage.objects.none(), cohort, lambda: 0)
    if cohort is None and stage is not None:
        narrowing = _narrowing(asked)
        found = rows(query, stage, **narrowing)
        return Behind(asked, stage, found, None, lambda: rows_count(query, stage, **narrowing))
    found = _of_cohort(asked, query, stage, cohort) if cohort else Passage.objects.none()
    return Behind(asked, stage, found, cohort, found.count)


def _of_cohort(asked: Asked, query: FunnelQuery, stage: Stage | None, cohort: date) -> PassageQuerySet:
    step, state = asked.extra.get("step", "week"), asked.extra.get("state")
    return cohort_rows(query, start=cohort, step=step, reached=stage, state=state)


def _narrowing(asked: Asked) -> dict[str, Any]:
    given = asked.extra
    reason = given.get("reason")
    return {
        "state": given.get("state"),
        "dates": given.get("dates"),
        "reason": "" if reason == NO_REASON else reason,
        "late_at": clock.now() if "late" in given else None,
    }


def _stage(asked: Asked) -> Stage | None:
    code = asked.extra.get("stage", "")
    if not code:
        return None
    found: Stage | None = Stage.objects.of_funnel(asked.one_funnel.pk).filter(code=code[:40]).first()
    if found is None:
        asked.problems.append(not_understood(LABELS["stage"]))
    return found


def _narrowed(asked: Asked) -> FunnelQuery:
    query = asked.query(asked.one_funnel)
    for name in THEN:
        value = asked.extra.get(f"then_{name}", "")
        if not value:
            continue
        column = "source_channel" if name == "source" else f"{name}_id"
        if name == "source":
            query = query.among(**{column: "" if value == NOBODY else value[:60]})
        elif value == NOBODY:
            query = query.among(**{f"{column}__isnull": True})
        elif key := _read(asked, f"then_{name}", _id):
            query = query.among(**{column: key})
    return query


def _read(asked: Asked, name: str, parse: Callable[[str], T | None]) -> T | None:
    text = asked.extra.get(name, "")
    found = parse(text) if text else None
    if text and found is None:
        asked.problems.append(not_understood(LABELS[name]))
    return found


def _one_of(asked: Asked, name: str, known: Sequence[str]) -> None:
    if asked.extra.get(name, known[0]) not in known:
        asked.problems.append(not_understood(LABELS[name]))


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and periods.FIRST_YEAR <= found.year <= periods.LAST_YEAR else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def sentence(found: Behind, count: int) -> str:
    """«Вошли в «CustDev» с 1 по 30 ноября 2026 г. и ещё на этапе: 19»."""
    lang = language()
    head = _cohort_head(found) if found.cohort else _stage_head(found)
    parts = [f"{head} {found.asked.period.text}", *_then(found, count)]
    return "; ".join(parts) + f": {formats.number(count, lang)}"


def _stage_head(found: Behind) -> str:
    became: dict[str, str] = {
        PassageState.PASSED: _("и прошли дальше"),
        PassageState.OPEN: _("и ещё на этапе"),
        PassageState.LOST: _("и ушли в отказ или архив"),
        PassageState.DONE: _("и дошли до конца"),
    }
    order = {IN_ORDER: _("(даты по порядку)"), REVERSED: _("(даты в обратном порядке)")}
    late = _("и на этапе дольше нормы") if found.value("late") else ""
    reason = found.value("reason")
    why = _("(%(reason)s)") % {"reason": _reason(reason)} if reason else ""
    parts = [_("Вошли в «%(stage)s»") % {"stage": found.stage.name if found.stage else ""}]
    parts += [became.get(found.value("state"), ""), why, order.get(found.value("dates"), ""), late]
    return " ".join(part for part in parts if part)


def _reason(code: str) -> str:
    return reason_names().get("" if code == NO_REASON else code, code[:40])


def _cohort_head(found: Behind) -> str:
    became: dict[str, str] = {
        PassageState.OPEN: _("и ещё в пути"),
        PassageState.LOST: _("и ушли в отказ или архив"),
        PassageState.DONE: _("и дошли до конца"),
    }
    step = found.value("step") or "week"
    when = steps.label(found.cohort, step) if found.cohort else ""
    text = _("Пришли в неделю с %(when)s") if step == "week" else _("Пришли в месяце %(when)s")
    parts = [text % {"when": when}]
    if found.stage:
        parts.append(_("и дошли до «%(stage)s» или дальше") % {"stage": found.stage.name})
    return " ".join([*parts, became.get(found.value("state"), "")]).strip() + ","


def _then(found: Behind, count: int) -> list[str]:
    """Dimensions of that time. The name of what holds no row that the reader may count is not told."""
    told = []
    for name in THEN:
        value = found.value(f"then_{name}")
        if not value:
            continue
        key: Key = value if name == "source" else _id(value)
        if value == NOBODY:
            key = "" if name == "source" else None
        called = names(name, [key]).get(key, _("другой")) if count or key in {None, ""} else _("другой")
        told.append(f"{str(LABELS[f'then_{name}']).lower()} — «{called}»")
    return told
