"""What the week must bring: goals, and the values of metrics that nobody but a person can count."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from agents.choices import Kind
from agents.models import Initiative, Segment
from agents.rates import rates_on
from backlog.choices import ActionStatus, GoalStatus
from backlog.metrics import METRICS, OWN, Source, metric_of
from backlog.models import Action, Goal, GoalValue, Sprint
from backlog.services.planning import invalid
from backlog.services.sprints import demand_open
from common import clock
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.outside import known_once
from common.text import one_line
from funnel.models import Stage
from leads.value import bank_day

EDITABLE = frozenset({
    "statement", "metric", "metric_name", "unit", "baseline", "target", "due_on", "segment", "initiative",
    "unit_margin", "source", "external_id",
})  # fmt: skip
BIGGEST = Decimal("999999999999")


class GoalFields(TypedDict, total=False):
    statement: Required[str]
    metric: Required[str]
    target: Required[Decimal | None]
    baseline: Decimal | None
    due_on: Any
    segment: Segment | None
    initiative: Initiative | None
    metric_name: str
    unit: str
    unit_margin: Decimal | None
    source: str
    external_id: str


@transaction.atomic
def create_goal(*, sprint: Sprint, by: User, **fields: Unpack[GoalFields]) -> Goal:
    """Add a goal to a week. Without a day it is due by the week's end.

    Raises Invalid (no statement, no metric, a target not above where it starts, a day outside the week, an own metric
    without name or unit), KnownOutside, SprintClosed, NotAllowed.
    """
    demand_planner(by, sprint.owner)
    demand_open(sprint)
    values: dict[str, Any] = {**_empty(sprint), **_clean(fields)}
    _check(values, sprint)
    if values["unit_margin"] is None:
        values["unit_margin"] = unit_margin(values["metric"], values["segment"], values["initiative"])
    last = Goal.objects.filter(sprint=sprint).aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    with known_once(_("Цель с таким внешним номером уже есть.")):
        return Goal.objects.create(sprint=sprint, owner=sprint.owner, team=sprint.team, position=position, **values)


@transaction.atomic
def update_goal(*, goal: Goal, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> Goal:
    """Raises Invalid (as for a new goal, another field), KnownOutside, StaleVersion, SprintClosed, NotAllowed."""
    current = _locked(goal, by)
    if foreign := sorted(set(changes) - EDITABLE):
        message = _("Это поле меняется другим действием.")
        raise Invalid(message, [FieldError(name, "read_only", message) for name in foreign])
    wanted = _clean(changes)
    check_version(current, expected_version, wanted)
    _check({name: getattr(current, name) for name in EDITABLE} | wanted, current.sprint)
    with known_once(_("Цель с таким внешним номером уже есть.")):
        saved = save_changes(current, wanted)
    if "segment" in wanted and saved.segment is not None:
        Action.objects.filter(goal=saved, status=ActionStatus.PLANNED).exclude(segment=saved.segment).update(
            segment=saved.segment, version=F("version") + 1
        )
    return saved


@transaction.atomic
def drop_goal(*, goal: Goal, by: User, expected_version: int | None = None) -> Goal:
    """Give a goal up. Its open actions stay in the week without a goal; dropped twice it changes nothing."""
    current = _locked(goal, by)
    if current.status == GoalStatus.DROPPED:
        return current
    check_version(current, expected_version)
    Action.objects.filter(goal=current, status=ActionStatus.PLANNED).update(goal=None, version=F("version") + 1)
    return save_changes(current, {"status": GoalStatus.DROPPED})


@transaction.atomic
def log_value(*, goal: Goal, value: Decimal, at: datetime, by: User, note: str = "") -> GoalValue:
    """Write down the value of an own metric as it stands at ``at``. The same value at the same moment is written once.

    Raises Invalid: a counted metric is not typed, a negative or absurd value, a moment before the week.
    """
    current = _locked(goal, by)
    metric = metric_of(current.metric)
    if metric.source is not Source.TYPED:
        where = _("из этапов воронки") if metric.source is Source.ENTRIES else _("из итогов действий")
        text = _("«%(metric)s» считается %(where)s. Вписать её нельзя: запишите итог действия или переведите лид.")
        raise invalid("value", text % {"metric": metric.name, "where": where}, "counted")
    if not _fits(value):
        raise invalid("value", _("Укажите число от нуля."), "range")
    if at < _start(current.sprint) - timedelta(days=1):
        raise invalid("at", _("Значение раньше начала недели. Поправьте день."), "range")
    made, _created = GoalValue.objects.get_or_create(
        goal=current, at=at, value=value, defaults={"by": by, "note": one_line(note)[:200]}
    )
    return made


def unit_margin(metric: str, segment: Segment | None, initiative: Initiative | None) -> Decimal | None:
    """What one unit of the metric is worth: the product's margin times the chance that the stage gives to its end.

    A stage's probability is the chance of a lead that stands there to bring the money, so it holds all stages that
    follow. In the base currency by today's rate. None for a metric of no stage, without an initiative, or where the
    product's currency has no rate: nothing is made up.
    """
    code = metric_of(metric).stage
    if not code or initiative is None or initiative.product.margin is None:
        return None
    rate = rates_on(bank_day(clock.now())).get(initiative.product.currency)
    kind = segment.kind if segment else Kind.AGENT
    chance = Stage.objects.of_kind(kind).filter(code=code).values_list("probability", flat=True).first()
    if chance is None or rate is None:
        return None
    return (initiative.product.margin * rate * chance).quantize(Decimal("0.01"))


def _locked(goal: Goal, by: User) -> Goal:
    list(Goal.objects.filter(pk=goal.pk).select_for_update(no_key=True).values_list("pk"))
    current = Goal.objects.select_related("sprint__owner", "segment", "initiative__product", "owner").get(pk=goal.pk)
    demand_planner(by, current.owner)
    demand_open(current.sprint)
    return current


def _start(sprint: Sprint) -> datetime:
    return datetime.combine(sprint.starts_on, datetime.min.time(), sprint.owner.zone)


def _empty(sprint: Sprint) -> dict[str, Any]:
    return {
        "statement": "", "metric": "", "metric_name": "", "unit": "", "baseline": Decimal(0), "target": None,
        "due_on": sprint.ends_on, "segment": None, "initiative": None, "unit_margin": None,
    }  # fmt: skip


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Words on one line; what is left empty falls back to its default."""
    lines = {"statement", "metric_name", "unit"}
    clean = {name: one_line(value or "") if name in lines else value for name, value in fields.items()}
    if "baseline" in clean and clean["baseline"] is None:
        clean["baseline"] = Decimal(0)
    return {name: value for name, value in clean.items() if name != "due_on" or value is not None}


