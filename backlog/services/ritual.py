"""The morning ritual: each proposal is accepted, changed or dropped, and the answer is remembered for that day."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from backlog.choices import ActionKind, Answer, PriorityCause
from backlog.models import Action, MorningAnswer
from backlog.services.actions import create_action, drop_action
from backlog.services.priorities import set_priority
from backlog.services.sprints import open_sprint
from leads.access import locked
from leads.models import Lead


@transaction.atomic
def answer_action(
    *, action: Action, by: User, at: datetime, proposed: int, answer: str, priority: int | None = None, reason: str = ""
) -> Action:
    """Take, change or drop what was proposed for an action. The same answer again changes nothing.

    ``priority`` is one's own choice for «changed». Raises what ``set_priority`` and ``drop_action`` do.
    """
    demand_write(by)
    if answer == Answer.DROPPED:
        changed = drop_action(action=action, by=by, at=at, reason=reason)
    else:
        own = answer == Answer.CHANGED and priority is not None
        to = priority if own and priority is not None else proposed
        cause = PriorityCause.OWN if own else PriorityCause.PROPOSAL
        changed = set_priority(action=action, to=to, by=by, at=at, reason=reason, cause=cause, proposed=proposed)
    _remember(by, at, proposed, answer, action=changed)
    return changed


@transaction.atomic
def answer_lead(
    *, lead: Lead, by: User, at: datetime, proposed: int, answer: str, priority: int | None = None
) -> Action | None:
    """A lead that was proposed becomes an action of this week, or is let be for today."""
    demand_write(by)
    current = locked(lead)
    made = None
    standing = current.actions.open().first()
    if answer != Answer.DROPPED and standing is None:
        owner = current.owner or by
        week = open_sprint(owner=owner, day=at.astimezone(owner.zone).date(), by=by)
        made = create_action(
            owner=owner, by=by, at=at, title=current.next_action or str(_("Позвонить")), lead=current, sprint=week,
            kind=ActionKind.CALL, priority=proposed if priority is None else priority,
            priority_own=priority is not None,
        )  # fmt: skip
    _remember(by, at, proposed, answer, lead=current)
    return made or standing


def _remember(
    by: User, at: datetime, proposed: int, answer: str, *, action: Action | None = None, lead: Lead | None = None
) -> None:
    """The last answer of a day counts."""
    MorningAnswer.objects.update_or_create(
        owner=by, day=day_of_ritual(by, at), action=action, lead=lead,
        defaults={"proposed": proposed, "answer": answer, "at": at},
    )  # fmt: skip


def day_of_ritual(user: User, at: datetime) -> date:
    return at.astimezone(user.zone).date()
