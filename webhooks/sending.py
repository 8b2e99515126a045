"""One try at one address. No database here: a silent receiver must hold no connection and no lock."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from channels import addresses, signing
from channels.messages import TryLater
from channels.wire import Answer, post
from webhooks import keys

BODY_KEPT = 2048
ACCEPTED = range(200, 300)
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased delivery with all that its sending needs."""

    delivery_id: UUID
    endpoint_id: UUID
    lease_token: UUID
    attempts: int
    uid: UUID
    url: str
    secret: str
    old_secret: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a try: an answer, or the code of an error. ``pause``: seconds that the receiver asked for."""

    parcel: Parcel
    status: int | None
    error: str = ""
    body: str = ""
    seconds: float = 0.0
    pause: float | None = None

    @property
    def accepted(self) -> bool:
        return self.status in ACCEPTED


def send(parcel: Parcel) -> Result:
    """Never raises: whatever goes wrong is the result."""
    began = time.monotonic()
    try:
        answer = _post(parcel)
    except addresses.BadAddress as error:
        return Result(parcel, None, f"address_{error.code}"[:40], seconds=time.monotonic() - began)
    except keys.KeyLost:
        return Result(parcel, None, "secret_lost")
    except TryLater as error:
        return Result(parcel, None, _why(error), seconds=time.monotonic() - began)
    except Exception as error:
        return Result(parcel, None, f"error_{type(error).__name__}"[:40], seconds=time.monotonic() - began)
    pause = answer.pause() if answer.status in {TOO_MANY, UNAVAILABLE} and "retry-after" in answer.headers else None
    return Result(parcel, answer.status, "", _text(answer.body), time.monotonic() - began, pause)


def _post(parcel: Parcel) -> Answer:
    target = addresses.target_of(parcel.url, settings.WEBHOOK_HOSTS)
    body = json.dumps(parcel.body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = signed(parcel, body, at=int(time.time()))
    return post(target.url, body, headers, allow_private=target.named, limit=settings.WEBHOOK_TIMEOUT)


def signed(parcel: Parcel, body: bytes, *, at: int) -> dict[str, str]:
    """While a secret is being replaced, both sign: a receiver that knows either believes us."""
    sealed = [parcel.secret, *filter(None, [parcel.old_secret])]
    return signing.signed_by(str(parcel.uid), body, secrets=[keys.open_sealed(one) for one in sealed], at=at)


def _why(error: TryLater) -> str:
    return error.detail.replace(" ", "_")[:40] or error.reason


def _text(body: bytes) -> str:
    """As far as it is kept; NUL, which PostgreSQL does not take, is left out."""
    return body[:BODY_KEPT].decode("utf-8", "replace").replace("\0", "")
