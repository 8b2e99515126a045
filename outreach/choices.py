"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("Черновик")
    RUNNING = "running", _("Идёт")
    PAUSED = "paused", _("На паузе")
    DONE = "done", _("Завершена")


class AudienceOf(models.TextChoices):
    """Which list's filters choose the recipients."""

    AGENTS = "agents", _("Агенты")
    CLIENTS = "clients", _("Клиенты")
    LEADS = "leads", _("Лиды")


class MessageState(models.TextChoices):
    PLANNED = "planned", _("В плане")
    SENDING = "sending", _("Отправляется")
    SENT = "sent", _("Отправлено")
    REPLIED = "replied", _("Ответили")
    SKIPPED = "skipped", _("Пропущено")
    FAILED = "failed", _("Не доставлено")


WAITING = frozenset({MessageState.PLANNED, MessageState.SENDING})
OUT = frozenset({MessageState.SENT, MessageState.REPLIED})


class Reason(models.TextChoices):
    """Why a message was not sent or is late; the second half are the answers of ``channels.messages.Why``."""

    NO_CONSENT = "no_consent", _("нет согласия на рассылки")
    OPTED_OUT = "opted_out", _("отказался от рассылок")
    NO_ADDRESS = "no_address", _("контакт удалили")
    EMPTY_VARIABLE = "empty_variable", _("нечего подставить в текст")
    STOPPED = "stopped", _("рассылку остановили")
    OVER = "over", _("рассылка закончилась")
    UNREACHABLE = "unreachable", _("канал не отвечает")
    BUSY = "busy", _("канал просит подождать")
    MISCONFIGURED = "misconfigured", _("канал настроен неверно")
    UNKNOWN_RECIPIENT = "unknown_recipient", _("адреса не существует")
    BLOCKED = "blocked", _("получатель заблокировал отправителя")
    BAD_MESSAGE = "bad_message", _("канал не принял текст")


class OptOutSource(models.TextChoices):
    LINK = "link", _("по ссылке")
    WORD = "word", _("ответил «стоп»")
    HAND = "hand", _("попросил лично")
    BLOCKED = "blocked", _("заблокировал отправителя")


class Way(models.TextChoices):
    """Which way a message went, seen from the bank."""

    IN = "in", _("Пришло")
    OUT = "out", _("Ушло")
