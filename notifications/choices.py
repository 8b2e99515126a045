"""What people are told of, by which way, and when."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class NoticeKind(models.TextChoices):
    """The occasions. Each has its own line in a person's settings."""

    STEP_DUE = "step_due", _("Подошёл срок шага")
    ACTION_DUE = "action_due", _("Подходит срок действия")
    SLOT = "slot", _("Начинается слот времени")
    OVERDUE = "overdue", _("Просрочено")
    MEETING = "meeting", _("Скоро встреча")
    PROMISE = "promise", _("Срок обещанной ценности")
    REPLY = "reply", _("Ответили на рассылку")
    LEGAL = "legal", _("Запросы юристам")
    LEAD_ASSIGNED = "lead_assigned", _("Вам передан лид")
    HYPOTHESIS = "hypothesis", _("Гипотезу можно решить")
    IMPORT_FINISHED = "import_finished", _("Импорт закончен")
    TOKEN = "token", _("Срок ключей систем банка")
    WEEKLY_REPORT = "weekly_report", _("Отчёт недели")
    WEBHOOK_STOPPED = "webhook_stopped", _("Вебхук остановлен")
    CAME_AGAIN = "came_again", _("Снова обратился с формы")
    SECURITY = "security", _("Вход и безопасность")
    APPROVAL = "approval", _("Согласие второго сотрудника")


class ReminderKind(models.TextChoices):
    """One ring each; those of one chain follow each other (``notifications.chains``)."""

    STEP = "step"
    STEP_OVERDUE = "step_overdue"
    ACTION = "action"
    ACTION_OVERDUE = "action_overdue"
    SLOT = "slot"
    MEETING_EVE = "meeting_eve"
    MEETING_SOON = "meeting_soon"
    PROMISE_AHEAD = "promise_ahead"
    PROMISE_DAY = "promise_day"


class ReminderState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


class Way(models.TextChoices):
    """The ways out, named as ``channels`` names them."""

    EMAIL = "email", _("Почта")
    TELEGRAM = "telegram", "Telegram"


class Mode(models.TextChoices):
    NONE = "none", _("Не слать")
    AT_ONCE = "at_once", _("Сразу")
    DIGEST = "digest", _("В сводке")


class Quiet(models.TextChoices):
    """When nothing leaves the house; the browser shows everything at any hour."""

    CALENDAR = "calendar", _("Вне рабочего времени")
    OWN = "own", _("В свои часы")
    NEVER = "never", _("Никогда")


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


BY_THE_CLOCK = frozenset({NoticeKind.WEEKLY_REPORT})
"""What has an hour of its own: it does not wait for the start of the working day."""

# What nobody has chosen yet: by e-mail what may wait, in one message a day. Telegram speaks at once, because
# linking it is a choice already; but leads are handed over by the hundred.
_IN_DIGEST = frozenset({NoticeKind.OVERDUE, NoticeKind.PROMISE, NoticeKind.LEAD_ASSIGNED})
DEFAULT_MODES: Mapping[str, Mapping[str, str]] = {
    Way.EMAIL: {kind: Mode.DIGEST if kind in _IN_DIGEST else Mode.NONE for kind in NoticeKind.values}
    | dict.fromkeys([NoticeKind.WEBHOOK_STOPPED, NoticeKind.SECURITY, NoticeKind.APPROVAL], Mode.AT_ONCE),
    Way.TELEGRAM: dict.fromkeys(NoticeKind.values, Mode.AT_ONCE)
    | {NoticeKind.LEAD_ASSIGNED: Mode.DIGEST, NoticeKind.WEEKLY_REPORT: Mode.NONE},
}
_OF_ROLES: Mapping[tuple[str, str, str], str] = {
    (Role.SALES_HEAD, Way.EMAIL, NoticeKind.WEEKLY_REPORT): Mode.AT_ONCE,
    (Role.ADMINISTRATOR, Way.EMAIL, NoticeKind.TOKEN): Mode.AT_ONCE,
}


def usual_mode(role: str, way: str, kind: str) -> str:
    """What holds where a person has chosen nothing."""
    return str(_OF_ROLES.get((role, way, kind)) or DEFAULT_MODES[way].get(kind, Mode.NONE))
