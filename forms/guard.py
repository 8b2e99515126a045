"""What keeps a form that is open to everybody from machines, without asking a service outside.

A page carries a signed moment instead of a token against forgery: its visitor has no session that could be abused, and
what the moment proves is that the page was drawn by us, for this form, not a second ago and not last week.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core import signing

from common.text import fold
from forms.choices import OLDEST

_SALT = "forms.page"
_LINK = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_FAMILIES = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("YaBrowser/", "Yandex"), ("SamsungBrowser/", "Samsung"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page that was drawn here: when, and the hash by which its sending is known again."""

    at: datetime
    digest: str


def sign(form_key: str, at: datetime) -> str:
    """For the hidden field of a page."""
    return signing.dumps([form_key, int(at.timestamp()), secrets.token_hex(8)], salt=_SALT)


def read(token: str, form_key: str) -> Drawn | None:
    """None for what was not signed here, or for another form."""
    try:
        key, stamp, _nonce = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if key != form_key or not isinstance(stamp, int):
        return None
    return Drawn(datetime.fromtimestamp(stamp, UTC), hashlib.sha256(token.encode()).hexdigest())


def is_old(drawn: Drawn, at: datetime) -> bool:
    return at - drawn.at > OLDEST


def keyed(purpose: str, text: str) -> str:
    """A hash that only this system can make: addresses and contacts cannot be guessed back from it."""
    return hmac.new(settings.SECRET_KEY.encode(), f"forms.{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def digest_of(values: Mapping[str, str]) -> str:
    """The same whatever the case, blanks and order."""
    return keyed("digest", "\n".join(f"{name}={fold(values[name])}" for name in sorted(values)))


def only_links(text: str) -> bool:
    """A question that is nothing but addresses."""
    return bool(_LINK.search(text)) and len(_LINK.sub("", text).split()) < 3


def family_of(agent: str) -> str:
    """The kind of browser and nothing that would tell one visitor from another."""
    return next((name for mark, name in _FAMILIES if mark in agent), "")
