"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    OPEN = "open", _("В работе")
    WON = "won", _("Ценность доставлена")
    LOST = "lost", _("Отказ")
    ARCHIVED = "archived", _("В архиве")


class Answer(models.TextChoices):
    """What an interview said of the problem, the value, the UTP."""

    YES = "yes", _("Подтвердилось")
    NO = "no", _("Не подтвердилось")


class MeetingKind(models.TextChoices):
    CALL = "call", _("Созвон")
    VISIT = "visit", _("Встреча")


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", _("Назначена")
    HELD = "held", _("Состоялась")
    NO_SHOW = "no_show", _("Не пришёл")
    CANCELLED = "cancelled", _("Отменена")


class BlockerStatus(models.TextChoices):
    OPEN = "open", _("Держит")
    REMOVED = "removed", _("Снят")


class BlockerCategory(models.TextChoices):
    PRODUCT = "product", _("Условия продукта")
    SCORING = "scoring", _("Скоринг и лимиты")
    PROCESS = "process", _("Сроки и процесс")
    LEGAL = "legal", _("Юристы и документы")
    TECHNOLOGY = "technology", _("Технология")
    OTHER = "other", _("Другое")


class Direction(models.TextChoices):
    """Whether the promised metric should grow (sales) or fall (days to issue)."""

    UP = "up", _("Больше — лучше")
    DOWN = "down", _("Меньше — лучше")


class PromiseState(models.TextChoices):
    """Where a promise of value stands on a day (``leads.value``); what asks for most comes first."""

    SHORT = "short", _("недокрутили")
    MEASURE = "measure", _("пора измерить")
    WAITING = "waiting", _("ждём")
    KEPT = "kept", _("выполнено")
    DROPPED = "dropped", _("снято")


CLOSED = frozenset({Outcome.WON, Outcome.LOST, Outcome.ARCHIVED})
