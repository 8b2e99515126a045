"""What the sandbox's receiver got. Only a demonstration has any rows here."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    GENUINE = "genuine", _("Подпись верна")
    FORGED = "forged", _("Подпись не сошлась")
    OLD = "old", _("Метка времени расходится больше чем на пять минут")
    UNSIGNED = "unsigned", _("Подписи нет")


class Receipt(models.Model):
    """One delivery as it came, with what a receiver must make of it. Thin bodies: nobody's data."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=50)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.key} {self.at:%H:%M:%S} {self.verdict}"

    @property
    def is_genuine(self) -> bool:
        return self.verdict == Verdict.GENUINE
