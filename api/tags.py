"""The nouns of the document in the order in which a reader needs them, each with a word about what it is."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

TAGS: dict[str, "StrPromise"] = {
    "me": _("Чей это ключ, что ему можно и до какого дня."),
    "leads": _("Лиды и то, что с ними делают: приём, перевод по этапам, закрытие, возврат, передача."),
    "bulk": _("Много лидов, агентов, клиентов одним запросом: до тысячи сразу, больше — заданием."),
    "jobs": _("Долгие задания: как идут, строки с ошибками, отмена."),
    "agents": _("Агенты — люди и фирмы, которые приводят клиентов."),
    "clients": _("Клиенты, которым продаёт банк."),
    "meetings": _("Созвоны и встречи: факты этапа «Встреча»."),
    "interviews": _("Интервью о проблеме: факты этапа CustDev."),
    "agreements": _("Устные договорённости: что даёт каждая сторона."),
    "contracts": _("Подписанные договоры и их файлы."),
    "value-promises": _("Обещанная ценность: метрика, цель и день."),
    "value-measurements": _("Что из обещанного намерили."),
    "blockers": _("Что на стороне банка мешает купить, и сколько маржи это держит."),
    "stages": _("Этапы воронок, их условия и нормы."),
    "initiatives": _("Инициативы: что, кому и за какую маржу предлагаем."),
    "products": _("Продукты банка и маржа с одной продажи."),
    "segments": _("Сегменты агентов и клиентов."),
    "utps": _("УТП: что сегмент получает от предложения."),
    "hypotheses": _("Гипотезы: что проверяется, выборка, вердикт."),
    "sprints": _("Недели владельцев: план, перенос, итоги."),
    "goals": _("Цели недели и значения их метрик."),
    "actions": _("Действия: что сделать, когда, с каким результатом."),
    "findings": _("Находки сообщества: что сработало у других."),
    "calls": _("Звонки телефонии."),
    "messages": _("Письма и сообщения, которые ушли и пришли."),
    "lead-plans": _("План лидов недели: сколько нужно на каждом этапе."),
    "contract-documents": _("Договоры из шаблонов."),
    "legal-requests": _("Вопросы юристам и их сроки."),
    "funnel": _("Воронка в цифрах, как в отчёте."),
    "forecast": _("Прогноз подписанных контрактов."),
    "imports": _("Загрузки файлов: как идут и чем кончились."),
    "webhook-endpoints": _("Адреса, на которые мы шлём события."),
    "events": _("Те же события лентой: для сетей, которые ничего не принимают снаружи."),
    "inbox": _("Что системы банка сообщают нам подписанными сообщениями."),
    "users": _("Сотрудники, которых видит учётная запись."),
    "teams": _("Команды, которые видит учётная запись."),
}


def order(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Tags with their descriptions, and the paths in the order of the tags."""
    used = {tag for item in result["paths"].values() for operation in item.values() for tag in operation["tags"]}
    result["tags"] = [{"name": tag, "description": str(text)} for tag, text in TAGS.items() if tag in used]
    places = {tag: place for place, tag in enumerate(TAGS)}
    result["paths"] = dict(sorted(result["paths"].items(), key=lambda pair: _place(pair, places)))
    return result


def _place(pair: tuple[str, dict[str, Any]], places: dict[str, int]) -> tuple[int, str]:
    path, item = pair
    first = next(iter(item.values()))
    return places.get(first["tags"][0], len(places)), path
