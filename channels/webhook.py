"""A signed POST to a gateway of the bank's own (SMS, WhatsApp, anything), by the Standard Webhooks headers."""

import json
import time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels.messages import Outgoing, Rejected, Sent, TryLater, Why
from channels.signing import is_key, signed_headers
from channels.wire import LONGEST_PAUSE, Answer, post


class Webhook:
    code = "webhook"
    label = _("Вебхук")
    has_subject = True

    def missing(self) -> tuple[str, ...]:
        usable = {"WEBHOOK_URL": settings.WEBHOOK_URL, "WEBHOOK_SECRET": is_key(settings.WEBHOOK_SECRET)}
        return tuple(name for name, value in usable.items() if not value)

    def accepts(self, address: str) -> bool:
        return bool(address.strip())

    def send(self, outgoing: Outgoing) -> Sent:
        body = json.dumps(_body(outgoing), ensure_ascii=False).encode()
        headers = signed_headers(outgoing.id, body, secret=settings.WEBHOOK_SECRET, at=int(time.time()))
        return _read(post(settings.WEBHOOK_URL, body, headers, allow_private=settings.WEBHOOK_ALLOW_PRIVATE))


def _body(outgoing: Outgoing) -> dict[str, Any]:
    """No moment in it: a repetition has the same body, byte for byte."""
    data = {"id": outgoing.id, "to": outgoing.to, "subject": outgoing.subject, "text": outgoing.text}
    return {"type": "message.send", "data": data}


def _read(answer: Answer) -> Sent:
    status = answer.status
    if 200 <= status < 300:
        return Sent(_own_id(answer))
    if status in {408, 409, 425, 429} or status >= 500:
        raise TryLater(answer.pause(), Why.BUSY, str(status))
    if status < 400 or status in {401, 403, 407}:  # a redirect is not followed: the signature is for this address
        raise TryLater(LONGEST_PAUSE, Why.MISCONFIGURED, str(status))
    raise Rejected(Why.UNKNOWN_RECIPIENT if status in {404, 410} else Why.BAD_MESSAGE, str(status))


def _own_id(answer: Answer) -> str:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    return str(told.get("id", ""))[:200] if isinstance(told, dict) else ""
