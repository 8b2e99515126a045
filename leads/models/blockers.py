"""What on the bank's side keeps people from buying: an object with a category, not a line of text."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Party, Product
from common.models import External, Record, audited, unique_external
from leads.choices import BlockerCategory, BlockerStatus
from leads.querysets import BlockerQuerySet


@audited()
class Blocker(Record, External):
    """For example «банк не кредитует авто старше 5 лет»: it holds many people back and is removed once."""

    category = models.CharField(_("категория"), max_length=12, choices=BlockerCategory.choices)
    product = models.ForeignKey(Product, verbose_name=_("продукт"), on_delete=models.PROTECT, null=True, blank=True)
    description = models.CharField(_("что мешает"), max_length=300)
    status = models.CharField(_("состояние"), max_length=8, choices=BlockerStatus.choices, default=BlockerStatus.OPEN)
    responsible = models.CharField(_("кто снимает"), max_length=120, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    parties = models.ManyToManyField(Party, through="BlockerHold", related_name="blockers")

    objects = BlockerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["status", "-opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["category", "product", "description"], nulls_distinct=False, name="blocker_once"
            ),
            unique_external("blocker"),
        ]

    def __str__(self) -> str:
        return self.description


@audited()
class BlockerHold(models.Model):
    blocker = models.ForeignKey(Blocker, on_delete=models.CASCADE, related_name="holds")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="holds")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["blocker", "party"], name="blocker_hold_once")]

    def __str__(self) -> str:
        return f"{self.blocker_id} {self.party_id}"
