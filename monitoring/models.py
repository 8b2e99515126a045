"""What the operator watches: who is alive, what ran and how it went."""

from django.conf import settings
from django.db import models

from common.models import audited


class Heartbeat(models.Model):
    """The last sign of life of a part of the system, whichever of its processes gave it."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class RunKind(models.TextChoices):
    TICK = "tick"
    JOB = "job"


class TaskRun(models.Model):
    """A periodic task that ran, or the jobs of one kind that a worker did in one go. Deleted after a few days.

    ``seconds`` is the longest of them; ``error`` the last failure's type, never its text: that may hold a name.
    """

    kind = models.CharField(max_length=10, choices=RunKind.choices)
    name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "name", "-started_at"], name="task_run_latest"),
            models.Index(fields=["started_at"], name="task_run_started"),
        ]

    def __str__(self) -> str:
        return self.name


class DeedKind(models.TextChoices):
    RUN = "run"
    RETRY = "retry"
    CANCEL = "cancel"
    RELEASE = "release"


@audited()
class Deed(models.Model):
    """What an administrator did to the machinery: ran a task, did or dropped what was given up, ended a quarantine.

    ``subject`` is the name of a task or a kind of job; ``job_id`` the job, where it was one; ``count`` how many.
    """

    kind = models.CharField(max_length=10, choices=DeedKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    subject = models.CharField(max_length=120, blank=True, default="")
    job_id = models.UUIDField(null=True)
    count = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
