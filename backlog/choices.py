"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Priority(models.IntegerChoices):
    """How soon. Each implies a due moment in the owner's working calendar (``worktime.due``)."""

    NOW = 0, _("часы")
    TODAY = 1, _("день")
    WEEK = 2, _("неделя")
    MONTH = 3, _("месяц")


class ActionKind(models.TextChoices):
    CALL = "call", _("Звонок")
    MEETING = "meeting", _("Встреча")
    CUSTDEV = "custdev", _("CustDev")
    MESSAGE = "message", _("Сообщение")
    CONTRACT = "contract", _("Договорённость")
    TASK = "task", _("Дело")


class ActionStatus(models.TextChoices):
    PLANNED = "planned", _("Запланировано")
    DONE = "done", _("Сделано")
    DROPPED = "dropped", _("Снято")


class SprintStatus(models.TextChoices):
    OPEN = "open", _("Идёт")
    CLOSED = "closed", _("Итоги подведены")


class GoalStatus(models.TextChoices):
    ACTIVE = "active", _("В работе")
    DROPPED = "dropped", _("Снята")


class ResultOutcome(models.TextChoices):
    """What came of an action. The first six are one press on the result bar, the others stand behind «Ещё»."""

    AGREED = "agreed", _("Договорились")
    NOT_REACHED = "not_reached", _("Нет ответа")
    POSTPONED = "postponed", _("Перенести")
    MEETING = "meeting", _("Встреча")
    REFUSED = "refused", _("Отказ")
    VERBAL_CONTRACT = "verbal_contract", _("Устный контракт")
    CLAUSE_MISSING = "clause_missing", _("Не хватает условия")
    OBJECTION = "objection", _("Возражение")
    CONTRADICTION = "contradiction", _("Противоречие")
    OTHER = "other", _("Другое")


class PriorityCause(models.TextChoices):
    """Where a change of priority came from."""

    OWN = "own", _("Свой выбор")
    PROPOSAL = "proposal", _("Принято предложение")
    CARRIED = "carried", _("Перенос на неделю")
    UNDO = "undo", _("Отмена")


class Answer(models.TextChoices):
    """What a person said to a proposal of the morning ritual."""

    ACCEPTED = "accepted", _("Принято")
    CHANGED = "changed", _("Изменено")
    DROPPED = "dropped", _("Снято")


# What was talked about: of these the freshness of a lead starts anew.
REACHED = frozenset(set(ResultOutcome.values) - {ResultOutcome.NOT_REACHED, ResultOutcome.POSTPONED})
