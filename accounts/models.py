"""People, teams and the tokens of bank systems."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import READS_ONLY, Role
from common.ids import uuid7
from common.models import Record, audited


class Theme(models.TextChoices):
    AUTO = "auto", _("Как в системе")
    LIGHT = "light", _("Светлая")
    DARK = "dark", _("Тёмная")


class Language(models.TextChoices):
    RU = "ru", "Русский"
    UZ = "uz", "Oʻzbekcha"
    EN = "en", "English"


@audited()
class Team(Record):
    """A node of the bank's sales tree. A sales head sees his team and all below it."""

    name = models.CharField(_("название"), max_length=120, unique=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("входит в"), on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@audited(exclude=["password", "last_login"])
class User(AbstractBaseUser, Record):
    """A person (or a bank system) that signs in by e-mail. One role, one team."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("почта"), unique=True)
    name = models.CharField(_("имя"), max_length=120)
    role = models.CharField(_("роль"), max_length=20, choices=Role.choices)
    team = models.ForeignKey(
        Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    is_active = models.BooleanField(_("может входить"), default=True)
    language = models.CharField(_("язык"), max_length=2, choices=Language.choices, default=Language.RU)
    timezone = models.CharField(_("часовой пояс"), max_length=40, default="Asia/Tashkent")
    theme = models.CharField(_("оформление"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    keys_enabled = models.BooleanField(_("клавиши действий"), default=True)
    first_steps_skipped_at = models.DateTimeField(_("первые шаги отложены"), null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def may_write(self) -> bool:
        return self.role not in READS_ONLY

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


@audited(exclude=["secret_hash", "last_used_at"])
class ApiToken(Record):
    """A bank system's key: a public part to find it by, a keyed hash of the secret, scopes and an end date."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    key = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40))
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key
