"""Deeds on weekly plans. The plan of a week that is over is not rewritten; its fact goes on being counted."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from agents.models import Segment
from common.changes import StaleVersion, save_changes
from common.errors import FieldError, Invalid, Refused
from funnel.models import Stage
from plans.models import LeadPlan, PlanTarget

YEARS = range(2020, 2051)
MOST = 100_000
WEEK = timedelta(weeks=1)


class WeekIsOver(Refused):
    """What was planned stays as it was, so that plan and fact can be compared honestly."""

    code: ClassVar[str] = "week_over"
    status: ClassVar[int] = 409


class StaleTarget(StaleVersion):
    """Somebody else changed this number meanwhile."""

    def __init__(self, current: PlanTarget, stage: Stage, mine: int | None) -> None:
        super().__init__(current, {str(stage.pk): mine})
        now = _("не задан") if current._state.adding else str(current.target)
        text = _("«%(stage)s»: план изменили, пока вы работали, теперь он %(now)s. Сверьте и сохраните снова.")
        self.message = text % {"stage": stage.name, "now": now}
        self.args = (self.message,)
        self.errors = (FieldError(str(stage.pk), "stale", self.message),)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


def is_over(owner: User, week: date, at: datetime) -> bool:
    """Whether the week of this Monday is behind, by the owner's own clock."""
    return at.astimezone(owner.zone).date() >= week + WEEK


@transaction.atomic
def open_plan(*, owner: User, segment: Segment, week: date, by: User, at: datetime) -> LeadPlan:
    """The person's row for the segment in the week that holds this day; of two who open it at once both get the same.

    Raises WeekIsOver (for a row that is not there yet), Invalid (a year out of reach), NotAllowed.
    """
    demand_planner(by, owner)
    monday = monday_of(week)
    if monday.year not in YEARS:
        message = _("Такой недели в плане нет: выберите год с 2020 по 2050.")
        raise Invalid(message, [FieldError("week", "range", message)])
    known = LeadPlan.objects.for_list().filter(owner=owner, segment=segment, week=monday).first()
    if known is not None:
        return known
    _demand_running(owner, monday, at)
    plan, _created = LeadPlan.objects.get_or_create(
        owner=owner, segment=segment, week=monday, defaults={"team": owner.team, "reach": segment.reach}
    )
    return plan


@transaction.atomic
def set_targets(
    *,
    plan: LeadPlan,
    by: User,
    at: datetime,
    targets: Mapping[Stage, int | None],
    versions: Mapping[UUID, int] | None = None,
) -> LeadPlan:
    """Write what the week must bring by stage; None takes a target away, 0 is one too. What is equal stays untouched.

    ``versions`` are those that the editor saw, by the stage's id, 0 where there was none: only a number that he
    changed is compared, so two people may fill one row. Raises StaleTarget, WeekIsOver, Invalid (below 0 or absurdly
    high, a stage of the other kind), NotAllowed.
    """
    current = _locked(plan, by, at)
    _check(current, targets)
    known = {row.stage_id: row for row in current.targets.select_for_update(no_key=True)}
    for stage, target in targets.items():
        _set(current, stage, known.get(stage.pk), target, None if versions is None else versions.get(stage.pk, 0))
    return save_changes(current, {"team": current.owner.team, "reach": current.segment.reach})


@transaction.atomic
def copy_last_week(*, owner: User, week: date, by: User, at: datetime) -> int:
    """Fill a week with the targets of the week before: what stands already is left alone. Returns how many were added;
    pressed twice it adds none. Retired stages are left behind. Raises WeekIsOver, NotAllowed.
    """
    demand_planner(by, owner)
    monday = monday_of(week)
    _demand_running(owner, monday, at)
    before = PlanTarget.objects.filter(plan__owner=owner, plan__week=monday - WEEK, stage__active=True)
    added = 0
    for row in before.select_related("plan__segment").order_by("plan__created_at", "pk"):
        plan = open_plan(owner=owner, segment=row.plan.segment, week=monday, by=by, at=at)
        _target, created = PlanTarget.objects.get_or_create(
            plan=plan, stage_id=row.stage_id, defaults={"target": row.target}
        )
        added += created
    return added


@transaction.atomic
def drop_plan(*, plan: LeadPlan, by: User, at: datetime) -> None:
    """Take a row out of the week with its targets; the audit keeps them. Raises WeekIsOver, NotAllowed."""
    found = LeadPlan.objects.filter(pk=plan.pk).exists()
    if found:
        _locked(plan, by, at).delete()


def _locked(plan: LeadPlan, by: User, at: datetime) -> LeadPlan:
    demand_planner(by, plan.owner)
    rows = LeadPlan.objects.select_for_update(no_key=True, of=("self",))
    current: LeadPlan = rows.select_related("owner__team", "segment").get(pk=plan.pk)
    _demand_running(current.owner, current.week, at)
    return current


def _demand_running(owner: User, monday: date, at: datetime) -> None:
    if is_over(owner, monday, at):
        raise WeekIsOver(_("Неделя прошла: её план не переписывают. Планируйте текущую или следующую."))


def _check(plan: LeadPlan, targets: Mapping[Stage, int | None]) -> None:
    errors = []
    for stage, target in targets.items():
        if stage.kind != plan.segment.kind:
            errors.append(FieldError(str(stage.pk), "other_funnel", _("Этот этап — из другой воронки.")))
        elif target is not None and not 0 <= target <= MOST:
            text = _("«%(stage)s»: укажите число от 0 до 100 000.") % {"stage": stage.name}
            errors.append(FieldError(str(stage.pk), "range", text))
    if errors:
        raise Invalid(errors[0].message, errors)


def _set(plan: LeadPlan, stage: Stage, known: PlanTarget | None, target: int | None, seen: int | None) -> None:
    if target == (known.target if known else None):
        return
    if seen is not None and seen != (known.version if known else 0):
        raise StaleTarget(known or PlanTarget(plan=plan, stage=stage, target=0), stage, target)
    if target is None:
        if known is not None:
            known.delete()
    elif known is None:
        PlanTarget.objects.create(plan=plan, stage=stage, target=target)
    else:
        save_changes(known, {"target": target})
