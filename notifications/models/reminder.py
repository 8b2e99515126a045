from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.ids import uuid7
from leads.models import Lead
from notifications.choices import ReminderKind, ReminderState


class Reminder(models.Model):
    """A ring that is to come: one for each kind, subject and moment, so that it is planned once and rings once.

    ``moment`` is what it is about (the step, the meeting), ``due_at`` when it rings. Where it follows a person's
    day, ``wall_at`` and ``zone`` say by which clock face ``due_at`` was reckoned. ``round`` grows each time a
    cancelled one is called back: the job of an earlier round finds nothing to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=ReminderKind.choices)
    subject_id = models.UUIDField()
    moment = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="reminders")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="reminders")
    due_at = models.DateTimeField()
    wall_at = models.CharField(max_length=16, blank=True, default="")
    zone = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=9, choices=ReminderState.choices, default=ReminderState.WAITING)
    round = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "subject_id", "moment"], name="reminder_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], condition=Q(state="waiting"), name="reminder_waiting_subject"),
            models.Index(fields=["lead"], condition=Q(state="waiting"), name="reminder_waiting_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
