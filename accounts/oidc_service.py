"""What the bank's sign-in service is asked: its description, its keys, the claims for a code."""

import hashlib
import json
import os
from typing import Any, ClassVar
from urllib.parse import urlsplit

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from common.errors import Refused

TIMEOUT, MOST_BYTES = 5, 200_000


class SsoRefused(Refused):
    """``why`` is for the log, never for the page: who guesses must not learn how near he came."""

    code: ClassVar[str] = "sso_refused"
    status: ClassVar[int] = 403

    def __init__(self, why: str) -> None:
        super().__init__(_("Войти через службу банка не получилось. Попробуйте ещё раз или войдите по паролю."))
        self.why = why


def key_of(kid: str, algorithm: str) -> Any:
    """The service's public key of this name; asked anew once where the name is unknown, since keys are changed."""
    for anew in (False, True):
        keys = _fetch("keys", description()["jwks_uri"], anew=anew).get("keys")
        for one in keys if isinstance(keys, list) else []:
            fits = isinstance(one, dict) and one.get("kty") in {"RSA", "EC"} and one.get("use", "sig") == "sig"
            if fits and (not kid or one.get("kid") == kid) and one.get("alg", algorithm) == algorithm:
                return jwt.PyJWK(one, algorithm).key
    raise SsoRefused("unknown key")


def description() -> dict[str, str]:
    """What the service says of itself; believed only where it calls itself by the name that the operator wrote."""
    url = settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration"
    found = _fetch("description", url)
    ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not _is_the_one(found) or not all(_secure(str(found.get(end, ""))) for end in ends):
        raise SsoRefused("description")
    return found


def _is_the_one(found: dict[str, Any]) -> bool:
    return bool(found.get("issuer") == settings.OIDC_ISSUER)


def _secure(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and settings.OIDC_ISSUER.startswith("http://"))


def _fetch(what: str, url: str, *, anew: bool = False) -> dict[str, Any]:
    """Kept for ten minutes; without the cache it is asked for each time, which is slower and not wrong."""
    name = f"oidc:{what}:{hashlib.sha256(url.encode()).hexdigest()}"
    kept = None if anew else cache.get(name)
    if isinstance(kept, dict):
        return kept
    found = _ask("GET", url)
    cache.set(name, found, 600)
    return found


def exchange(code: str, callback: str, verifier: str) -> dict[str, Any]:
    data = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}
    return _ask("POST", description()["token_endpoint"], data=data)


def _ask(method: str, url: str, *, data: dict[str, str] | None = None) -> dict[str, Any]:
    # The bank's own authority is named for all by the variable of OpenSSL, which this library does not read.
    authorities = os.environ.get("SSL_CERT_FILE") or True
    who = (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET) if data else None
    try:
        with requests.request(
            method, url, data=data, auth=who, timeout=TIMEOUT, verify=authorities, allow_redirects=False, stream=True
        ) as answer:
            body = answer.raw.read(MOST_BYTES + 1, decode_content=True)
            if answer.status_code != 200 or len(body) > MOST_BYTES:
                raise SsoRefused(f"answer {answer.status_code}")
            found = json.loads(body)
    except (requests.RequestException, OSError, ValueError) as error:
        raise SsoRefused(type(error).__name__) from error
    if not isinstance(found, dict):
        raise SsoRefused("answer")
    return found
