"""What each task of the timetable and each kind of job does, in the words of the people who look at the board."""

from django.utils.translation import gettext_lazy as _

TICKS = {
    "work-off-due-jobs": _("Раздать работу, срок которой наступил"),
    "refresh-funnel-rollup": _("Обновить цифры воронки"),
    "sweep-contract-files": _("Убрать файлы договоров, к которым ничего не относится"),
    "gather-digests": _("Собрать сводки уведомлений"),
    "sweep-notifications": _("Удалить старые уведомления"),
    "plan-outreach": _("Спланировать рассылки на день"),
    "owe-the-days-rankings": _("Назначить пересчёт приоритетов на день"),
    "judge-the-days-promises": _("Проверить обещанную ценность, срок которой прошёл"),
    "owe-the-dashboards": _("Назначить прогнозы, сводки по столам и недельные письма"),
    "look-at-hypotheses": _("Посмотреть, какие гипотезы решены"),
    "tell-the-lawyers-days": _("Напомнить юристам о сроках"),
    "sweep-kept-answers": _("Удалить ответы, сохранённые для повторов"),
    "sweep-old-events": _("Удалить старые события вебхуков"),
    "warn-of-tokens": _("Предупредить о ключах, срок которых кончается"),
    "sweep-access-log": _("Удалить старый журнал обращений"),
    "sweep-sessions": _("Удалить законченные сеансы"),
    "sweep-bulk-loads": _("Удалить строки старых загрузок"),
    "forget-form-addresses": _("Забыть адреса, с которых присылали заявки"),
    "show-that-beat-lives": _("Показать, что расписание работает"),
    "chain-the-audit": _("Запечатать журнал изменений"),
    "anchor-the-audit": _("Записать печать журнала вне базы"),
    "watch-unusual-viewing": _("Проверить, не смотрит ли кто-то слишком много карточек"),
    "owe-retention": _("Назначить удаление данных, срок хранения которых прошёл"),
    "sweep-recorded-runs": _("Удалить записи о старых запусках"),
    "sweep-finished-jobs": _("Удалить выполненные задания"),
}

KINDS = {
    "forecast": _("Прогноз"),
    "count_desks": _("Сводка по столам"),
    "weekly_report": _("Недельное письмо"),
    "ring": _("Напоминание"),
    "send_notice": _("Уведомление наружу"),
    "password_letter": _("Письмо о смене пароля"),
    "outreach_plan": _("План рассылки"),
    "outreach_send": _("Сообщение рассылки"),
    "judge_promises": _("Проверка обещанной ценности"),
    "legal_due": _("Срок у юристов"),
    "shift_due": _("Перенос сроков после смены часов работы"),
    "rank_owner": _("Приоритеты одного сотрудника"),
    "rank_all": _("Приоритеты всего банка"),
    "bulk_load": _("Загрузка по API"),
    "forms.take": _("Заявка с формы"),
    "inbox.work": _("Входящее от системы банка"),
    "import_rows": _("Загрузка файла"),
    "import_revert": _("Отмена загрузки файла"),
    "privacy.export": _("Выписка данных человека"),
    "privacy.erase": _("Стирание данных человека"),
    "privacy.retention": _("Удаление по сроку хранения"),
    "run_tick": _("Запуск вручную"),
}

PARTS = {
    "web": _("Страницы и API"),
    "worker": _("Исполнитель заданий"),
    "beat": _("Расписание"),
    "relay": _("Доставка событий"),
    "backup": _("Резервная копия"),
    "audit_anchor": _("Печать журнала изменений"),
}

ENDS = {
    "The worker died at every attempt": _("исполнитель падал при каждой попытке"),
    "No handler": _("нет обработчика"),
}


def of_tick(name: str) -> str:
    return str(TICKS.get(name, name))


def of_kind(name: str) -> str:
    return str(KINDS.get(name, name))


def of_part(name: str) -> str:
    return str(PARTS.get(name, name))


def of_error(text: str) -> str:
    """The kind of an error, never its text: a database quotes the values of a row there."""
    for start, words in ENDS.items():
        if text.startswith(start):
            return str(words)
    name = text.partition(":")[0].strip()
    return name if name.isidentifier() else str(_("ошибка без имени"))
