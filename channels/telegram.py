"""Telegram by the Bot API. A bot writes only to those who wrote to it first, so the address is a chat's number."""

import json
import re
from typing import Any

from django.conf import settings

from channels.messages import Outgoing, Rejected, Sent, TryLater, Why
from channels.wire import LONGEST_PAUSE, Answer, post

LONGEST_TEXT = 4096
_CHAT = re.compile(r"-?\d{1,19}")


class Telegram:
    code = "telegram"
    label = "Telegram"
    has_subject = False

    def missing(self) -> tuple[str, ...]:
        return () if settings.TELEGRAM_BOT_TOKEN else ("TELEGRAM_BOT_TOKEN",)

    def accepts(self, address: str) -> bool:
        return _CHAT.fullmatch(address) is not None

    def send(self, outgoing: Outgoing) -> Sent:
        """The Bot API knows no key of repetition: after a kill between sending and marking the text may come twice."""
        if not self.accepts(outgoing.to):
            raise Rejected(Why.UNKNOWN_RECIPIENT)
        if len(outgoing.text) > LONGEST_TEXT:
            raise Rejected(Why.BAD_MESSAGE, f"> {LONGEST_TEXT}")
        body = {"chat_id": int(outgoing.to), "text": outgoing.text, "link_preview_options": {"is_disabled": True}}
        url = f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_BOT_TOKEN}/sendMessage"
        headers = {"Content-Type": "application/json"}
        # Where the API stands is said by the operator, not by a user: a server of the bank's own may be private.
        return _read(post(url, json.dumps(body).encode(), headers, allow_private=True))


def _read(answer: Answer) -> Sent:
    told = _told(answer)
    if answer.status == 200 and told.get("ok") is True:
        result = told.get("result")
        return Sent(str(result.get("message_id", "")) if isinstance(result, dict) else "")
    detail = f"{answer.status} {told.get('description', '')}".strip()
    if answer.status == 403:
        raise Rejected(Why.BLOCKED, detail)
    if answer.status == 400:
        raise Rejected(Why.UNKNOWN_RECIPIENT if "chat" in detail.lower() else Why.BAD_MESSAGE, detail)
    if answer.status == 429:
        raise TryLater(_pause(answer, told), Why.BUSY, detail)
    if answer.status >= 500:
        raise TryLater(answer.pause(), Why.BUSY, detail)
    # The token is wrong (401, 404), or this is not the Bot API at all: no fault of the message.
    raise TryLater(LONGEST_PAUSE, Why.MISCONFIGURED, str(answer.status))


def _told(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _pause(answer: Answer, told: dict[str, Any]) -> float:
    parameters = told.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return min(float(asked), LONGEST_PAUSE) if isinstance(asked, int) and asked > 0 else answer.pause()
