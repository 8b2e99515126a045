"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryEvent(models.TextChoices):
    """What happened: forward and back moves are both entries; a lead is closed at the stage where it stands."""

    ENTERED = "entered", _("Вошёл в этап")
    RETURNED = "returned", _("Вернулся на этап")
    LOST = "lost", _("Отказ")
    ARCHIVED = "archived", _("В архиве")
    REOPENED = "reopened", _("Снова в работе")


class Origin(models.TextChoices):
    PAGE = "page", _("Страница")
    API = "api", "API"
    IMPORT = "import", _("Импорт")
    JOB = "job", _("Задание")
    FORM = "form", _("Форма на сайте")
    DEMO = "demo", _("Пример")


class PassageState(models.TextChoices):
    """What became of a lead that entered a stage. «Done» is the last stage: there is nowhere further to go."""

    PASSED = "passed", _("Прошёл дальше")
    OPEN = "open", _("Ещё на этапе")
    LOST = "lost", _("Отказ или архив")
    DONE = "done", _("Дошёл до конца")


CLOSING = frozenset({EntryEvent.LOST, EntryEvent.ARCHIVED})
MOVES = frozenset({EntryEvent.ENTERED, EntryEvent.RETURNED})
