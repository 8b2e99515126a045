"""The fixed words of this room."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 256 * 1024
"""A message is a note about one thing; whoever sends more has mistaken it for an import."""
SECRET_OVERLAP = timedelta(days=1)
"""How long the former secret still signs after a change: time enough to change it in the sender."""


class State(models.TextChoices):
    """``stale``: something newer about the same object was carried out before; ``ignored``: nobody asked for it."""

    RECEIVED = "received", _("В очереди")
    DONE = "done", _("Исполнено")
    IGNORED = "ignored", _("Не нужно")
    STALE = "stale", _("Устарело")
    FAILED = "failed", _("Не удалось")


class Type(models.TextChoices):
    """What is understood. Anything else is kept and marked ``ignored``."""

    LEAD = "lead.upserted", _("Лид создан или изменён")
    CALL = "call.ended", _("Звонок закончен")
    MESSAGE = "message.received", _("Пришло сообщение")
    CONTRACT = "contract.signed", _("Подписан контракт")


SETTLED = frozenset({State.DONE, State.IGNORED, State.STALE})
