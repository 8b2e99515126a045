"""Tokens of bank systems: ``crm_<env>_<key>.<secret>``. Only a keyed hash of the secret is kept.

``env`` is the setting ``API_TOKEN_ENV``: a token of the test stand is refused in production before it is looked up.
The key (64 bits) finds the row and may be written anywhere, the secret (256 bits) is shown once and never again.
Nothing here is cached: a revoked token is refused from the next call on.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import service_accounts
from accounts.access import demand_administrator
from accounts.expiry import warned_from_the_start
from accounts.models import ApiToken, Team, User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid

MAX_DAYS, MAX_OLD_DAYS, MAX_ADDRESSES = 365, 30, 50
SCOPES = (
    "initiatives:read",
    "initiatives:write",
    "segments:read",
    "segments:write",
    "agents:read",
    "agents:write",
    "clients:read",
    "clients:write",
    "leads:read",
    "leads:write",
    "hypotheses:read",
    "hypotheses:write",
    "backlog:read",
    "backlog:write",
    "findings:read",
    "findings:write",
    "calls:read",
    "calls:write",
    "messages:read",
    "stages:read",
    "stages:write",
    "funnel:read",
    "imports:read",
    "imports:write",
    "events:read",
    "users:read",
    "webhooks",
    "pii:read",
    "bulk",
)


_PLAIN = re.compile(r"crm_([a-z0-9]{1,12})_([0-9a-f]{16})\.([A-Za-z0-9_-]{43})")
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh token. ``plain`` is the only copy of its secret."""

    token: ApiToken
    plain: str


def issue(*, account: str, scopes: Sequence[str], days: int, at: datetime, team: Team | None = None) -> Issued:
    """A token by the operator's command: for the service account of this name, made where there is none.

    Raises Invalid as ``issue_for`` does, and for an account of another team.
    """
    with transaction.atomic():
        return issue_for(user=service_accounts.get_or_create(name=account, team=team), scopes=scopes, days=days, at=at)


@transaction.atomic
def issue_for(
    *,
    user: User,
    scopes: Sequence[str],
    days: int,
    at: datetime,
    addresses: Sequence[str] = (),
    by: User | None = None,
) -> Issued:
    """Make a token for a service account. ``by`` is the administrator; None is the operator at the command line.

    Raises Invalid for an unknown right, a life of less than one or more than 365 days, an address that is none.
    """
    if by is not None:
        demand_administrator(by)
    _demand_scopes(scopes)
    expires_at = at + _life(days)
    key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, created_by=by, key=key, secret_hash=_hash(secret), scopes=sorted(set(scopes)),
        addresses=networks(addresses), expires_at=expires_at, warned_days=warned_from_the_start(expires_at - at),
    )  # fmt: skip
    return Issued(token, _plain(key, secret))


@transaction.atomic
def rotate(
    *, token: ApiToken, by: User, at: datetime, old_days: int, days: int, expected_version: int | None = None
) -> Issued:
    """Give the token a new secret and a new end; the secret of today lives on for ``old_days`` (0 to 30).

    At most two secrets live at once: one that was left from an earlier rotation ends now. Raises Invalid, StaleVersion.
    """
    demand_administrator(by)
    locked = ApiToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    check_version(locked, expected_version)
    if locked.revoked_at is not None:
        raise Invalid(_("Ключ отозван. Выпустите новый."))
    if not 0 <= old_days <= MAX_OLD_DAYS:
        message = _("Прежний секрет живёт от 0 до %(days)s дней.") % {"days": MAX_OLD_DAYS}
        raise Invalid(message, [FieldError("old_days", "range", message)])
    secret, expires_at = secrets.token_urlsafe(32), at + _life(days)
    # The old secret does not outlive the end that was promised for it.
    until = min(at + timedelta(days=old_days), locked.expires_at)
    changes = {
        "secret_hash": _hash(secret), "old_secret_hash": locked.secret_hash if until > at else "",
        "old_secret_until": until if until > at else None, "expires_at": expires_at,
        "warned_days": warned_from_the_start(expires_at - at),
    }  # fmt: skip
    return Issued(save_changes(locked, changes), _plain(locked.key, secret))


