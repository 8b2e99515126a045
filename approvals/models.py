from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.roles import SEES_EVERYTHING, Role
from accounts.scope import scope_of
from approvals.choices import LONGEST, Deed, State
from common.models import Record, audited


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, user: User | AnonymousUser) -> "ApprovalQuerySet":
        """One's own, and those of everybody whom one heads; administrators and auditors read all. Mates do not."""
        scope = scope_of(user)
        if scope.everything:
            return self
        own = Q(asked_by_id=scope.user_id) if scope.user_id else Q(pk__in=[])
        if getattr(user, "role", "") != Role.SALES_HEAD:
            return self.filter(own)
        below = Q(asked_by__team_id__in=list(scope.team_ids)) & ~Q(asked_by__role__in=SEES_EVERYTHING)
        return self.filter(own | below)


@audited()
class Approval(Record):
    """One request for a second pair of eyes, and what was said to it.

    ``conditions`` is what exactly is asked for: pairs of a name and its values, in order; ``digest`` is a keyed hash of
    it, by which it is found again. ``words`` say the same to whoever decides, as the asker saw it.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals_asked")
    deed = models.CharField(max_length=20, choices=Deed.choices)
    conditions = models.JSONField()
    words = models.JSONField()
    digest = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    reason = models.CharField(max_length=LONGEST)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    until = models.DateTimeField()
    """Until when it may be decided; once agreed, until when the consent holds."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="approvals_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=LONGEST, blank=True, default="")

    objects: ClassVar = ApprovalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["asked_by", "digest"], name="approval_of_what")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asked_by", "digest"], condition=Q(state=State.WAITING), name="approval_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")), name="approval_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.count} {self.state}"

    def waits(self, at: datetime) -> bool:
        """Whether it may still be decided."""
        return self.state == State.WAITING and at < self.until

    def stands(self, at: datetime) -> bool:
        """Whether the consent has not run out."""
        return self.state == State.AGREED and at < self.until
