"""The funnel's definition and its log. A lead is only an id here: leads stand one floor above."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.choices import Kind
from agents.models import Initiative, Party, Product, Segment, Utp
from common.models import Record, audited
from funnel.choices import EntryEvent, Origin
from funnel.querysets import FunnelQuerySet, StageEntryQuerySet, StageQuerySet


@audited()
class Funnel(Record):
    """A road with stages of its own: one for agents, one for clients, and one for each product that needs another.

    ``code`` never changes; those of the two default funnels are their kinds.
    """

    kind = models.CharField(_("чья"), max_length=10, choices=Kind.choices)
    product = models.ForeignKey(
        Product, verbose_name=_("продукт"), on_delete=models.PROTECT, null=True, blank=True, related_name="funnels"
    )
    code = models.SlugField(_("код"), max_length=40, unique=True)
    name = models.CharField(_("название"), max_length=80)
    active = models.BooleanField(_("действует"), default=True)

    objects = FunnelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "created_at", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "product"], nulls_distinct=False, name="funnel_once_a_product"),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class Stage(Record):
    """A step of a funnel: data, not code. ``gate`` lists the facts it takes to enter. ``kind`` is its funnel's."""

    funnel = models.ForeignKey(Funnel, verbose_name=_("воронка"), on_delete=models.PROTECT, related_name="stages")
    kind = models.CharField(_("воронка"), max_length=10, choices=Kind.choices)
    code = models.SlugField(_("код"), max_length=40)
    name = models.CharField(_("название"), max_length=80)
    position = models.PositiveSmallIntegerField(_("место"))
    key = models.BooleanField(_("ключевой этап (КЭВ)"), default=False)
    probability = models.DecimalField(_("вероятность"), max_digits=4, decimal_places=3, default=0)
    norm_hours = models.PositiveIntegerField(_("норма, часов"), null=True, blank=True)
    gate = ArrayField(models.CharField(max_length=40), verbose_name=_("шлюз"), default=list, blank=True)
    hint = models.CharField(_("подсказка"), max_length=300, blank=True, default="")
    active = models.BooleanField(_("действует"), default=True)

    # What the priority engine believes of the step from here to the next stage before it has seen any.
    effort_hours = models.FloatField(_("усилие на шаг, часов"), default=1.0)
    half_life_hours = models.FloatField(_("остывает наполовину за, часов"), default=240.0)
    pass_guess = models.FloatField(_("ожидаемая доля прошедших дальше"), default=0.5)

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "funnel_id", "position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["funnel", "code"], name="stage_code_unique"),
            models.UniqueConstraint(
                fields=["funnel", "position"], name="stage_position_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=models.Q(effort_hours__gt=0, half_life_hours__gt=0, pass_guess__gt=0, pass_guess__lt=1),
                name="stage_beliefs_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def norm_days(self) -> int | None:
        """The norm as people say it, in whole days."""
        return max(1, round(self.norm_hours / 24)) if self.norm_hours else None


class StageEntry(models.Model):
    """One event of a lead's road, with the dimensions as they stood at that moment. Never rewritten.

    ``at`` is when it happened (an import may backdate it), ``recorded_at`` when it was written down.
    """

    lead_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    event = models.CharField(max_length=10, choices=EntryEvent.choices)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="entries")
    from_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, default="")
    waived = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    batch = models.UUIDField(null=True, blank=True)
    reason_code = models.CharField(max_length=40, blank=True, default="")
    """Why it was lost, as the list of reasons calls it; «reason» is what people read."""
    idle_hours = models.FloatField(null=True, blank=True)
    """How long nobody had touched the lead when it moved on or was closed; unknown for history from elsewhere."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, null=True, related_name="+")
    utp = models.ForeignKey(Utp, on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    source_channel = models.CharField(max_length=60, blank=True, default="")
    undoes = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False)
    """The entry that this one takes back within seconds of it. Both stay in the log, and neither counts anywhere."""

    objects = StageEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["lead_id", "at", "id"]
        constraints: ClassVar = [
            # Small, and by it a count of the log finds what was undone.
            models.UniqueConstraint(
                fields=["undoes"], condition=models.Q(undoes__isnull=False), name="entry_undone_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lead_id", "at", "id"], name="entry_by_lead"),
            models.Index(fields=["kind", "stage", "at"], name="entry_by_stage"),
            # A person's goals are counted from what his leads entered in a week. Serves the foreign key too.
            models.Index(fields=["owner", "at"], name="entry_by_owner"),
            models.Index(fields=["batch"], condition=models.Q(batch__isnull=False), name="entry_by_batch"),
            # What was taken back is one entry in twenty: evidence finds it without reading the whole log.
            models.Index(
                fields=["lead_id", "at", "id"],
                include=["event", "stage"],
                condition=models.Q(event=EntryEvent.RETURNED) | models.Q(event=EntryEvent.REOPENED),
                name="entry_taken_back",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d}"
