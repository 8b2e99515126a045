"""The signature of Standard Webhooks, made and checked: HMAC-SHA256 over ``id.timestamp.body``, scheme v1."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds by which the sender's clock may differ."""


def key_of(secret: str) -> bytes:
    """The bytes behind ``whsec_…``. Raises ValueError when they are no base64."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def is_key(secret: str) -> bool:
    try:
        return bool(key_of(secret))
    except ValueError:
        return False


def sign(message_id: str, timestamp: int, body: bytes, *, secret: str) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def signed_headers(message_id: str, body: bytes, *, secret: str, at: int) -> dict[str, str]:
    return signed_by(message_id, body, secrets=[secret], at=at)


def signed_by(message_id: str, body: bytes, *, secrets: Sequence[str], at: int) -> dict[str, str]:
    """A signature by each secret: whoever knows one of them believes the message."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(sign(message_id, at, body, secret=secret) for secret in secrets),
    }


def is_genuine(headers: Mapping[str, str], body: bytes, *, secret: str, at: int) -> bool:
    """Whether one of the signatures fits and the moment is near; an old request sent again does not pass."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (
        is_key(secret) and message_id and stamp.isascii() and stamp.isdigit() and abs(int(stamp) - at) <= TOLERANCE
    ):
        return False
    wanted = sign(message_id, int(stamp), body, secret=secret).encode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(wanted, one.encode("utf-8", "replace")) for one in given)