def _check(values: Mapping[str, Any], sprint: Sprint) -> None:
    """All that is wrong at once, each thing at its field."""
    errors = [*_wrong_words(values), *_wrong_numbers(values)]
    if not sprint.starts_on <= values["due_on"] <= sprint.ends_on:
        days = {"first": f"{sprint.starts_on:%d.%m}", "last": f"{sprint.ends_on:%d.%m}"}
        text = _("День вне недели. Выберите с %(first)s по %(last)s.") % days
        errors.append(FieldError("due_on", "range", text))
    if errors:
        raise Invalid(errors[0].message, errors)


def _wrong_words(values: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if not values["statement"]:
        errors.append(FieldError("statement", "required", _("Сформулируйте цель: что и у кого должно получиться.")))
    limits = (("statement", 300), ("metric_name", 120), ("unit", 30))
    for name, limit in limits:
        if len(values[name]) > limit:
            errors.append(FieldError(name, "too_long", _("Помещается %(limit)d знаков. Сократите.") % {"limit": limit}))
    if values["metric"] not in METRICS:
        errors.append(FieldError("metric", "required", _("Выберите метрику: без неё не видно, достигнута ли цель.")))
    if values["metric"] == OWN and not values["metric_name"]:
        errors.append(FieldError("metric_name", "required", _("Назовите свою метрику, например «Обученные агенты».")))
    if values["metric"] == OWN and not values["unit"]:
        errors.append(FieldError("unit", "required", _("Укажите единицу своей метрики, например «агентов».")))
    return errors


def _fits(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= BIGGEST


def _wrong_numbers(values: Mapping[str, Any]) -> list[FieldError]:
    target, baseline, margin = values["target"], values["baseline"], values["unit_margin"]
    if target is None:
        return [FieldError("target", "required", _("Укажите, сколько должно стать."))]
    if not _fits(baseline) or not _fits(target):
        return [FieldError("target", "range", _("Проверьте числа: они от нуля до триллиона."))]
    if margin is not None and not _fits(margin):
        return [FieldError("unit_margin", "range", _("Маржа не бывает отрицательной."))]
    if target <= baseline:
        return [FieldError("target", "order", _("Цель должна быть больше того, что есть сейчас."))]
    return []
