"""The error catalogue: every ``code`` that this room answers, with its cause and its cure, said once for the document,
for the page ``/api/docs/errors/`` and for docs/errors.md. A new code without a line here fails the test suite."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

PAGE = "/api/docs/errors/"


@dataclass(frozen=True, slots=True)
class Known:
    """One code. ``of`` are the nouns (tags of the document) whose operations answer it; empty means all of them."""

    code: str
    status: int
    cause: "StrPromise"
    cure: "StrPromise"
    of: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return address_of(self.code)


def address_of(code: str) -> str:
    """The ``type`` of a problem: its place in the catalogue."""
    return f"{PAGE}#{code}"


_WEEK = ("sprints", "goals", "actions")
_PLANNED = (*_WEEK, "lead-plans")
_BODY = (
    Known("invalid", 400, _("Параметр, поле или значение не подходит."), _("Исправьте места, которые назвал errors.")),
    Known("not_json", 400, _("Тело запроса — не JSON."), _("Пришлите объект JSON; NaN и Infinity в нём не бывает.")),
    Known("not_object", 400, _("Тело — JSON, но не объект."), _("Начните тело с фигурной скобки.")),
    Known("not_utf8", 400, _("Тело не в UTF-8."), _("Пришлите тело в UTF-8.")),
    Known("duplicate_key", 400, _("Поле названо в теле дважды."), _("Оставьте одно.")),
    Known("number_range", 400, _("Число вне допустимых границ."), _("Пришлите число меньше; суммы — строкой.")),
    Known("too_deep", 400, _("Слишком глубокая вложенность."), _("Вложите не глубже 32 уровней.")),
    Known(
        "control_characters",
        400,
        _("В тексте есть знаки, которые нельзя сохранить: NUL, половина суррогатной пары."),
        _("Уберите их; errors называет место."),
    ),
    Known("too_large", 413, _("Тело запроса слишком велико."), _("Разделите его.")),
    Known("unsupported_media_type", 415, _("Content-Type не application/json."), _("Пришлите JSON и назовите его.")),
)
_ACCESS = (
    Known(
        "not_authenticated",
        401,
        _("Запрос пришёл без ключа."),
        _("Пришлите заголовок Authorization: Bearer crm_…"),
    ),
    Known(
        "token_invalid",
        401,
        _("Ключ неизвестен, отозван или истёк."),
        _("Выпустите новый ключ в настройках интеграций."),
    ),
    Known(
        "scope_missing",
        403,
        _("Ключу не дано право на эту операцию; его называет scope."),
        _("Возьмите ключ с этим правом: GET /api/v1/me/ показывает, какие даны."),
    ),
    Known(
        "address_refused",
        403,
        _("Ключ верен, но с этого адреса не принимается."),
        _("Обращайтесь с адреса из списка ключа или дополните список в настройках интеграций."),
    ),
    Known(
        "not_allowed",
        403,
        _("Запись видна, но сделать это с ней нельзя."),
        _("Сделайте это от имени того, кому положено."),
    ),
    Known(
        "csrf_failed",
        403,
        _("Запись из браузера пришла без CSRF."),
        _("Пришлите X-CSRFToken со значением из cookie или возьмите ключ."),
    ),
    Known(
        "not_found",
        404,
        _("Записи нет, или она не видна: ответ один и тот же."),
        _("Проверьте id и то, какую команду видит учётная запись."),
    ),
    Known(
        "rate_limited",
        429,
        _("Обращений за минуту больше, чем позволено ключу: RateLimit-Policy называет предел."),
        _("Подождите, сколько назвал Retry-After. Чтобы не доходить до отказа, следите за RateLimit."),
    ),
    Known(
        "too_many_guesses",
        429,
        _("С этого адреса за четверть часа пришло больше пяти негодных ключей."),
        _("Исправьте ключ; следующий негодный рассмотрят, когда пройдёт время из Retry-After. Годный проходит всегда."),
    ),
    Known(
        "reauth_required",
        403,
        _("Вызов сделан из браузера, а его сотрудник подтверждал себя больше 15 минут назад."),
        _("Подтвердите себя на странице /account/confirm/ и повторите. Ключа это не касается."),
    ),
    Known(
        "second_factor_required",
        403,
        _("Вызов сделан из браузера, а роль сотрудника работает только со вторым фактором, которого у него нет."),
        _("Включите второй фактор на странице /account/security/. Ключа это не касается."),
    ),
    Known("method_not_allowed", 405, _("У этого адреса нет такого метода."), _("Сверьтесь с документом.")),
)
_STATE = (
    Known(
        "idempotency_in_flight",
        409,
        _("Первый запрос с этим Idempotency-Key ещё выполняется."),
        _("Повторите через Retry-After секунд: ответ будет тот же."),
    ),
    Known(
        "batch_refused",
        409,
        _("Пачку просили принять целиком, а одна из строк не проходит."),
        _("Исправьте строки, которые назвал errors, или пришлите без atomic."),
        ("bulk",),
    ),
    Known(
        "cursor_expired",
        410,
        _("События после этого места уже удалены по сроку хранения."),
        _("Прочитайте записи заново и начните ленту сначала."),
        ("events",),
    ),
    Known(
        "idempotency_mismatch",
        422,
        _("С этим Idempotency-Key уже приходил другой запрос."),
        _("Возьмите новый ключ: он принадлежит одному телу запроса."),
    ),
    Known(
        "gate_closed",
        409,
        _("Для этапа не хватает фактов: errors называет каждый и место, куда его прислать."),
        _("Пришлите факты вместе с переводом или итогом."),
        ("leads", "actions", "bulk"),
    ),
    Known(
        "duplicate",
        409,
        _("Такая запись уже есть. existing показывает её, если она вам видна."),
        _("Работайте с той, что есть; чтобы обновить по своему номеру, пришлите PUT."),
    ),
    Known(
        "stale",
        409,
        _("Сообщение старше того, что уже известно: source_version меньше."),
        _("Ничего не делайте: принятое новее."),
        ("agents", "clients", "leads", "calls", "bulk"),
    ),
    Known("lead_closed", 409, _("Лид закрыт."), _("Верните его в работу: reopen/."), ("leads",)),
    Known(
        "locked",
        409,
        _("Пока идёт проверка, этого не меняют."),
        _("Остановите её или дождитесь вердикта."),
        ("hypotheses",),
    ),
    Known(
        "overlap",
        409,
        _("Те же лиды уже делит другая проверка."),
        _("Сузьте охват или остановите другую."),
        ("hypotheses",),
    ),
    Known(
        "not_running",
        409,
        _("Проверка не идёт."),
        _("Прочитайте статус: что в нём можно, зависит от него."),
        ("hypotheses",),
    ),
    Known(
        "slot_taken",
        409,
        _("На это время уже стоит другое действие."),
        _("Возьмите другое время."),
        ("actions",),
    ),
    Known(
        "sprint_closed",
        409,
        _("Итоги недели подведены: в неё больше ничего не ставят."),
        _("Поставьте в текущую или следующую."),
        _WEEK,
    ),
    Known("already_recorded", 409, _("У действия уже есть другой результат."), _("Прочитайте действие."), ("actions",)),
    Known("too_late", 409, _("Отменить можно было только сразу."), _("Поправьте новым действием."), ("actions",)),
    Known("offer_gone", 409, _("Предложение устарело: день или цель изменились."), _("Прочитайте ещё раз."), _WEEK),
    Known("week_over", 409, _("Неделя прошла: её план остаётся каким был."), _("Планируйте следующую."), _PLANNED),
    Known("import_busy", 409, _("Загрузка занята или уже дальше этого шага."), _("Прочитайте state."), ("imports",)),
    Known(
        "rows_refused",
        409,
        _("В файле есть строки с ошибками, и без них загружать не велено."),
        _("Исправьте строки из errors_url или пошлите accept_good."),
        ("imports",),
    ),
    Known("stage_in_use", 409, _("На этапе стоят открытые лиды."), _("Переведите или закройте их."), ("stages",)),
    Known("order_changed", 409, _("Порядок этапов успели изменить."), _("Прочитайте этапы ещё раз."), ("stages",)),
    Known("last_stage", 409, _("Это последний этап воронки."), _("Сначала добавьте другой."), ("stages",)),
    Known("default_funnel", 409, _("Общая воронка остаётся."), _("Измените её этапы."), ("stages",)),
    Known("funnel_in_use", 409, _("По воронке идут открытые лиды."), _("Доведите или закройте их."), ("stages",)),
    Known("conflict", 409, _("Запись противоречит уже существующей."), _("Прочитайте её ещё раз и повторите.")),
    Known(
        "stale_version",
        412,
        _("Запись изменилась после того, как вы её прочитали."),
        _("Прочитайте её, решите заново и повторите с новым ETag."),
    ),
    Known(
        "precondition_required",
        428,
        _("Изменение пришло без If-Match."),
        _("Прочитайте запись и пришлите её ETag в If-Match."),
    ),
    Known(
        "personal_data",
        422,
        _("В тексте для всех похоже есть телефон, почта или имя клиента."),
        _("Уберите их."),
        ("findings",),
    ),
    Known(
        "gate_too_tight",
        422,
        _("Новое условие остановит больше половины прежних лидов."),
        _("Подтвердите ещё раз, если так и задумано."),
        ("stages",),
    ),
    Known("team_cycle", 422, _("Команда не может подчиняться самой себе."), _("Назовите другую."), ("teams",)),
    Known("invalid", 422, _("Правило не пустило значение: errors говорит какое."), _("Пришлите другое.")),
)
_SERVER = (
    Known(
        "server_error",
        500,
        _("Сбой на нашей стороне; в работе не осталось половины."),
        _("Повторите с тем же Idempotency-Key. Если не пройдёт, сообщите нам request_id."),
    ),
    Known(
        "no_room",
        503,
        _("На диске для файлов нет места. Ничего не записано."),
        _("Сообщите администратору и повторите позже тот же запрос."),
    ),
    Known("unavailable", 503, _("База занята или перезапускается."), _("Повторите через Retry-After секунд.")),
)
CATALOGUE: tuple[Known, ...] = tuple(sorted((*_BODY, *_ACCESS, *_STATE, *_SERVER), key=lambda one: one.status))


def known_of(status: int, tags: Iterable[str]) -> list[Known]:
    """What an operation with these tags may answer with this status."""
    nouns = set(tags)
    return [one for one in CATALOGUE if one.status == status and (not one.of or nouns & set(one.of))]
