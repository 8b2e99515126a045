"""The keys of the chain. Whoever lacks them can neither forge a link nor guess a value from its digest."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

SIZE = 16
"""Bytes of a row's digest: half of SHA-256, which is enough against a forger and saves as much room."""


def mark_of(key: bytes) -> str:
    """Names a key without telling anything of it."""
    return hmac.digest(key, b"which key", "sha256").hex()[:8]


def current() -> bytes:
    return str(settings.AUDIT_KEY).encode()


def known() -> dict[str, bytes]:
    """Every key that links were made with, by its mark; the current one and those before it."""
    return {mark_of(key): key for key in (current(), *(old.encode() for old in settings.AUDIT_OLD_KEYS))}


def digest(key: bytes, table: str, text: str) -> bytes:
    """A row's digest: of its table and its canonical text."""
    return hmac.digest(key, f"{table}\0{text}".encode(), "sha256")[:SIZE]


def link(key: bytes, before: bytes, *, parts: tuple[Any, ...], digests: bytes) -> bytes:
    """The link after ``before``; the first one follows an empty one."""
    words = json.dumps([_plain(part) for part in parts], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hmac.digest(key, before + hashlib.sha256(words.encode()).digest() + digests, "sha256")


def _plain(part: Any) -> Any:
    return part.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(part, datetime) else part
