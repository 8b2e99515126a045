"""States of endpoints and deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EndpointState(models.TextChoices):
    """A paused endpoint gathers its events and gets them once it is resumed; a disabled one gets no new ones."""

    ACTIVE = "active", _("Работает")
    PAUSED = "paused", _("На паузе")
    DISABLED = "disabled", _("Отключён")


class Stop(models.TextChoices):
    """Why an endpoint does not work now."""

    BY_HAND = "by_hand", _("Остановлен вручную")
    FAILING = "failing", _("Не отвечал больше суток")
    GONE = "gone", _("Ответил 410: адреса больше нет")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Ждёт")
    DELIVERED = "delivered", _("Доставлено")
    DEAD = "dead", _("Не доставлено")
