"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    IN = "in", _("Входящий")
    OUT = "out", _("Исходящий")


class CallResult(models.TextChoices):
    """How the exchange says the call ended. What was agreed on is the result of the action, not of the call."""

    TALKED = "talked", _("Разговор")
    NO_ANSWER = "no_answer", _("Не ответили")
    BUSY = "busy", _("Занято")
    VOICEMAIL = "voicemail", _("Автоответчик")
    MISSED = "missed", _("Пропущен")
    FAILED = "failed", _("Сбой связи")


LIKELY_EMPTY_SECONDS = 7 * 60
"""A shorter talk is counted as «вероятно, пустой»: greeting, situation, problem and an appointed next step do not fit
into less. It is a mark for looking closer and never a judgement: nothing is refused or hidden by it."""

LONGEST_SECONDS = 24 * 3600
"""No call lasts longer; a bigger number is a fault of the exchange's clock."""
