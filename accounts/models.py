"""People, teams, the tokens of bank systems, and what was asked with them."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
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
    second_factor_at = models.DateTimeField(_("второй фактор с"), null=True, blank=True, editable=False)
    """Since when he signs in with a second factor; the audit tells who set it up and who took it away."""
    rate_limit = models.PositiveIntegerField(_("обращений в минуту"), null=True, blank=True)
    """Of a service account: calls a minute for each of its tokens. Empty: the setting ``API_RATE_LIMIT``."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            # Service accounts are found by their name; people may be namesakes.
            models.UniqueConstraint(
                Lower("name"), condition=models.Q(role=Role.SERVICE), name="accounts_service_name_unique"
            )
        ]

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


@audited(exclude=["secret_hash", "old_secret_hash", "last_used_at", "last_used_ip", "warned_days"])
class ApiToken(Record):
    """A bank system's key: a public part to find it by, keyed hashes of at most two live secrets, an end date."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    old_secret_hash = models.CharField(max_length=64, blank=True, default="")
    old_secret_until = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=40))
    addresses = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    """Networks in CIDR form from which it is taken; none: from everywhere."""
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """The shortest warning of its end that was given, in days before it."""

    def __str__(self) -> str:
        return self.key


class Session(AbstractBaseSession):
    """A browser that is signed in, or on its way there. Read and written by ``accounts.session_store``.

    ``session_key`` is a secret: pages and addresses name a session by ``ref``.
    """

    ref = models.UUIDField(default=uuid7, db_index=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)
    """What the browser says of itself."""
    method = models.CharField(max_length=20, blank=True)
    """How the person signed in: password, totp, webauthn, recovery_codes, sso."""

    def __str__(self) -> str:
        return str(self.ref)


class Guess(models.Model):
    """How often something was guessed lately: a password, a code. Read and written by ``accounts.guesses``."""

    bucket = models.CharField(max_length=64, primary_key=True)
    """A keyed digest of what is counted: no address and no mail is to be read here."""
    count = models.PositiveSmallIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.bucket


class CodeUse(models.Model):
    """The last time step whose code a person used: that code and all before it are spent."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.step)


class RecoveryCode(models.Model):
    """A keyed digest of a code that lets its owner in once without the second factor."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at or ''}"


@audited()
class Identity(models.Model):
    """A person as the bank's sign-in service knows him. The pair is the name: a subject alone belongs to nobody."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_identity_unique"),
            models.UniqueConstraint(fields=["issuer", "user"], name="accounts_identity_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"


class ShareLevel(models.TextChoices):
    READ = "read", _("Читать")
    WORK = "work", _("Читать и работать")


class ShareNoun(models.TextChoices):
    LEAD = "lead", _("Лид")
    PARTY = "party", _("Агент или клиент")


@audited()
class Share(Record):
    """One record lent to a colleague who does not see it otherwise: until a day, with a reason, taken back at any
    moment. ``subject`` is the record's id: the rooms of leads and parties stand above this one."""

    noun = models.CharField(max_length=5, choices=ShareNoun.choices)
    subject = models.UUIDField()
    to = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lent_to_me")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="lent_by_me")
    level = models.CharField(_("что можно"), max_length=4, choices=ShareLevel.choices, default=ShareLevel.READ)
    until = models.DateField(_("до какого дня"))
    reason = models.CharField(_("зачем"), max_length=200)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["subject"], name="accounts_share_subject")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["to", "subject"], condition=models.Q(revoked_at__isnull=True), name="accounts_share_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.level} {self.until}"


class ApiCall(models.Model):
    """One call of the API: who, what, how it ended. Never a query string, a body or a name.

    Written for every call, so it has no foreign keys that lock and only the indexes that its page reads by.
    """

    at = models.DateTimeField()
    user = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    token_key = models.CharField(max_length=16, blank=True)
    method = models.CharField(max_length=8)
    route = models.CharField(max_length=120)
    object_id = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    """Bytes of the answer's body."""
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="accounts_call_at"),
            models.Index(fields=["user", "-at", "-id"], name="accounts_call_user"),
            models.Index(fields=["route", "-at", "-id"], name="accounts_call_route"),
            models.Index(fields=["-at", "-id"], name="accounts_call_failed", condition=models.Q(status__gte=400)),
            # Our own faults are a handful among the refusals: without their index all of those are read for them.
            models.Index(fields=["-at", "-id"], name="accounts_call_fault", condition=models.Q(status__gte=500)),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"
