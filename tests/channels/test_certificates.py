"""Whom we call over TLS shows a certificate of an authority that is known here, at every door; what is said to whoever
cannot is nothing at all."""

import smtplib
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.mail import EmailMessage, get_connection

from accounts import oidc_service
from audit import anchors
from channels import wire
from channels.messages import TryLater
from salescrm.settings import env
from tests.channels.certificates import certify


class Listener(ThreadingHTTPServer):
    """Speaks TLS under a certificate of an unknown authority, answers every POST and GET, and keeps what was said."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heard: list[str] = []
        self.folder = folder
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "server.pem", folder / "server.key")
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_: Any) -> None:
        """A refused handshake is what is wanted."""


class Answering(BaseHTTPRequestHandler):
    server: Listener
    timeout = 5

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        self.server.heard.append(self.command)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET  # noqa: N815 - the name is the library's


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    certify(tmp_path)
    server = Listener(tmp_path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    wire._tls.cache_clear()
    yield server
    wire._tls.cache_clear()
    server.shutdown()
    server.server_close()


def _webhooks(port: int) -> bool:
    with suppress(TryLater):
        return wire.post(f"https://127.0.0.1:{port}/", b"{}", {}, allow_private=True).status == 200
    return False


def _sso(port: int) -> bool:
    with suppress(oidc_service.SsoRefused):
        return oidc_service._ask("GET", f"https://127.0.0.1:{port}/") == {}
    return False


def _anchor(port: int) -> bool:
    return anchors._write(f"https://127.0.0.1:{port}/", "1 2026-01-01T00:00:00+00:00 aa")


def _mail(port: int) -> bool:
    """It speaks no SMTP: what counts is whether the conversation begins."""
    options = env.smtp(f"smtps://crm:secret-word@127.0.0.1:{port}")
    try:
        EmailMessage("a", "b", "c@bank.test", ["d@bank.test"], connection=get_connection(timeout=5, **options)).send()  # type: ignore[arg-type]
    except ssl.SSLCertVerificationError:
        return False
    except (smtplib.SMTPException, OSError):
        return True
    return True


def _broker(port: int) -> bool:
    try:
        redis.Redis.from_url(f"rediss://:word@127.0.0.1:{port}/0", socket_timeout=5).ping()
    except redis.exceptions.ConnectionError as error:
        return "CERTIFICATE_VERIFY_FAILED" not in str(error)
    except redis.exceptions.RedisError:
        return True
    return True


DOORS: list[Callable[[int], bool]] = [_webhooks, _sso, _anchor, _mail, _broker]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_said_to_whom_no_known_authority_names(listener: Listener, door: Callable[[int], bool]) -> None:
    assert not door(listener.server_port)
    assert listener.heard == []


@pytest.mark.parametrize("door", DOORS)
def test_the_banks_own_authority_is_known_at_every_door_once_it_is_named(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, door: Callable[[int], bool]
) -> None:
    """The control: it was the certificate that kept them out."""
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.folder / "ca.pem"))
    assert door(listener.server_port)
