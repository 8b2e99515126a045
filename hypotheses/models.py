"""A hypothesis: which promise, to whom, brings how many to which stage. Leads stand above and are ids here."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.models import Initiative, Product, Segment, Utp
from common.models import External, Record, audited, unique_external
from funnel.models import Stage
from hypotheses.choices import ENDED, Decision, Status, Word
from hypotheses.querysets import HypothesisQuerySet

LONGEST_REASON = 500


def new_seed() -> str:
    return secrets.token_hex(16)


@audited()
class Hypothesis(Record, External):
    """One arm stands against ``expected_rate``, two and more against each other. Rates are shares, 0 to 1.

    What the sample is judged by (segment, arms, stage, rates, ``sample``) is locked once it runs: a change is a new
    edition under the same number, which refers to the one that it ``replaces``.
    """

    number = models.PositiveIntegerField(_("номер"), editable=False)
    edition = models.PositiveSmallIntegerField(_("версия"), default=1, editable=False)
    replaces = models.ForeignKey(
        "self", verbose_name=_("вместо"), on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("инициатива"), on_delete=models.PROTECT, related_name="hypotheses"
    )
    segment = models.ForeignKey(Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, related_name="hypotheses")
    product = models.ForeignKey(
        Product, verbose_name=_("продукт"), on_delete=models.PROTECT, null=True, blank=True, related_name="hypotheses"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)

    problem = models.CharField(_("проблема"), max_length=300, blank=True, default="")
    success_stage = models.ForeignKey(
        Stage, verbose_name=_("успех — дошёл до этапа"), on_delete=models.PROTECT, related_name="hypotheses"
    )
    expected_rate = models.DecimalField(_("порог"), max_digits=5, decimal_places=4)
    refuted_below = models.DecimalField(_("опровергнута ниже"), max_digits=5, decimal_places=4, null=True, blank=True)
    difference = models.DecimalField(_("наименьшая стоящая разница"), max_digits=5, decimal_places=4)
    sample = models.PositiveIntegerField(_("лидов на вариант"))
    mature_days = models.PositiveSmallIntegerField(_("дней на созревание лида"))
    open_ended = models.BooleanField(_("без срока"), default=False)

    status = models.CharField(_("состояние"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    verdict = models.CharField(_("вердикт"), max_length=10, choices=Decision.choices, blank=True, default="")
    winner = models.ForeignKey(
        "hypotheses.Arm", verbose_name=_("выбрано"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    """With a lead's id it gives the lead's arm: nobody can choose it, everybody can recompute it."""
    started_at = models.DateTimeField(_("начата"), null=True, blank=True)
    ended_at = models.DateTimeField(_("закончена"), null=True, blank=True)
    plan_daily = models.FloatField(_("лидов в день при старте"), null=True, blank=True)
    plan_days = models.FloatField(_("дней по плану"), null=True, blank=True)

    objects = HypothesisQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number", "-edition"]
        verbose_name_plural = "hypotheses"
        constraints: ClassVar = [
            unique_external("hypothesis"),
            models.UniqueConstraint(fields=["number", "edition"], name="hypothesis_edition_once"),
            models.CheckConstraint(
                condition=Q(expected_rate__gt=0, expected_rate__lt=1, difference__gt=0, difference__lt=1)
                & (Q(refuted_below__isnull=True) | Q(refuted_below__gt=0, refuted_below__lte=F("expected_rate"))),
                name="hypothesis_rates_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(started_at__isnull=False) | Q(status=Status.STOPPED),
                name="hypothesis_runs_since",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["initiative"], condition=Q(status=Status.RUNNING), name="hypothesis_running"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """As people name it: H-12, the second edition H-12.2."""
        return f"H-{self.number}" if self.edition == 1 else f"H-{self.number}.{self.edition}"

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_running(self) -> bool:
        return self.status == Status.RUNNING

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


@audited()
class Arm(models.Model):
    """One of the promises under test."""

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="arms")
    utp = models.ForeignKey(Utp, verbose_name=_("УТП"), on_delete=models.PROTECT, related_name="arms")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hypothesis", "utp"], name="arm_utp_once"),
            models.UniqueConstraint(fields=["hypothesis", "position"], name="arm_position_once"),
        ]

    def __str__(self) -> str:
        return self.letter

    @property
    def letter(self) -> str:
        """A, B, C …: how people speak of it."""
        return chr(ord("A") + self.position)


class Membership(models.Model):
    """A lead that got its arm by lot when it arrived. It stays in that arm whatever is done to it later.

    Written once and never changed, so its table is its own history. The lead's foreign key is added by a migration of
    ``leads``: it goes with the lead when an import is taken back.
    """

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.PROTECT, related_name="members", db_index=False)
    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="members")
    lead_id = models.UUIDField(unique=True)
    joined_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["joined_at", "id"]
        indexes: ClassVar = [models.Index(fields=["hypothesis", "joined_at"], name="member_by_hypothesis")]

    def __str__(self) -> str:
        return str(self.lead_id)


@audited()
class Verdict(models.Model):
    """What a person decided, why, and what the rule said of which sample at that moment."""

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="verdicts")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("вердикт"), max_length=10, choices=Decision.choices)
    reason = models.CharField(_("почему"), max_length=LONGEST_REASON, blank=True, default="")
    early = models.BooleanField(_("раньше плана"), default=False)
    rule = models.CharField(_("по правилу"), max_length=13, choices=Word.choices)
    leader = models.ForeignKey(Arm, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counts = models.JSONField(default=list)
    """[{arm, utp, n, k, open}] as they stood."""

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return self.decision


class Look(models.Model):
    """The first moment at which a daily look gave the rule's final word: it stands, whatever the counts do later."""

    hypothesis = models.OneToOneField(Hypothesis, on_delete=models.CASCADE, related_name="look")
    at = models.DateTimeField()
    word = models.CharField(max_length=13, choices=Word.choices)
    leader = models.ForeignKey(Arm, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counts = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return self.word
