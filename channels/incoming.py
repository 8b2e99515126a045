"""What comes in, read from each channel's own form into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.phones import normalise
from common.text import has_control_characters, one_line

LONGEST_TEXT = 4000
_HELLO = "/start"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text that came by a channel.

    ``external_id`` is the channel's own, the same when it is told again; ``handle`` a name behind the address;
    ``in_reply_to`` the stable id of our message, where the channel knows it.
    """

    channel: str
    external_id: str
    address: str
    text: str
    at: datetime
    handle: str = ""
    in_reply_to: str = ""


def of_telegram(update: Any, *, at: datetime) -> Incoming | None:
    """A private text of a Bot API update; None for whatever else the bot is told of."""
    message = _part(_part({"update": update}, "update"), "message")
    chat, text = _part(message, "chat"), message.get("text")
    if chat.get("type") != "private" or not isinstance(chat.get("id"), int) or not isinstance(text, str):
        return None
    number = message.get("message_id")
    if not isinstance(number, int):
        return None
    name = chat.get("username")
    return Incoming(
        channel="telegram", external_id=f"{chat['id']}:{number}", address=str(chat["id"]), text=_clean(text),
        at=_moment(message.get("date"), at), handle=_clean(name)[:64] if isinstance(name, str) else "",
    )  # fmt: skip


def of_webhook(told: Any, *, at: datetime) -> Incoming | None:
    """``{"type": "message.received", "data": {"id", "from", "text", "in_reply_to"}}``; None for other types."""
    body = _part({"body": told}, "body")
    data = _part(body, "data")
    found = [data.get(name) for name in ("id", "from", "text")]
    if body.get("type") != "message.received" or not all(isinstance(value, str) for value in found):
        return None
    own_id, sender, text = (_clean(str(value)) for value in found)
    if not own_id or not sender:
        return None
    return Incoming(
        channel="webhook", external_id=own_id[:200], address=(normalise(sender) or sender)[:200], text=text, at=at,
        in_reply_to=_clean(str(data.get("in_reply_to") or ""))[:40],
    )  # fmt: skip


def is_hello(text: str) -> bool:
    """The bot's «Start» button: it makes the chat known and says nothing."""
    return one_line(text).startswith(_HELLO)


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def _clean(text: str) -> str:
    """Without signs that no database keeps, and not longer than a message is."""
    kept = text if not has_control_characters(text) else "".join(c for c in text if not has_control_characters(c))
    return kept[:LONGEST_TEXT].strip()


def _moment(stamp: Any, at: datetime) -> datetime:
    """Seconds of Unix as told, but not after now: the other side's clock orders nothing here."""
    if isinstance(stamp, bool) or not isinstance(stamp, int) or not 0 < stamp <= at.timestamp():
        return at
    return datetime.fromtimestamp(stamp, UTC)
