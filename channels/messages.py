"""What leaves the house and what may become of it. No plug-in knows who is written to, or why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address.

    ``id`` stays the same however often the message is sent: the other side knows a repetition by it.
    """

    id: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took the message; ``provider_id`` is its own name for it, empty where it gives none."""

    provider_id: str = ""


class Why(StrEnum):
    """Reasons that whoever asked to send can act upon."""

    UNREACHABLE = "unreachable"
    BUSY = "busy"
    MISCONFIGURED = "misconfigured"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    BLOCKED = "blocked"
    BAD_MESSAGE = "bad_message"
    QUARANTINE = "quarantine"


class TryLater(Exception):
    """Not now: the channel is busy, silent or wrongly set up. ``retry_after`` is in seconds."""

    def __init__(self, retry_after: float = 60, reason: str = Why.UNREACHABLE, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.retry_after, self.reason, self.detail = retry_after, str(reason), detail[:200]


class Rejected(Exception):
    """Never: the recipient is unknown or does not want it, or the message itself is refused."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = str(reason), detail[:200]
