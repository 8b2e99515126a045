"""Starting a test and stopping it."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from accounts.scope import subtree
from agents.models import Initiative
from agents.selectors import sub_segments
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from hypotheses.choices import Decision, Status
from hypotheses.judging import state_of
from hypotheses.models import LONGEST_REASON, Hypothesis, Verdict
from hypotheses.planning import plan_of
from hypotheses.services.checks import check
from hypotheses.services.editing import COPIED, locked_row


class Overlaps(Refused):
    """Two tests would draw lots for the same leads. ``other`` is shown only to whoever may see it."""

    code: ClassVar[str] = "overlap"
    status: ClassVar[int] = 409

    def __init__(self, message: str, other: Hypothesis | None) -> None:
        super().__init__(message, [FieldError("segment", "overlap", message)])
        self.other = other


class NotRunning(Refused):
    code: ClassVar[str] = "not_running"
    status: ClassVar[int] = 409


@transaction.atomic
def start(*, hypothesis: Hypothesis, by: User, at: datetime, expected_version: int | None = None) -> Hypothesis:
    """From now on arriving leads of the segment get an arm by lot; threshold, arms and sample are locked.

    The edition that it replaces is stopped. Starting what runs changes nothing. Raises Overlaps, Invalid, NotRunning
    (it has ended), StaleVersion.
    """
    demand_write(by)
    # Starts of one initiative go one by one, or two overlapping ones would not see each other.
    Initiative.objects.select_for_update(no_key=True).get(pk=hypothesis.initiative_id)
    row = locked_row(hypothesis)
    if row.is_running:
        return row
    check_version(row, expected_version)
    if not row.is_draft:
        raise NotRunning(_("Эта проверка закончена. Сделайте новую версию."))
    _demand_sound(row)
    if row.replaces is not None and row.replaces.is_running:
        stop(hypothesis=row.replaces, by=by, at=at, reason=_("Идёт новая версия: %(code)s") % {"code": row.code})
    _demand_room(row, by)
    plan = plan_of(row, at)
    return save_changes(
        row, {"status": Status.RUNNING, "started_at": at, "plan_daily": plan.daily, "plan_days": plan.days}
    )


def _demand_sound(row: Hypothesis) -> None:
    """What a draft names may have been retired since."""
    utps = [arm.utp for arm in row.arms.select_related("utp")]
    check({name: getattr(row, name) for name in COPIED}, utps)
    retired = next((utp for utp in utps if not utp.active), None)
    if retired is not None:
        message = _("УТП «%(utp)s» снято с работы. Выберите другое.") % {"utp": retired.statement[:80]}
        raise Invalid(message, [FieldError("utps", "retired", message)])


def _demand_room(row: Hypothesis, by: User) -> None:
    """Raises Overlaps where a running test may want the same leads."""
    others = list(
        Hypothesis.objects.running()
        .filter(initiative_id=row.initiative_id)
        .exclude(pk=row.pk)
        .select_related("segment")
    )
    branches = sub_segments([row.segment_id, *(other.segment_id for other in others)])
    for other in others:
        if _meet(row, other) and branches[row.segment_id] & branches[other.segment_id]:
            seen = Hypothesis.objects.visible_to(by).filter(pk=other.pk).first()
            text = _(
                "На эти лиды уже идёт проверка%(code)s. "
                "Дождитесь её вердикта, остановите её или возьмите другой сегмент."
            )
            code = f" {other.code} («{other.segment.name}»)" if seen else _(" другой команды")
            raise Overlaps(text % {"code": code}, seen)


def _meet(one: Hypothesis, other: Hypothesis) -> bool:
    """Whether a lead could be asked for by both, as far as product, funnel and team go."""
    products = {one.product_id, other.product_id}
    if None not in products and len(products) > 1:
        return False
    if one.success_stage.funnel_id != other.success_stage.funnel_id:
        return False
    if one.team_id is None or other.team_id is None:
        return True
    return bool(subtree(one.team_id) & subtree(other.team_id))


@transaction.atomic
def stop(
    *, hypothesis: Hypothesis, by: User, at: datetime, reason: str, expected_version: int | None = None
) -> Hypothesis:
    """End a test without a verdict, or put a draft away. Stopping what has ended changes nothing. Raises Invalid."""
    demand_write(by)
    row = locked_row(hypothesis)
    if row.has_ended:
        return row
    check_version(row, expected_version)
    if not reason.strip():
        message = _("Напишите одной фразой, почему останавливаете.")
        raise Invalid(message, [FieldError("reason", "required", message)])
    if row.is_running:
        state = state_of(row, at)
        Verdict.objects.create(
            hypothesis=row, at=at, by=by, decision=Decision.STOPPED, reason=reason.strip()[:LONGEST_REASON],
            rule=state.word, leader=state.leader, early=not state.complete, counts=state.counted,
        )  # fmt: skip
    return save_changes(row, {"status": Status.STOPPED, "ended_at": at})
