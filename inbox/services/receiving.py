"""The door: a message is believed by its signature, kept, and answered; what it asks for is done afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from channels import signing
from inbox.choices import MOST_BYTES
from inbox.models import Arrival, InboundSource
from inbox.reading import parsed, plain
from jobs.services import Duty, owe
from webhooks import keys

WORK_JOB = "inbox.work"
_SEQUENCE_MOST = 2**63 - 1
_ID_LENGTH = 200


class Answer(StrEnum):
    TAKEN = "taken"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    PAUSED = "paused"
    TOO_LARGE = "too_large"


def receive(*, key: str, headers: Mapping[str, str], body: bytes, at: datetime) -> Answer:
    """Keep a message. ``headers`` in lower case. Nothing is written, and nothing told, before the signature fits.

    The unique index tells a repetition, also one that comes at the same moment.
    """
    source = InboundSource.objects.filter(key=key).first()
    if source is None:
        return Answer.UNKNOWN
    if len(body) > MOST_BYTES:
        return Answer.TOO_LARGE
    if len(headers.get("webhook-id", "")) > _ID_LENGTH or not is_genuine(source, headers, body, at=at):
        return Answer.REFUSED
    if not source.active:
        return Answer.PAUSED
    with transaction.atomic():
        arrival = Arrival(source=source, at=at, body=body, **_envelope(headers, body))
        Arrival.objects.bulk_create([arrival], ignore_conflicts=True)
        if not Arrival.objects.filter(pk=arrival.pk).exists():
            return Answer.REPEATED
        owe([duty_of(arrival, at)])
    return Answer.TAKEN


def is_genuine(source: InboundSource, headers: Mapping[str, str], body: bytes, *, at: datetime) -> bool:
    """By the secret, and for a day after a change by the former one too. A secret that is lost believes nobody."""
    sealed = [source.secret, *([source.old_secret] if source.has_two_secrets(at) else [])]
    stamp = int(at.timestamp())
    for one in sealed:
        try:
            secret = keys.open_sealed(one)
        except keys.KeyLost:
            continue
        if signing.is_genuine(headers, body, secret=secret, at=stamp):
            return True
    return False


def duty_of(arrival: Arrival, at: datetime) -> Duty:
    """One a try: a message that failed is owed anew when somebody asks for it."""
    return Duty(WORK_JOB, f"{WORK_JOB}:{arrival.pk}:{arrival.tries}", {"arrival": str(arrival.pk)}, at)


def _envelope(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """What the journal shows of a message without reading its body. What does not fit is left out, not refused."""
    told = parsed(body)
    inner = told.get("data")
    data: dict[str, Any] = inner if isinstance(inner, dict) else {}
    name = data.get("external_id") or data.get("id") or ""
    sequence = data.get("source_version", told.get("sequence"))
    fits = isinstance(sequence, int) and not isinstance(sequence, bool) and 0 <= sequence <= _SEQUENCE_MOST
    return {
        "message_id": headers["webhook-id"],
        "stamp": datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC),
        "type": plain(told.get("type"), 60),
        "object": plain(name, 200),
        "sequence": sequence if fits else None,
    }
