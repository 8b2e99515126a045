"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("Черновик")
    RUNNING = "running", _("Идёт")
    DECIDED = "decided", _("Решена")
    STOPPED = "stopped", _("Остановлена")


class Word(models.TextChoices):
    """What the rule says of the sample as it stands."""

    CONFIRMED = "confirmed", _("Подтверждается")
    REFUTED = "refuted", _("Опровергается")
    NO_DIFFERENCE = "no_difference", _("Разницы, ради которой стоит ждать, нет")
    LEANING = "leaning", _("Сигнал, не вердикт")
    COLLECTING = "collecting", _("Копим")


class Decision(models.TextChoices):
    """What a person makes of it. ``collecting`` leaves the test running; ``stopped`` ends it without a verdict."""

    CONFIRMED = "confirmed", _("Подтвердили")
    REFUTED = "refuted", _("Отвергли")
    CHANGED = "changed", _("Изменить УТП")
    COLLECTING = "collecting", _("Ещё копим")
    STOPPED = "stopped", _("Остановили")


FINAL = frozenset({Word.CONFIRMED, Word.REFUTED, Word.NO_DIFFERENCE})
ENDING = frozenset({Decision.CONFIRMED, Decision.REFUTED, Decision.CHANGED})
OFFERED = (Decision.CONFIRMED, Decision.REFUTED, Decision.CHANGED, Decision.COLLECTING)
ENDED = frozenset({Status.DECIDED, Status.STOPPED})
