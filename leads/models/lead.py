"""The lead, the dictionary of refusals, and notes."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.choices import Kind
from agents.models import Initiative, Party, Product, Segment, Utp
from common.models import External, Record, audited, unique_external
from common.money import amount_field, currency_field
from funnel.models import Stage
from leads.choices import CLOSED, Outcome
from leads.querysets import LeadQuerySet


@audited()
class LossReason(Record):
    """Why leads are lost, as the bank's own list."""

    code = models.SlugField(_("код"), max_length=40, unique=True)
    name = models.CharField(_("причина"), max_length=120)
    position = models.PositiveSmallIntegerField(_("место"), default=0)
    active = models.BooleanField(_("действует"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


@audited()
class Lead(Record, External):
    """Work on one party for one initiative. Who the party is stands on the party."""

    kind = models.CharField(_("воронка"), max_length=10, choices=Kind.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="leads")
    segment = models.ForeignKey(
        Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    agent = models.ForeignKey(
        Party, verbose_name=_("агент"), on_delete=models.PROTECT, null=True, blank=True, related_name="brought_leads"
    )
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("инициатива"), on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    utp = models.ForeignKey(
        Utp, verbose_name=_("УТП"), on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("продукт"), on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("владелец"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
    )
    lead_generator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("лидогенератор"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="generated_leads",
    )
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)

    stage = models.ForeignKey(Stage, verbose_name=_("этап"), on_delete=models.PROTECT, related_name="leads")
    stage_entered_at = models.DateTimeField(_("на этапе с"))
    outcome = models.CharField(_("исход"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    loss_reason = models.ForeignKey(
        LossReason, verbose_name=_("причина отказа"), on_delete=models.PROTECT, null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    return_on = models.DateField(_("вернуться к теме"), null=True, blank=True)

    problem = models.TextField(_("проблематика"), blank=True, default="")
    resources = models.TextField(_("ресурсы на оплату"), blank=True, default="")
    next_action = models.CharField(_("следующий шаг"), max_length=200, blank=True, default="")
    next_action_at = models.DateTimeField(_("когда"), null=True, blank=True)
    touched_at = models.DateTimeField(_("последнее касание"))
    amount = amount_field(verbose_name=_("сумма"))
    currency = currency_field()
    source_channel = models.CharField(_("канал"), max_length=60, blank=True, default="")
    base = models.CharField(_("база"), max_length=120, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("метки"), default=list, blank=True)
    batch = models.UUIDField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    """The lead that goes on with this work, which was the same."""

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "id"]
        constraints: ClassVar = [
            unique_external("lead"),
            models.UniqueConstraint(
                fields=["party", "initiative", "product"],
                condition=Q(outcome=Outcome.OPEN),
                nulls_distinct=False,
                name="lead_open_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "outcome", "next_action_at"], name="lead_by_owner"),
            models.Index(fields=["team", "outcome", "created_at"], name="lead_by_team"),
            models.Index(fields=["lead_generator"], name="lead_by_generator"),
            models.Index(fields=["kind", "stage", "outcome", "stage_entered_at"], name="lead_by_stage"),
            models.Index(fields=["-created_at", "id"], name="lead_newest"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="lead_by_batch"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def is_closed(self) -> bool:
        return self.outcome in CLOSED


@audited()
class Note(Record):
    """What somebody wrote into the lead's feed."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("заметка"), max_length=10_000)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]
