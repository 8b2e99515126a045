"""Single sign-on by OpenID Connect: the code flow with PKCE, and every claim of the answer looked at.

Ours and not allauth's: its provider trusts an identity token that came over TLS without looking at the signature, sends
no nonce, and joins people by mail (docs/adr/0032). A person is known by the pair of issuer and subject, which an
administrator's claim (``OIDC_LINK_CLAIM``) ties to an account once; a mail alone opens no account that is tied already.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Identity, User
from accounts.oidc_service import SsoRefused, description, exchange, key_of
from accounts.roles import PEOPLE, Role

__all__ = ["Flow", "SsoRefused", "begin", "finish", "offered", "person_of"]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signed by a private key, never by a secret that we know too; «none» is no signature at all."""
LEEWAY, FLOW_SECONDS = 30, 600


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in on its way, kept in the session and used up by the first answer."""

    state: str
    nonce: str
    verifier: str
    at: float
    goes: str
    user_id: str = ""
    """Who confirms himself; "" at sign-in."""


def offered() -> str:
    """The name of the bank's sign-in service for the button; "" where there is none."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID else ""


def begin(*, callback: str, goes: str, at: datetime, user: User | None = None) -> tuple[str, Flow]:
    """The address at the sign-in service, and what to keep until its answer. Raises SsoRefused."""
    flow = Flow(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), at.timestamp(), goes,
        str(user.pk) if user else "",
    )  # fmt: skip
    asked = {
        "response_type": "code", "client_id": settings.OIDC_CLIENT_ID, "redirect_uri": callback,
        "scope": settings.OIDC_SCOPES, "state": flow.state, "nonce": flow.nonce, **_challenge(flow),
    } | ({"prompt": "login", "max_age": "0"} if user else {})  # fmt: skip
    end = description()["authorization_endpoint"]
    return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(asked)}", flow


def finish(*, flow: Flow, state: str, code: str, callback: str, at: datetime) -> dict[str, Any]:
    """The claims of whoever signed in there, when everything about them holds. Raises SsoRefused."""
    if not _of_this_browser(state, flow):
        raise SsoRefused("state")
    if not code or at.timestamp() - flow.at > FLOW_SECONDS:
        raise SsoRefused("late or empty")
    answer = exchange(code, callback, flow.verifier)
    claims = _claims(str(answer.get("id_token") or ""), at)
    if not _of_this_sign_in(claims, flow):
        raise SsoRefused("nonce")
    if flow.user_id and not _just_now(claims, at):
        raise SsoRefused("old authentication")
    return claims


def _challenge(flow: Flow) -> dict[str, str]:
    """PKCE: the service gives the code's claims only to whoever knows the verifier."""
    digest = hashlib.sha256(flow.verifier.encode()).digest()
    shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"code_challenge": shown, "code_challenge_method": "S256"}


def _of_this_browser(state: str, flow: Flow) -> bool:
    return secrets.compare_digest(state.encode(), flow.state.encode())


def _of_this_sign_in(claims: dict[str, Any], flow: Flow) -> bool:
    return secrets.compare_digest(str(claims.get("nonce", "")).encode(), flow.nonce.encode())


def _just_now(claims: dict[str, Any], at: datetime) -> bool:
    """Whoever confirms himself has signed in there for it. A time that is no number is none."""
    try:
        return at.timestamp() - float(claims.get("auth_time") or claims["iat"]) <= FLOW_SECONDS
    except (TypeError, ValueError):
        return False


def person_of(claims: dict[str, Any]) -> User:
    """Whose account this is: the one tied to this issuer and subject, or the one that the claim names, tied now.

    Raises SsoRefused for nobody, a closed account, an account that another subject holds.
    """
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    known = _tied(issuer, subject)
    user = known.user if known else _named(claims)
    if user is None:
        user = _made(claims)
    if not user.is_active or user.role == Role.SERVICE:
        raise SsoRefused("closed account")
    if known is None:
        _tie(user, issuer, subject)
    return user


def _tied(issuer: str, subject: str) -> Identity | None:
    """A subject is a name within its own service: the same one of another service is another person."""
    return Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()


def _named(claims: dict[str, Any]) -> User | None:
    claim = settings.OIDC_LINK_CLAIM
    value = claims.get(claim)
    if not isinstance(value, str) or not value:
        raise SsoRefused(f"no claim {claim}")
    if claim == "email" and not _checked(claims):
        raise SsoRefused("mail not verified")
    return User.objects.filter(email=value.strip().lower()).first()


def _checked(claims: dict[str, Any]) -> bool:
    """Some services let people write any mail into their own profile."""
    return claims.get("email_verified") is True


def _made(claims: dict[str, Any]) -> User:
    """Only where the operator opened it, with the role that he named, outside the teams that see others' work."""
    role = settings.OIDC_CREATES_USERS
    if role not in {one.value for one in PEOPLE} or role == Role.ADMINISTRATOR:
        raise SsoRefused("nobody")
    mail = str(claims.get(settings.OIDC_LINK_CLAIM, "")).strip().lower()
    if "@" not in mail or len(mail) > 254:
        raise SsoRefused("no mail")
    return User.objects.create_user(mail, None, name=str(claims.get("name") or mail)[:120], role=role)


def _tie(user: User, issuer: str, subject: str) -> None:
    try:
        with transaction.atomic():
            Identity.objects.create(user=user, issuer=issuer, subject=subject)
    except IntegrityError as error:
        raise SsoRefused("account of another subject") from error


def _claims(token: str, at: datetime) -> dict[str, Any]:
    """Signature, issuer, audience, times. Raises SsoRefused."""
    try:
        head = jwt.get_unverified_header(token)
        if head.get("alg") not in ALGORITHMS:
            raise SsoRefused(f"algorithm {str(head.get('alg'))[:20]}")
        key = key_of(str(head.get("kid", "")), str(head["alg"]))
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[head["alg"]], audience=settings.OIDC_CLIENT_ID, issuer=settings.OIDC_ISSUER,
            # The times are looked at below, by the clock of this house.
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise SsoRefused(type(error).__name__) from error
    if not (_timely(claims, at) and _for_us(claims) and _named_there(claims)):
        raise SsoRefused("times, party or subject")
    return claims


def _timely(claims: dict[str, Any], at: datetime) -> bool:
    """Neither over nor of the future, give or take half a minute of clocks that differ."""
    try:
        return float(claims["exp"]) + LEEWAY > at.timestamp() >= float(claims["iat"]) - LEEWAY
    except (TypeError, ValueError) as error:
        raise SsoRefused("times") from error


def _for_us(claims: dict[str, Any]) -> bool:
    """Where a token is for several, or names the party that it was made for, that party is us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    return not (several or "azp" in claims) or bool(claims.get("azp") == settings.OIDC_CLIENT_ID)


def _named_there(claims: dict[str, Any]) -> bool:
    return 0 < len(str(claims["sub"])) <= 255
