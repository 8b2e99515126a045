"""The sandbox of the demonstration: a token that works at once, and a receiver that shows what webhooks bring."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts import tokens
from accounts.models import User
from accounts.roles import Role
from channels import signing
from demo.models import Receipt, Verdict
from webhooks import keys
from webhooks.models import Endpoint
from webhooks.numbering import number_all
from webhooks.services.endpoints import create_endpoint, update_endpoint

ACCOUNT = "sandbox"
KEY = "demo"
KEPT = 200
MOST_BYTES = 65_536
TOKEN_DAYS = 365
_SHOWN = ("content-type", "user-agent")


def token_file() -> Path:
    return Path(settings.DATA_DIR) / "sandbox_token"


def known_token() -> str:
    """The token of the sandbox in plain text, kept beside the demo's data; empty where there is no sandbox."""
    path = token_file()
    return path.read_text().strip() if settings.WEBHOOK_SANDBOX and path.exists() else ""


def stand(*, base: str, at: datetime) -> None:
    """A service account with a token that works, and an endpoint that leads to the receiver under ``base``.

    Safe to repeat: a token that still works stays, the endpoint follows the port of this start.
    """
    if tokens.authenticate(known_token(), at=at) is None:
        issued = tokens.issue(account=ACCOUNT, scopes=tokens.SCOPES, days=TOKEN_DAYS, at=at)
        path = token_file()
        path.touch(mode=0o600)
        path.write_text(issued.plain)
    _register(f"{base.rstrip('/')}/sandbox/receive/{KEY}/")


def _register(url: str) -> None:
    known = Endpoint.objects.filter(url__endswith=_path(KEY)).first()
    admin = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("created_at").first()
    if admin is None or (known is not None and known.url == url):
        return
    if known is not None:
        update_endpoint(endpoint=known, by=admin, changes={"url": url})
        return
    # The story's own events are history: the receiver hears of what a visitor does, not of thousands before him.
    number_all()
    account = User.objects.get(name=ACCOUNT, role=Role.SERVICE)
    create_endpoint(by=admin, url=url, account=account, description="Песочница: /sandbox/webhooks/")


def receive(*, key: str, headers: Mapping[str, str], body: bytes, at: datetime) -> Receipt | None:
    """Keep a delivery and say what a receiver must make of it. None where no endpoint leads here.

    ``headers`` have lower-case names. The last 200 are kept.
    """
    endpoint = Endpoint.objects.filter(url__endswith=_path(key)).first()
    if endpoint is None:
        return None
    shown = {name: text for name, text in headers.items() if name in _SHOWN or name.startswith("webhook-")}
    kept = Receipt.objects.create(
        at=at,
        key=key,
        headers=shown,
        body=body[:MOST_BYTES].decode("utf-8", "replace").replace("\x00", ""),
        verdict=_verdict(endpoint, headers, body, at),
    )
    edge = Receipt.objects.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
    Receipt.objects.filter(pk__lte=next(iter(edge), 0)).delete()
    return kept


def _verdict(endpoint: Endpoint, headers: Mapping[str, str], body: bytes, at: datetime) -> Verdict:
    """What the reader's own receiver should do, in the order in which it should do it."""
    stamp = headers.get("webhook-timestamp", "")
    if not headers.get("webhook-signature") or not stamp.isdigit():
        return Verdict.UNSIGNED
    now = int(at.timestamp())
    if abs(int(stamp) - now) > signing.TOLERANCE:
        return Verdict.OLD
    sealed = [endpoint.secret, *([endpoint.old_secret] if endpoint.has_two_secrets(at) else [])]
    genuine = any(signing.is_genuine(headers, body, secret=keys.open_sealed(one), at=now) for one in sealed)
    return Verdict.GENUINE if genuine else Verdict.FORGED


def _path(key: str) -> str:
    return f"/sandbox/receive/{key}/"
