"""The fixed words of this room."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

EXPORT_KEPT = timedelta(hours=24)
"""How long a file with everything about a person lies ready for whoever asked for it."""
ACT_KEPT = timedelta(days=3 * 366)
"""An act of erasure and its extract of the log: three years, by order 179 of Roskomnadzor."""


class Basis(models.TextChoices):
    """Why somebody's data is erased."""

    REQUEST = "request", _("требование самого человека")
    WITHDRAWN = "withdrawn", _("отозвано согласие")
    PURPOSE_OVER = "over", _("цель обработки достигнута")
    RETENTION = "retention", _("вышел срок хранения")


class ErasureState(models.TextChoices):
    ASKED = "asked", _("Ждёт подтверждения")
    RUNNING = "running", _("Выполняется")
    DONE = "done", _("Выполнено")
    CANCELLED = "cancelled", _("Отменено")


OPEN_ERASURES = frozenset({ErasureState.ASKED, ErasureState.RUNNING})


class Fate(models.TextChoices):
    """What an erasure does to the rows of a table."""

    GOES = "goes", _("удалится целиком")
    EMPTIED = "emptied", _("останется без имени и текстов")
    CUT = "cut", _("имя и контакты уйдут из текста")
    STAYS = "stays", _("останется: никого не называет")


class ExportState(models.TextChoices):
    MAKING = "making", _("Готовится")
    READY = "ready", _("Готова")
    GONE = "gone", _("Удалена")
