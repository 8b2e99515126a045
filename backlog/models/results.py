"""What came of an action, and what a person said to the morning's proposals."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backlog.choices import Answer, Priority, ResultOutcome
from backlog.models.plan import Action
from backlog.querysets import ResultQuerySet
from common.models import Record, audited
from leads.models import Lead, LossReason


@audited()
class ActionResult(Record):
    """Outcome, note and next step of an action, written in one press. ``before`` keeps what undo must put back."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="results")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, blank=True, related_name="results")
    outcome = models.CharField(_("итог"), max_length=15, choices=ResultOutcome.choices)
    note = models.TextField(_("заметка"), blank=True, default="", max_length=4000)
    reason = models.ForeignKey(LossReason, on_delete=models.PROTECT, null=True, blank=True)
    next_at = models.DateTimeField(_("следующий шаг"), null=True, blank=True)
    next_text = models.CharField(max_length=200, blank=True, default="")
    next_action = models.ForeignKey(Action, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["action"], condition=models.Q(undone_at__isnull=True), name="result_of_action_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["by", "-at"], name="result_by_person"),
            models.Index(fields=["lead", "-at"], name="result_by_lead"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class MorningAnswer(models.Model):
    """The morning ritual, answer by answer: what was proposed for a day and what the person made of it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.DateField()
    action = models.ForeignKey(Action, on_delete=models.CASCADE, null=True, blank=True)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, blank=True)
    proposed = models.PositiveSmallIntegerField(choices=Priority.choices)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "day", "action"], name="morning_answer_of_action"),
            models.UniqueConstraint(fields=["owner", "day", "lead"], name="morning_answer_of_lead"),
        ]

    def __str__(self) -> str:
        return self.answer
