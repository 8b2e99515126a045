"""The result bar: one press writes the outcome, changes the lead and plans the next step; undo takes it all back."""

from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from backlog.choices import ActionKind, ActionStatus, ResultOutcome
from backlog.events import ActionDone, ActionPlanned, ResultUndone
from backlog.models import Action, ActionResult
from backlog.services import effects
from backlog.services.actions import create_action
from backlog.services.planning import hold_plan
from backlog.services.slots import SlotTaken
from backlog.services.sprints import open_sprint
from backlog.steps import RULES, default_step
from common.changes import StaleVersion, check_version, save_changes
from common.errors import FieldError, Invalid, NotFound, Refused
from common.events import publish
from common.text import one_line
from leads.access import locked
from leads.choices import Outcome
from leads.models import Lead, LossReason
from leads.revisions import changed_since
from leads.services.recording import Facts
from worktime.selectors import calendar_of

UNDO = timedelta(seconds=10)
# The press travels to the server and back: what was offered for ten seconds is taken a little longer.
UNDO_TAKEN = UNDO + timedelta(seconds=20)
NOTE_LIMIT = 4000


class AlreadyRecorded(Refused):
    """The action has another result already."""

    code: ClassVar[str] = "already_recorded"
    status: ClassVar[int] = 409


class TooLateToUndo(Refused):
    code: ClassVar[str] = "too_late"
    status: ClassVar[int] = 409


@transaction.atomic
def record_result(
    *,
    action: Action,
    by: User,
    at: datetime,
    outcome: str,
    note: str = "",
    next_at: datetime | None = None,
    plan_next: bool = True,
    next_text: str = "",
    reason: LossReason | None = None,
    facts: Facts | None = None,
    expected_version: int | None = None,
) -> ActionResult:
    """Write down what came of an action and what comes next.

    Without ``next_at`` the step of ``backlog.steps`` follows; ``plan_next=False`` plans none. The same outcome sent
    again gives the result that stands. Raises AlreadyRecorded, Invalid (unknown outcome, refusal without a reason,
    a step in the past), GateClosed (a verbal contract whose terms are missing), StaleVersion, NotAllowed.
    """
    demand_write(by)
    hold_plan(action.owner_id)  # the step may take a slot: whoever plans a slot holds the plan before the action
    current = _locked(action)
    standing = current.results.filter(undone_at__isnull=True).first()
    if standing is not None:
        return _same(standing, outcome)
    check_version(current, expected_version)
    _demand_outcome(current, outcome, note, reason)
    step = next_at if next_at or not plan_next else _default(current, outcome, at)
    words = one_line(next_text)[:200] or (str(RULES[outcome].text) if step else "")
    deed = effects.Deed(
        by=by, at=at, outcome=outcome, kind=current.kind, note=note.strip(), slot_at=current.slot_at, next_at=step,
        next_text=words, reason=reason, facts=facts,
    )  # fmt: skip
    before = effects.apply(current.lead, deed) if current.lead is not None else {}
    follow = _follow(current, deed, step) if current.lead is None and step is not None else None
    _close_action(current, at)
    result = ActionResult.objects.create(
        action=current, lead=current.lead, outcome=outcome, note=deed.note, reason=reason, next_at=step,
        next_text=words, next_action=follow, at=at, by=by, before=before,
    )  # fmt: skip
    publish(ActionDone(current.pk, current.lead_id, current.owner_id, outcome, by.pk, at))
    return result


@transaction.atomic
def record_for_lead(
    *, lead: Lead, by: User, at: datetime, outcome: str, expected_version: int | None = None, **said: object
) -> ActionResult:
    """The same from the lead's side: its action that is due by tonight is done by it. Without one, what was done
    becomes an action, so that every result has its own. The same press again, within the seconds of undo, gives the
    result that stands.

    Raises also Invalid for a lead that is closed, StaleVersion where its stage, outcome or step changed meanwhile;
    other changes of others do not stand in the way.
    """
    demand_write(by)
    hold_plan(lead.owner_id or by.pk)  # the action's own bar comes from the action to the lead, this one the other way
    lead = locked(lead)
    if (pressed := _pressed(lead, by, at, outcome, str(said.get("note", "")))) is not None:
        return pressed
    if lead.outcome in {Outcome.LOST, Outcome.ARCHIVED}:
        raise _wrong("outcome", _("Лид закрыт. Верните его в работу, чтобы записать итог."), "closed")
    if changed_since(lead, expected_version, ("stage", "outcome", "next_action_at")):
        raise StaleVersion(lead, {})
    if (due := _due_action(lead, by, at)) is not None:
        return record_result(action=due, by=by, at=at, outcome=outcome, **said)  # type: ignore[arg-type]
    made = Action.objects.create(
        owner=lead.owner or by, team=lead.team, lead=lead, party=lead.party, segment=lead.segment,
        title=lead.next_action or str(_("Разговор по лиду")), kind=ActionKind.CALL, due_at=lead.next_action_at or at,
    )  # fmt: skip
    result = record_result(action=made, by=by, at=at, outcome=outcome, **said)  # type: ignore[arg-type]
    result.before = result.before | {"action_made": True}
    result.save(update_fields=["before"])
    return result


