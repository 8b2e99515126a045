"""Audited tables in words and addresses."""

from functools import lru_cache

import pghistory.models
from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAMES = {
    "agents.Party": gettext_lazy("Агент или клиент"), "agents.Contact": gettext_lazy("Контакт"),
    "agents.Consent": gettext_lazy("Согласие"), "agents.Segment": gettext_lazy("Сегмент"),
    "agents.Utp": gettext_lazy("УТП"), "agents.Initiative": gettext_lazy("Инициатива"),
    "agents.Product": gettext_lazy("Продукт"), "leads.Lead": gettext_lazy("Лид"), "leads.Note": gettext_lazy("Заметка"),
    "leads.Meeting": gettext_lazy("Встреча"), "leads.Interview": gettext_lazy("CustDev"),
    "leads.Agreement": gettext_lazy("Устный контракт"), "leads.Contract": gettext_lazy("Контракт"),
    "leads.ValuePromise": gettext_lazy("Обещание ценности"), "leads.ValueMeasurement": gettext_lazy("Замер ценности"),
    "leads.Blocker": gettext_lazy("Блокатор"), "leads.BlockerHold": gettext_lazy("Блокатор у лида"),
    "accounts.User": gettext_lazy("Сотрудник"), "accounts.Team": gettext_lazy("Команда"),
    "accounts.ApiToken": gettext_lazy("Ключ системы"), "backlog.Action": gettext_lazy("Действие"),
    "backlog.ActionResult": gettext_lazy("Результат действия"), "backlog.Goal": gettext_lazy("Цель"),
    "backlog.GoalValue": gettext_lazy("Значение метрики"), "backlog.Sprint": gettext_lazy("Неделя"),
    "backlog.Finding": gettext_lazy("Находка"), "calls.Call": gettext_lazy("Звонок"),
    "documents.Document": gettext_lazy("Документ"), "documents.Version": gettext_lazy("Редакция документа"),
    "documents.LegalRequest": gettext_lazy("Запрос юристам"), "outreach.Campaign": gettext_lazy("Рассылка"),
    "outreach.Message": gettext_lazy("Сообщение"), "outreach.OptOut": gettext_lazy("Отказ от сообщений"),
    "imports.Import": gettext_lazy("Загрузка файла"), "funnel.Stage": gettext_lazy("Этап"),
    "funnel.Funnel": gettext_lazy("Воронка"), "hypotheses.Hypothesis": gettext_lazy("Гипотеза"),
    "plans.LeadPlan": gettext_lazy("План лидов"), "plans.PlanTarget": gettext_lazy("Цель плана"),
    "webhooks.Endpoint": gettext_lazy("Вебхук"), "forms.PublicForm": gettext_lazy("Форма"),
    "inbox.InboundSource": gettext_lazy("Источник сообщений"),
}  # fmt: skip


@lru_cache(maxsize=1)
def tracked() -> dict[str, tuple[type[models.Model], str]]:
    """Slug → the audited model and its table of events."""
    events = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    pairs = [(getattr(event, "pgh_tracked_model", None), event._meta.db_table) for event in events]
    return {_slug(model): (model, table) for model, table in pairs if model is not None}


def _slug(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}-{model._meta.model_name}"


@lru_cache(maxsize=256)
def slug_of_table(table: str) -> str:
    return next((slug for slug, (_model, name) in tracked().items() if name == table), "")


def name_of_model(model: type[models.Model]) -> str:
    return str(NAMES.get(model._meta.label) or capfirst(str(model._meta.verbose_name)))


def name_of_table(table: str) -> str:
    slug = slug_of_table(table)
    return name_of_model(tracked()[slug][0]) if slug else table


def label_of(label: str) -> str:
    return {"insert": _("создание"), "update": _("изменение"), "delete": _("удаление")}.get(label, label)
