"""The second factor: codes of an app (TOTP), passkeys, recovery codes; who must have one, who may take one away.

Secrets are kept by allauth's ``Authenticator``, sealed (``accounts.mfa_adapter``). What a code was used for is kept by
us, in PostgreSQL: a code is spent by one conditional write, so of twenty who send it at once one wins, and Redis is not
asked.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.access import demand_administrator
from accounts.events import SecondFactorTaken
from accounts.models import RecoveryCode, User
from accounts.session_store import METHOD
from common.changes import save_changes
from common.errors import FieldError, Invalid, NotAllowed, NotFound
from common.events import publish

PERIOD, DIGITS, CODES = 30, 6, 10
MOST_KEYS = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 24  # 120 bits: a keyed digest is enough to keep it by
_SPEND = """
INSERT INTO accounts_codeuse AS kept (user_id, step) VALUES (%s, %s)
ON CONFLICT (user_id) DO UPDATE SET step = excluded.step WHERE kept.step < excluded.step
RETURNING step
"""
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has. ``keys`` are his passkeys, ``codes_left`` his unused recovery codes."""

    totp: Authenticator | None
    keys: tuple[Authenticator, ...]
    codes_left: int
    demanded: bool

    @property
    def on(self) -> bool:
        return self.totp is not None or bool(self.keys)

    @property
    def last_one(self) -> bool:
        return len(self.keys) + (self.totp is not None) == 1


def demanded(user: User) -> bool:
    """Whether his role must not work without one."""
    return user.role in settings.SECOND_FACTOR_ROLES


def missing(user: User, session: SessionBase) -> bool:
    """Whether he must set one up before anything else. Asks the database nothing.

    Whoever was let in by the bank's sign-in service has shown there what it asks of him.
    """
    return user.second_factor_at is None and demanded(user) and session.get(METHOD) != "sso"


def standing(user: User) -> Standing:
    found = list(Authenticator.objects.filter(user=user, type__in=MAIN).order_by("created_at"))
    totp = next((one for one in found if one.type == Authenticator.Type.TOTP), None)
    keys = tuple(one for one in found if one.type == Authenticator.Type.WEBAUTHN)
    left = user.recovery_codes.filter(used_at=None).count() if found else 0
    return Standing(totp, keys, left, demanded(user))


def code_passes(user: User, given: str, *, at: datetime) -> str:
    """The kind of code that this is («totp», «recovery_codes»), now spent; "" when it is none."""
    plain = "".join(given.split()).replace("-", "").upper()
    if len(plain) == DIGITS and plain.isascii() and plain.isdigit():
        kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        right = kept is not None and totp_matches(decrypt(kept.data["secret"]), plain, at=at) and _spend(user, at)
        return Authenticator.Type.TOTP if right else ""
    # Codes that were made under a former key are good under it.
    digests = [_digest(user, plain, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    spent = RecoveryCode.objects.filter(user=user, digest__in=digests, used_at=None).update(used_at=at)
    return Authenticator.Type.RECOVERY_CODES if spent else ""


def totp_matches(secret: str, code: str, *, at: datetime) -> bool:
    """Only the code of this half a minute: an older one is worth nothing to whoever looked over the shoulder."""
    # As bytes: of text with letters beyond ASCII the comparison makes an error of its own.
    wanted = format_hotp_value(hotp_value(secret, _step(at)))
    return hmac.compare_digest(wanted.encode(), code.encode(errors="replace"))


@transaction.atomic
def set_up_totp(*, user: User, secret: str, code: str, at: datetime) -> list[str]:
    """Begin to use an app whose code was just typed. Returns recovery codes where there were none. Raises Invalid."""
    locked = _locked(user)
    if not totp_matches(secret, "".join(code.split()), at=at):
        raise _wrong(_("Код не подошёл. Проверьте часы телефона и введите новый код."))
    Authenticator.objects.filter(user=locked, type=Authenticator.Type.TOTP).delete()
    Authenticator.objects.create(user=locked, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    _spend(locked, at)
    return _switched_on(locked, at)


@transaction.atomic
def add_key(*, user: User, name: str, credential: dict[str, Any], at: datetime) -> list[str]:
    """Keep a passkey that the browser has just made. Returns recovery codes where there were none. Raises Invalid."""
    locked = _locked(user)
    if Authenticator.objects.filter(user=locked, type=Authenticator.Type.WEBAUTHN).count() >= MOST_KEYS:
        raise _wrong(_("Ключей доступа уже десять. Сначала уберите лишний."))
    data = {"name": name, "credential": credential}
    Authenticator.objects.create(user=locked, type=Authenticator.Type.WEBAUTHN, data=data)
    return _switched_on(locked, at)


@transaction.atomic
def remove(*, user: User, pk: int) -> None:
    """Take away one's app or passkey. Raises NotFound, NotAllowed for the last one of whoever must have one."""
    locked = _locked(user)
    found = Authenticator.objects.filter(user=locked, pk=pk, type__in=MAIN).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    if demanded(locked) and standing(locked).last_one:
        raise NotAllowed(_("Ваша роль работает только со вторым фактором. Сначала добавьте другой."))
    found.delete()
    if not Authenticator.objects.filter(user=locked, type__in=MAIN).exists():
        _switched_off(locked)


@transaction.atomic
def new_codes(*, user: User) -> list[str]:
    """Ten new recovery codes; those before are worth nothing. Raises Invalid without a second factor."""
    locked = _locked(user)
    if locked.second_factor_at is None:
        raise Invalid(_("Сначала включите второй фактор: коды нужны, когда он недоступен."))
    return _codes(locked)


@transaction.atomic
def reset(*, person: User, by: User, at: datetime) -> None:
    """An administrator takes away a colleague's second factor with all his sessions; the colleague is told.

    Raises NotAllowed; for oneself as well: one's own is replaced on one's own page.
    """
    demand_administrator(by)
    if person.pk == by.pk:
        raise NotAllowed(_("Свой второй фактор меняют на своей странице безопасности."))
    locked = _locked(person)
    Authenticator.objects.filter(user=locked).delete()
    if locked.second_factor_at is not None:
        _switched_off(locked)
        publish(SecondFactorTaken(user_id=locked.pk, by_id=by.pk, by_name=by.name, at=at))
    sessions.end_all(locked.pk)


def _switched_on(user: User, at: datetime) -> list[str]:
    if user.second_factor_at is None:
        save_changes(user, {"second_factor_at": at})
    return [] if user.recovery_codes.filter(used_at=None).exists() else _codes(user)


def _switched_off(user: User) -> None:
    user.recovery_codes.all().delete()
    save_changes(user, {"second_factor_at": None})


def _codes(user: User) -> list[str]:
    user.recovery_codes.all().delete()
    plain = ["".join(secrets.choice(_ALPHABET) for _n in range(_LENGTH)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user, code, settings.SECRET_KEY)) for code in plain
    )
    return ["-".join(code[start : start + 4] for start in range(0, _LENGTH, 4)) for code in plain]


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _step(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD


def _spend(user: User, at: datetime) -> bool:
    """Whether this moment's code was still unused. Of many at once one wins: the row decides, not a look before."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [user.pk, _step(at)])
        return cursor.fetchone() is not None


def _digest(user: User, plain: str, key: str) -> str:
    return hmac.new(key.encode(), f"{user.pk}:{plain}".encode(errors="replace"), hashlib.sha256).hexdigest()


def _wrong(message: str) -> Invalid:
    return Invalid(message, [FieldError("code", "mismatch", message)])
