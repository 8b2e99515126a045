"""The fixed words of this room."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    """What a form may ask. The name and one contact are always asked: without them nobody can be called back."""

    PHONE = "phone", _("Телефон")
    EMAIL = "email", _("Почта")
    CITY = "city", _("Город")
    TEXT = "text", _("Ваш вопрос")


CONTACTS = (Field.PHONE, Field.EMAIL)


class Language(models.TextChoices):
    RU = "ru", "Русский"
    UZ = "uz", "Oʻzbekcha"
    EN = "en", "English"


class State(models.TextChoices):
    """``known``: somebody whom the bank works with already came again; ``failed``: kept to be tried again."""

    RECEIVED = "received", _("Принято")
    ACCEPTED = "accepted", _("Лид заведён")
    KNOWN = "known", _("Уже известен")
    SPAM = "spam", _("Спам")
    FAILED = "failed", _("Не удалось")


class Spam(models.TextChoices):
    HONEYPOT = "honeypot", _("заполнено скрытое поле")
    REPEAT = "repeat", _("то же самое недавно присылали")
    LINKS = "links", _("в тексте одни ссылки")


FASTEST = timedelta(seconds=2)
"""Nobody types a name and a phone in less; who does is asked to send it again: a browser may have filled it in."""
OLDEST = timedelta(hours=24)
"""A page that was left open longer is drawn anew with what was typed."""
REPEAT_WITHIN = timedelta(hours=24)
PER_ADDRESS, ADDRESS_WINDOW = 10, timedelta(hours=1)
PER_FORM, FORM_WINDOW = 600, timedelta(hours=1)
"""Counted in the database under a lock, not in Redis: a form is the one door open to everybody, and its limit must hold
when the cache is gone. The price is two indexed counts a sending."""
KEPT_DAYS = 180
"""How long the keyed hash of an address and the kind of browser stay with a submission."""
