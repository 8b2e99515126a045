"""A promise of value that falls short becomes an action proposed to whoever owns the lead."""

import logging
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from backlog.choices import ActionKind, ActionStatus, GoalStatus, Priority, SprintStatus
from backlog.models import Action, Goal
from backlog.services.actions import create_action, drop_action
from backlog.services.sprints import monday_of
from common.errors import Refused
from funnel.defaults import VALUE_DELIVERED
from leads.events import ValueCaughtUp, ValueFellShort
from leads.models import Lead, ValuePromise

log = logging.getLogger(__name__)


def propose_correction(event: ValueFellShort) -> None:
    """One open action a promise, however often it is measured short; a round that was answered proposes nothing more.

    The promise's row is locked by whoever tells of it, so that of two measurements the second finds the first's action.
    """
    mark = _mark(event.promise_id)
    if Action.objects.filter(sprung_from__startswith=mark, status=ActionStatus.PLANNED).exists():
        return
    promise = ValuePromise.objects.select_related("lead__party", "lead__owner").get(pk=event.promise_id)
    owner = promise.lead.owner
    if owner is None:  # a lead of the team's queue: whoever takes it sees the promise on its card
        return
    title = _("Докрутить: %(metric)s — %(name)s")
    title %= {"metric": promise.metric[:100], "name": promise.lead.party.name[:80]}
    try:
        create_action(
            owner=owner, by=owner, at=event.at, title=title[:200], note=_note(promise), kind=ActionKind.TASK,
            priority=Priority.WEEK, lead=promise.lead, goal=_goal(owner, promise.lead, event.at),
            sprung_from=f"{mark}{event.round}",
        )  # fmt: skip
    except Refused as refusal:  # an owner who may no longer write
        log.warning("No action for promise %s: %s", event.promise_id, refusal.code)


def withdraw_correction(event: ValueCaughtUp) -> None:
    """What is kept after all needs no more correcting; an action that was done stays done."""
    rows = Action.objects.filter(sprung_from__startswith=_mark(event.promise_id), status=ActionStatus.PLANNED)
    for action in rows.select_related("owner"):
        try:
            drop_action(action=action, by=action.owner, at=event.at, reason=_("обещанное измерено и выполнено"))
        except Refused as refusal:
            log.warning("Action %s stays in the plan: %s", action.pk, refusal.code)


def _mark(promise_id: UUID) -> str:
    return f"value:{promise_id.hex}:"


def _goal(owner: User, lead: Lead, at: datetime) -> Goal | None:
    """This week's goal on delivered value in the lead's segment, where the owner has set one; else it is an idea."""
    monday = monday_of(at.astimezone(owner.zone).date())
    mine = Goal.objects.filter(owner=owner, status=GoalStatus.ACTIVE, metric=VALUE_DELIVERED, segment=lead.segment)
    week = mine.filter(sprint__starts_on=monday, sprint__status=SprintStatus.OPEN)
    return week.select_related("sprint", "segment").first()


def _note(promise: ValuePromise) -> str:
    said = {"target": _number(promise.target), "unit": promise.unit, "day": f"{promise.due_on:%d.%m.%Y}"}
    promised = _("Обещано: %(target)s %(unit)s к %(day)s.") % said
    if promise.measured is None or promise.measured_on is None:
        found = _("Никто не измерил. Узнайте число и решите, что исправить.")
    else:
        fact = {"fact": _number(promise.measured), "unit": promise.unit, "day": f"{promise.measured_on:%d.%m.%Y}"}
        found = _("Измерено: %(fact)s %(unit)s на %(day)s. Решите, что исправить, и измерьте снова.") % fact
    return " ".join(f"{promised} {found}".split()).replace(" .", ".")


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
