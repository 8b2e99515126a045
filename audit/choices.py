"""The words of the journal of views."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Look(models.TextChoices):
    """How somebody came to see personal data."""

    CARD = "card", _("карточка")
    LIST = "list", _("список")
    SEARCH = "search", _("поиск")
    EXPORT = "export", _("выгрузка")
    PRINT = "print", _("печать")
    FILE = "file", _("файл")
    REVEAL = "reveal", _("показ скрытого")
    API = "api", _("API")


class Fields(models.TextChoices):
    """What was to be seen, by kind. Never the values."""

    IDENTITY = "identity", _("имя и ИНН")
    CONTACTS = "contacts", _("контакты")
    CONSENTS = "consents", _("согласия")
    WORK = "work", _("ход работы")
    PAPERS = "papers", _("документы")
    TALKS = "talks", _("звонки и сообщения")
    RAW = "raw", _("данные как пришли")
