"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """What kind of contract; each has its own numbers."""

    AGENT = "agent", _("Контракт с агентом")
    CLIENT = "client", _("Контракт с клиентом")
    ADDENDUM = "addendum", _("Дополнительное соглашение")


class Language(models.TextChoices):
    """The language the paper is written in, whatever the reader's own is."""

    RU = "ru", "Русский"
    UZ = "uz", "Oʻzbekcha"
    EN = "en", "English"


class DocumentStatus(models.TextChoices):
    DRAFT = "draft", _("готовится")
    SIGNED = "signed", _("подписан")
    VOID = "void", _("отменён")


class RequestStatus(models.TextChoices):
    NEW = "new", _("новый")
    IN_WORK = "in_work", _("в работе")
    ANSWERED = "answered", _("отвечен")
    WITHDRAWN = "withdrawn", _("отозван")


OPEN_REQUESTS = (RequestStatus.NEW, RequestStatus.IN_WORK)
PREFIXES = {DocumentKind.AGENT: "АК", DocumentKind.CLIENT: "КК", DocumentKind.ADDENDUM: "ДС"}
"""First letters of a number: АК-2026/0014."""
