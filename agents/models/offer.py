"""The offer: a product, an initiative that earns margin with it, the segments it goes to, the UTP for each."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.choices import AbcClass, InitiativeStatus, Kind
from agents.querysets import InitiativeQuerySet, SegmentQuerySet, UtpQuerySet
from common.models import External, Record, audited, unique_external
from common.money import amount_field, currency_field


@audited()
class Product(Record):
    """A retail product of the bank. ``margin`` is what one sale earns."""

    code = models.SlugField(_("код"), max_length=40, unique=True)
    name = models.CharField(_("название"), max_length=160)
    margin = amount_field(verbose_name=_("маржа с продажи"))
    currency = currency_field()
    active = models.BooleanField(_("продаётся"), default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


@audited()
class Segment(Record, External):
    """A group of agents or clients. A sub-segment narrows its parent by make, price, age and the like."""

    kind = models.CharField(_("кого объединяет"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("название"), max_length=200)
    description = models.TextField(_("описание"), blank=True, default="")
    city = models.CharField(_("город"), max_length=120, blank=True, default="")
    region = models.CharField(_("регион"), max_length=120, blank=True, default="")
    reach = models.PositiveIntegerField(_("охват, человек"), null=True, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("уточняет"), on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    abc_class = models.CharField(_("класс ABC"), max_length=1, choices=AbcClass.choices, blank=True, default="")
    problem_sharpness = models.PositiveSmallIntegerField(_("острота проблемы, 0–10"), null=True, blank=True)
    money_mass = amount_field(verbose_name=_("денежная масса"))
    currency = currency_field()
    traits = models.JSONField(_("признаки"), default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT, null=True, blank=True
    )
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            unique_external("segment"),
            models.UniqueConstraint(
                fields=["kind", "name", "parent", "team"], nulls_distinct=False, name="segment_name_unique"
            ),
            models.CheckConstraint(
                condition=Q(problem_sharpness__isnull=True) | Q(problem_sharpness__lte=10),
                name="segment_sharpness_0_10",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class Initiative(Record, External):
    """One product offer and its goal of extra margin for a period; everything else hangs off it."""

    name = models.CharField(_("название"), max_length=200)
    description = models.TextField(_("описание"), blank=True, default="")
    product = models.ForeignKey(Product, verbose_name=_("продукт"), on_delete=models.PROTECT)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="InitiativeMember", related_name="initiatives", blank=True
    )
    segments = models.ManyToManyField(Segment, through="InitiativeSegment", related_name="initiatives", blank=True)
    margin_goal = amount_field(verbose_name=_("цель по доп. марже"))
    currency = currency_field()
    starts_on = models.DateField(_("начало"))
    ends_on = models.DateField(_("конец"))
    status = models.CharField(
        _("состояние"), max_length=10, choices=InitiativeStatus.choices, default=InitiativeStatus.ACTIVE
    )

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "name"]
        constraints: ClassVar = [
            unique_external("initiative"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="initiative_period"),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class InitiativeMember(models.Model):
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["initiative", "user"], name="initiative_member_once")]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.user_id}"


@audited()
class InitiativeSegment(models.Model):
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "segment"], name="initiative_segment_once")
        ]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.segment_id}"


@audited()
class Utp(Record, External):
    """УТП: what is promised to a segment with a product, in one sentence."""

    segment = models.ForeignKey(
        Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, related_name="utps", null=True, blank=True
    )
    product = models.ForeignKey(Product, verbose_name=_("продукт"), on_delete=models.PROTECT, null=True, blank=True)
    statement = models.TextField(_("формулировка"))
    promised_metric = models.CharField(_("обещанная метрика"), max_length=200, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    active = models.BooleanField(_("в работе"), default=True)

    objects = UtpQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["statement"]
        constraints: ClassVar = [unique_external("utp")]

    def __str__(self) -> str:
        return self.statement