@transaction.atomic
def undo_result(*, result: ActionResult, by: User, at: datetime) -> ActionResult:
    """Take a result back within seconds: the action is open again, the lead as it was. Undoing twice changes nothing.

    Raises TooLateToUndo; NotAllowed for another person's result.
    """
    demand_write(by)
    hold_plan(result.action.owner_id)
    action = _locked(result.action)
    current = ActionResult.objects.select_for_update(no_key=True).get(pk=result.pk)
    if current.undone_at is not None:
        return current
    if current.by_id != by.pk or at - current.at > UNDO_TAKEN:
        raise TooLateToUndo(_("Отменить итог можно сразу после записи. Теперь запишите новый итог или заметку."))
    if action.lead is not None:
        effects.take_back(action.lead, by=by, at=at, before=current.before, reason=str(_("Итог отменён")))
    if current.next_action is not None:
        _retire(current.next_action, by, at)
    undone = save_changes(current, {"undone_at": at})
    status = ActionStatus.DROPPED if current.before.get("action_made") else ActionStatus.PLANNED
    opened = save_changes(action, {"status": status, "done_at": None})
    if status == ActionStatus.PLANNED:
        publish(ActionPlanned(opened.pk, opened.owner_id, opened.due_at, opened.slot_at, (), by.pk, at))
    publish(ResultUndone(action.pk, action.lead_id, action.owner_id, by.pk, at))
    return undone


def _locked(action: Action) -> Action:
    """The row as it is now, locked bare and read after (see ``leads.access.all_locked``)."""
    list(Action.objects.filter(pk=action.pk).select_for_update(no_key=True).values_list("pk"))
    found = Action.objects.select_related("lead__stage", "lead__party", "owner").filter(pk=action.pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def _same(standing: ActionResult, outcome: str) -> ActionResult:
    if standing.outcome == outcome:
        return standing
    text = _("Итог уже записан: «%(outcome)s». Отмените его или добавьте новое действие.")
    raise AlreadyRecorded(text % {"outcome": standing.get_outcome_display()})


def _pressed(lead: Lead, by: User, at: datetime, outcome: str, note: str) -> ActionResult | None:
    """What a double press wrote a moment ago: by this person, the same outcome in the same words."""
    last = ActionResult.objects.filter(lead=lead, undone_at__isnull=True, at__gt=at - UNDO, at__lte=at + UNDO)
    return last.filter(by=by, outcome=outcome, note=note.strip()).order_by("-at", "-pk").first()


def _demand_outcome(action: Action, outcome: str, note: str, reason: LossReason | None) -> None:
    if outcome not in ResultOutcome.values:
        raise _wrong("outcome", _("Такого итога нет. Выберите один из предложенных."), "unknown")
    if action.status == ActionStatus.DROPPED:
        raise AlreadyRecorded(_("Действие снято. Верните его в план, чтобы записать итог."))
    if len(note) > NOTE_LIMIT:
        raise _wrong("note", _("Заметка длиннее 4 000 знаков. Сократите её."), "too_long")
    if outcome == ResultOutcome.REFUSED and action.lead is not None and reason is None:
        raise _wrong("reason", _("Выберите причину отказа: по ним видно, что исправлять."), "required")


def _wrong(field: str, message: str, code: str) -> Invalid:
    return Invalid(message, [FieldError(field, code, message)])


def _default(action: Action, outcome: str, at: datetime) -> datetime | None:
    """A task without a lead is simply done; only what was not done needs another try."""
    retry = {ResultOutcome.NOT_REACHED, ResultOutcome.POSTPONED}
    if action.lead is None and outcome not in retry:
        return None
    slot = action.slot_at or (action.lead.next_action_at if action.lead else None)
    return default_step(outcome, at=at, slot_at=slot, calendar=calendar_of(action.owner))


def _follow(action: Action, deed: effects.Deed, moment: datetime) -> Action:
    """The next action of the chain: for the same goal in the same week, else in the week that the moment falls into.

    It takes the slot that was asked for; where that is taken the due moment alone holds.
    """
    week = open_sprint(owner=action.owner, day=moment.astimezone(action.owner.zone).date(), by=deed.by)
    plan = partial(
        create_action, owner=action.owner, title=action.title, by=deed.by, at=deed.at, sprint=week,
        goal=action.goal if action.sprint_id == week.pk else None, segment=action.segment, party=action.party,
        kind=action.kind, priority=action.priority, due_at=moment, minutes=action.minutes,
        location=action.location, follows=action, finding=action.finding,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return plan(slot_at=moment)
    except SlotTaken:
        return plan()


def _due_action(lead: Lead, by: User, at: datetime) -> Action | None:
    """What the lead's owner planned with it for today or earlier, the first of it."""
    owner = lead.owner or by
    tonight = at.astimezone(owner.zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    mine = Action.objects.open().filter(lead=lead, owner=owner, sprint__isnull=False)
    return mine.filter(Q(due_at__lt=tonight) | Q(slot_at__lt=tonight)).order_by("due_at", "pk").first()


def _close_action(action: Action, at: datetime) -> None:
    save_changes(action, {"status": ActionStatus.DONE, "done_at": at})


def _retire(action: Action, by: User, at: datetime) -> None:
    """The follow-up of an undone result goes, unless somebody has already worked it."""
    current = _locked(action)
    if current.status == ActionStatus.PLANNED:
        stale = tuple(moment for moment in (current.due_at, current.slot_at) if moment)
        save_changes(current, {"status": ActionStatus.DROPPED})
        publish(ActionPlanned(current.pk, current.owner_id, None, None, stale, by.pk, at))
