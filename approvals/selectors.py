"""Reading requests: what waits for one's word, what one asked for, what was said."""

from datetime import datetime

from accounts.models import User
from accounts.roles import LEADS_A_TEAM
from approvals.choices import State
from approvals.models import Approval, ApprovalQuerySet
from approvals.subject import Mass

SHOWN = 20


def visible(user: User) -> ApprovalQuerySet:
    found: ApprovalQuerySet = Approval.objects.visible_to(user).select_related("asked_by", "decided_by")
    return found


def decides(user: User) -> bool:
    """Whether anybody's request is his to decide."""
    return user.role in LEADS_A_TEAM


def waiting(user: User, at: datetime) -> ApprovalQuerySet:
    """Others' requests that may still be decided, the oldest first: by him where he ``decides``, else to be read."""
    found = visible(user).filter(state=State.WAITING, until__gt=at).exclude(asked_by=user)
    return found.order_by("asked_at", "pk")


def own(user: User) -> ApprovalQuerySet:
    return visible(user).filter(asked_by=user)


def decided(user: User) -> ApprovalQuerySet:
    return visible(user).exclude(state=State.WAITING).exclude(asked_by=user).order_by("-decided_at", "-pk")


def latest(what: Mass, by: User) -> Approval | None:
    """What became of the last time he asked for exactly this."""
    return own(by).filter(digest=what.digest).first()
