"""Every type of event that is told outside. The contract: types are added, never renamed or removed within v1."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

TYPES: Mapping[str, Any] = {
    "lead.created": _("Заведён лид"),
    "lead.updated": _("Изменены поля лида"),
    "lead.stage_entered": _("Лид перешёл на этап"),
    "lead.assigned": _("У лида новый владелец"),
    "lead.closed": _("Лид закрыт"),
    "lead.reopened": _("Лид снова в работе"),
    "lead.merged": _("Лид объединён с другим"),
    "lead.unmerged": _("Объединение лидов отменено"),
    "meeting.planned": _("Назначена или перенесена встреча"),
    "meeting.ended": _("Встреча прошла, сорвалась или отменена"),
    "contract.signed": _("Подписан договор"),
    "value.promised": _("Обещана ценность"),
    "value.fell_short": _("Обещанная ценность не достигнута"),
    "value.caught_up": _("Обещанная ценность достигнута после срока"),
    "agent.created": _("Заведён агент"),
    "agent.updated": _("Изменены поля агента"),
    "client.created": _("Заведён клиент"),
    "client.updated": _("Изменены поля клиента"),
    "action.done": _("Действие закрыто с результатом"),
    "action.undone": _("Результат действия отменён"),
    "hypothesis.verdict": _("Правило дало вердикт по гипотезе"),
    "import.finished": _("Импорт закончен"),
    "message.received": _("Ответили на рассылку"),
    "call.logged": _("Записан звонок"),
}
TEST = _("Проверка связи")


def label(kind: str) -> str:
    """What people read; a type that this version does not know is shown as it is."""
    return str(TYPES.get(kind, TEST if kind == "ping" else kind))
