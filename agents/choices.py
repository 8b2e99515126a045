"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Two funnels, two kinds of segment, two kinds of party."""

    AGENT = "agent", _("Агент")
    CLIENT = "client", _("Клиент")


class InitiativeStatus(models.TextChoices):
    DRAFT = "draft", _("Готовится")
    ACTIVE = "active", _("Идёт")
    PAUSED = "paused", _("На паузе")
    DONE = "done", _("Завершена")


class AbcClass(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class LegalForm(models.TextChoices):
    PERSON = "person", _("Человек")
    FIRM = "firm", _("Фирма")


class AgentStatus(models.TextChoices):
    CANDIDATE = "candidate", _("Кандидат")
    ACTIVE = "active", _("Работает с нами")
    PAUSED = "paused", _("На паузе")
    ENDED = "ended", _("Сотрудничество окончено")


class Partnership(models.TextChoices):
    REFERRAL = "referral", _("Реферал")
    RECOMMENDATION = "recommendation", _("Рекомендация")
    DEALERSHIP = "dealership", _("Дилер")
    TECHNOLOGY = "technology", _("Технологический")
    INFRASTRUCTURE = "infrastructure", _("Инфраструктурный")


class Grade(models.TextChoices):
    BASIC = "basic", _("Базовый")
    SILVER = "silver", _("Серебро")
    GOLD = "gold", _("Золото")


class ContactType(models.TextChoices):
    PHONE = "phone", _("Телефон")
    EMAIL = "email", _("Почта")
    TELEGRAM = "telegram", "Telegram"
    WHATSAPP = "whatsapp", "WhatsApp"
    SITE = "site", _("Сайт")
    ADDRESS = "address", _("Адрес")
    OTHER = "other", _("Другое")


class BantQuestion(models.TextChoices):
    """What qualifies a partner; each gets a short answer with its day and source."""

    BUDGET = "budget", _("Бюджет")
    AUTHORITY = "authority", _("Кто решает")
    NEED = "need", _("Потребность")
    TIMELINE = "timeline", _("Срок")


class BantMark(models.TextChoices):
    YES = "yes", _("Да")
    PARTLY = "partly", _("Отчасти")
    NO = "no", _("Нет")


class ConsentPurpose(models.TextChoices):
    """What a party lets the bank do with its data; each purpose is given and withdrawn by itself."""

    PROCESSING = "processing", _("Обработка персональных данных")
    MARKETING = "marketing", _("Рекламные и информационные сообщения")
    TRANSFER = "transfer", _("Передача данных партнёрам банка")


class ConsentSource(models.TextChoices):
    """By what it can be shown later that the consent was given."""

    PAPER = "paper", _("Подпись на бумаге")
    SITE = "site", _("Форма на сайте")
    CALL = "call", _("Запись звонка")
    MESSAGE = "message", _("Сообщение или письмо")


class ConsentEnd(models.TextChoices):
    """Why a consent was withdrawn, where it was not the party who took it back."""

    IMPORT = "import", _("загрузка файла отменена")


class ConsentState(models.TextChoices):
    LIVE = "live", _("действует")
    WITHDRAWN = "withdrawn", _("отозвано")
    EXPIRED = "expired", _("истекло")
