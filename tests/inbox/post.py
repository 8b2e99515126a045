"""A system outside: it signs by the reference package, so that our checking is not measured by our own signing."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from accounts import tokens
from accounts.models import Team, User
from common import clock
from inbox.models import InboundSource
from inbox.services import sources
from tests.office import Office

_numbers = count(1)


def account(office: Office, team: Team | None = None) -> User:
    name = f"pbx-{next(_numbers)}"
    return tokens.issue(account=name, scopes=["calls:write"], days=1, at=clock.now(), team=team).token.user


class System:
    """``system.tell("call.ended", {...})`` posts a signed message and returns the status."""

    def __init__(self, office: Office, *, team: Team | None = None, types: tuple[str, ...] = ()) -> None:
        by = account(office, team)
        fields = {"name": "АТС", "code": f"pbx-{next(_numbers)}", "account": by, "types": list(types)}
        made = sources.create_source(by=office.adiba, fields=fields)
        self.source: InboundSource = made.source
        self.secret = made.secret
        self.account = by

    def tell(self, type_: str, data: Any, *, message_id: str = "", **more: Any) -> int:
        body = json.dumps({"type": type_, "timestamp": clock.now().isoformat(), "data": data}, ensure_ascii=False)
        return self.post(body.encode(), message_id=message_id, **more)

    def post(
        self, body: bytes, *, message_id: str = "", minutes_ago: float = 0, secret: str = "", sent: bytes | None = None
    ) -> int:
        """``sent`` is what really goes over the wire, where it is not what was signed."""
        message_id = message_id or f"msg_{next(_numbers)}"
        at = clock.now() - timedelta(minutes=minutes_ago)
        signature = Webhook(secret or self.secret).sign(message_id, at, body.decode())
        headers = {
            "webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature,
        }  # fmt: skip
        address = reverse("hook_inbox", args=[self.source.key])
        return (
            Client(enforce_csrf_checks=True)
            .post(address, body if sent is None else sent, content_type="application/json", headers=headers)
            .status_code
        )
