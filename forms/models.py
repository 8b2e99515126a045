"""Public forms, the wordings of their consent, and what came through them."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.choices import ConsentPurpose, Kind
from agents.models import Initiative, Party, Segment
from common.ids import uuid7
from common.models import Record, audited
from forms.choices import Language, Spam, State
from forms.querysets import FormQuerySet, SubmissionQuerySet
from leads.models import Lead


@audited()
class PublicForm(Record):
    """A form for a site. ``key`` stands in its address; ``texts`` hold what it says, by language.

    Its leads come in under ``account``, which sees the form's team and nothing beside it.
    """

    key = models.CharField(max_length=24, unique=True, editable=False)
    title = models.CharField(_("название"), max_length=80)
    kind = models.CharField(_("воронка"), max_length=10, choices=Kind.choices, default=Kind.CLIENT)
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("инициатива"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    segment = models.ForeignKey(
        Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("кому"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    team = models.ForeignKey(Team, verbose_name=_("очередь команды"), on_delete=models.PROTECT, null=True, blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    fields = ArrayField(models.CharField(max_length=10), verbose_name=_("что спросить"))
    required = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=2, choices=Language.choices), verbose_name=_("языки"))
    texts = models.JSONField(default=dict)
    purpose = models.CharField(max_length=10, choices=ConsentPurpose.choices, default=ConsentPurpose.PROCESSING)
    origins = ArrayField(models.CharField(max_length=200), verbose_name=_("сайты"), default=list, blank=True)
    active = models.BooleanField(_("принимает"), default=True)

    objects = FormQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    def said(self, language: str) -> dict[str, Any]:
        """The texts of a language; of the first one where it has none."""
        texts: dict[str, Any] = self.texts.get(language) or self.texts.get(self.languages[0]) or {}
        return texts


@audited()
class ConsentText(models.Model):
    """A wording of the consent. It is never changed: another wording is another number."""

    form = models.ForeignKey(PublicForm, on_delete=models.CASCADE, related_name="consent_texts")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=10, choices=ConsentPurpose.choices)
    texts = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["form", "number"], name="consent_text_number")]

    def __str__(self) -> str:
        return f"{self.form_id}/{self.number}"

    @property
    def version_name(self) -> str:
        """How the consent of a party names its wording."""
        return f"form-{self.form.key[:16]}/{self.number}"


class Submission(models.Model):
    """One sending. ``kept`` is what was typed: there until the lead is in, then emptied.

    ``token`` is the hash of the page that was sent: a double press is one sending. ``ip_hash`` and ``digest`` are keyed
    hashes: they can be compared and not read.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.ForeignKey(PublicForm, on_delete=models.PROTECT, related_name="submissions")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=10, choices=Spam.choices, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, related_name="submissions")
    party = models.ForeignKey(Party, on_delete=models.SET_NULL, null=True, related_name="+")
    consent_text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language.choices)
    agent_family = models.CharField(max_length=40, blank=True, default="")
    ip_hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    token = models.CharField(max_length=64)
    kept = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["form", "token"], name="submission_once")]
        indexes: ClassVar = [
            models.Index(fields=["form", "-at"], name="submission_newest"),
            models.Index(fields=["form", "ip_hash", "-at"], name="submission_by_address"),
            models.Index(fields=["form", "digest", "-at"], name="submission_by_digest"),
            models.Index(fields=["at"], condition=~Q(ip_hash=""), name="submission_with_address"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
