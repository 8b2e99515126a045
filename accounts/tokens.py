"""Tokens of bank systems: ``crm_<key>.<secret>``. Only a keyed hash of the secret is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Team, User
from accounts.roles import Role
from common.errors import FieldError, Invalid

MAX_DAYS = 365
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


@dataclass(frozen=True, slots=True)
class Issued:
    token: ApiToken
    plain: str


def _hash(secret: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), secret.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def issue(*, account: str, scopes: Sequence[str], days: int, at: datetime, team: Team | None = None) -> Issued:
    """Make a token for a service account, and the account where there is none. The plain text is shown once.

    Raises Invalid for an unknown scope, or a life of less than one or more than 365 days.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        message = _("Неизвестные права: %(scopes)s. Можно: %(known)s.") % {
            "scopes": ", ".join(unknown) or "—",
            "known": ", ".join(SCOPES),
        }
        raise Invalid(message, [FieldError("scopes", "unknown", message)])
    if not 1 <= days <= MAX_DAYS:
        message = _("Срок — от 1 до %(days)s дней.") % {"days": MAX_DAYS}
        raise Invalid(message, [FieldError("days", "range", message)])
    user = _account(account, team)
    key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, key=key, secret_hash=_hash(secret), scopes=sorted(set(scopes)), expires_at=at + timedelta(days=days)
    )
    return Issued(token, f"crm_{key}.{secret}")


def _account(name: str, team: Team | None) -> User:
    email = f"{name}@service.invalid".lower()
    existing = User.objects.filter(email=email, role=Role.SERVICE).first()
    if existing is None:
        return User.objects.create_user(email=email, name=name, role=Role.SERVICE, team=team)
    if team is not None and existing.team_id != team.pk:
        message = _("Учётная запись уже есть и видит другую команду. Возьмите другое имя.")
        raise Invalid(message, [FieldError("account", "other_team", message)])
    return existing


def authenticate(plain: str, *, at: datetime) -> ApiToken | None:
    """The live token for this text, or None. Comparison takes the same time whatever is wrong with the secret."""
    key, _dot, secret = plain.removeprefix("crm_").partition(".")
    token = ApiToken.objects.select_related("user", "user__team").filter(key=key).first()
    expected = token.secret_hash if token else _hash("nobody")
    matches = hmac.compare_digest(expected, _hash(secret))
    if token is None or not matches or token.revoked_at or token.expires_at <= at or not token.user.is_active:
        return None
    _touch(token, at)
    return token


def _touch(token: ApiToken, at: datetime) -> None:
    """Keep the time of last use, at most once a minute: a busy token must not turn reads into writes."""
    if token.last_used_at is None or at - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def revoke(*, token: ApiToken, at: datetime) -> None:
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)
