"""Who decides for whom, and the door to one request."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SEES_EVERYTHING, Role
from accounts.scope import may_see_owner, scope_of
from approvals.models import Approval
from common.errors import NotFound


def is_needed(count: int) -> bool:
    """Whether so many ask for a second pair of eyes; a limit of 0 asks for none, which production refuses."""
    return 0 < settings.FOUR_EYES_OVER < count


def may_decide(by: User, asker: User) -> bool:
    """An administrator, or a sales head over the asker's team; never the asker, nor for somebody who sees more than
    oneself."""
    if not by.is_active or by.pk == asker.pk:
        return False
    heads = by.role == Role.SALES_HEAD and asker.role not in SEES_EVERYTHING and may_see_owner(by, asker)
    return by.is_administrator or heads


def deciders(asker: User) -> "QuerySet[User]":
    """Everybody for whom ``may_decide`` is true. One query besides the asker's scope."""
    heads = Q(role=Role.SALES_HEAD, team_id__in=list(scope_of(asker).ancestor_ids))
    found = User.objects.filter(Q(role=Role.ADMINISTRATOR) | heads, is_active=True).exclude(pk=asker.pk)
    return found.order_by("name")


def get_approval_for(user: User, pk: UUID | str) -> Approval:
    """Raises NotFound, the same for hidden and missing."""
    found = Approval.objects.visible_to(user).select_related("asked_by__team").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found