@transaction.atomic
def revoke(*, token: ApiToken, at: datetime, by: User | None = None) -> None:
    """End the token with all its secrets. Said twice it keeps the first moment."""
    if by is not None:
        demand_administrator(by)
    locked = ApiToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    if locked.revoked_at is None:
        save_changes(locked, {"revoked_at": at, "old_secret_hash": "", "old_secret_until": None})


@transaction.atomic
def restrict(*, token: ApiToken, by: User, addresses: Sequence[str], expected_version: int | None = None) -> ApiToken:
    """Change from where the token is taken; no addresses: from everywhere. Raises Invalid, StaleVersion."""
    demand_administrator(by)
    locked = ApiToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    check_version(locked, expected_version, {"addresses": addresses})
    return save_changes(locked, {"addresses": networks(addresses)})


def authenticate(plain: str, *, at: datetime) -> ApiToken | None:
    """The live token for this text, or None. Comparison takes the same time whatever is wrong with the secret."""
    parts = _PLAIN.fullmatch(plain)
    if parts is None or parts[1] != settings.API_TOKEN_ENV:
        return None
    token = ApiToken.objects.select_related("user", "user__team").filter(key=parts[2]).first()
    given, expected = _hash(parts[3]), token.secret_hash if token else _hash("nobody")
    old = token.old_secret_hash if token and token.old_secret_until and at < token.old_secret_until else ""
    # Both are compared, always: which of the two it was, or neither, takes the same time.
    matches = hmac.compare_digest(expected, given) | hmac.compare_digest(old or _hash("nobody"), given)
    dead = token is None or token.revoked_at or token.expires_at <= at or not token.user.is_active
    return token if matches and not dead else None


def admits(token: ApiToken, ip: str | None) -> bool:
    """Whether the token is taken from this address."""
    if not token.addresses:
        return True
    try:
        address = ip_address(ip or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in ip_network(network) for network in token.addresses)


def use_is_due(token: ApiToken, *, at: datetime) -> bool:
    """Whether this use is to be kept, with the row of its call (``calls.write``): at most one a minute."""
    return token.last_used_at is None or at - token.last_used_at > _TOUCH


def networks(given: Sequence[str]) -> list[str]:
    """Addresses and networks in their one CIDR form, without doubles. Raises Invalid naming the wrong ones."""
    found, wrong = list[str](), list[str]()
    for text in filter(None, (one.strip() for one in given)):
        try:
            found.append(str(ip_network(text, strict=False)))
        except ValueError:
            wrong.append(text[:43])
    if wrong:
        message = _("Это не адрес и не сеть: %(wrong)s. Пример: 10.20.0.5 или 10.20.0.0/16.") % {
            "wrong": ", ".join(wrong[:5])
        }
        raise Invalid(message, [FieldError("addresses", "invalid", message)])
    if len(found) > MAX_ADDRESSES:
        message = _("Не больше %(most)s адресов. Объедините их в сети.") % {"most": MAX_ADDRESSES}
        raise Invalid(message, [FieldError("addresses", "too_many", message)])
    return list(dict.fromkeys(found))


def _plain(key: str, secret: str) -> str:
    return f"crm_{settings.API_TOKEN_ENV}_{key}.{secret}"


def _hash(secret: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


def _life(days: int) -> timedelta:
    if not 1 <= days <= MAX_DAYS:
        message = _("Срок — от 1 до %(days)s дней.") % {"days": MAX_DAYS}
        raise Invalid(message, [FieldError("days", "range", message)])
    return timedelta(days=days)


def _demand_scopes(scopes: Sequence[str]) -> None:
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        message = _("Неизвестные права: %(scopes)s. Можно: %(known)s.") % {
            "scopes": ", ".join(unknown) or "—",
            "known": ", ".join(SCOPES),
        }
        raise Invalid(message, [FieldError("scopes", "unknown", message)])
