"""The outbox, and the memory against what comes twice or out of order."""

from django.conf import settings
from django.db import models

from common.ids import uuid7


class JobState(models.TextChoices):
    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Job(models.Model):
    """One duty, written in the transaction of the deed that owes it.

    ``dedupe_key`` is unique for ever, so that the same duty is owed once however often it is asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="ready"), name="job_ready_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="leased"), name="job_leased_until"),
            models.Index(fields=["done_at"], condition=models.Q(state="done"), name="job_done_at"),
            models.Index(fields=["kind", "due_at"], condition=models.Q(state="dead"), name="job_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class OnceKey(models.Model):
    """The answer to a submitted form: the same key from the same person gets it again instead of a second deed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=64)
    location = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="once_key_unique")]

    def __str__(self) -> str:
        return self.key


class KeptAnswer(models.Model):
    """The answer to a request with an ``Idempotency-Key``, written in the transaction of the work it tells of.

    ``place`` is the digest of caller, address and key; ``asked`` that of the request's body.
    """

    place = models.CharField(max_length=64, primary_key=True)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    content = models.TextField(blank=True, default="")
    rights = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="kept_answer_created_at")]

    def __str__(self) -> str:
        return f"{self.status} {self.place[:8]}"


class SourceVersion(models.Model):
    """The newest message about a record of another system that was taken in; older ones that come later are stale."""

    noun = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    number = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["noun", "source", "external_id"], name="source_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.source}:{self.number}"
