"""A bank system that hears: an HTTP server that verifies with the ``standardwebhooks`` package."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass
class Reply:
    """``silence`` in seconds before it; ``cut`` drops the connection after the request was taken."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    silence: float = 0.0
    cut: bool = False


OK = Reply()


@dataclass
class Receiver:
    """``moods`` says how the next request is answered; what is verified and answered with 2xx has had its effect."""

    secret: str = ""
    url: str = ""
    moods: Callable[[int], Reply] = lambda _number: OK
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    refused: int = 0
    connections: int = 0
    deliveries: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: int = 0

    def hear(self, body: bytes, headers: dict[str, str]) -> Reply:
        try:
            told = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            with self._lock:
                self.refused += 1
            return Reply(401)
        with self._lock:
            self._asked += 1
            reply, uid = self.moods(self._asked), headers["webhook-id"]
            self.headers.append(headers)
            self.times.append(time.monotonic())
            self.deliveries[uid] += 1
            # The receiver keeps ids: whatever comes again under a known one has no effect.
            if uid not in self.effects and reply.status < 300:
                self.effects[uid] += 1
                self.heard.append(told)
        return reply

    @property
    def types(self) -> list[str]:
        return [told["type"] for told in self.heard]


@contextmanager
def receiving(receiver: Receiver | None = None) -> Iterator[Receiver]:
    receiver = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # the sender died in the middle: a cut line, not a forged message
                return
            reply = receiver.hear(body, {name.lower(): value for name, value in self.headers.items()})
            time.sleep(reply.silence)
            if reply.cut:
                self.connection.close()
                return
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:  # the sender has no such patience
                return

        def log_message(self, *_args: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def get_request(self) -> Any:
            receiver.connections += 1
            return super().get_request()

        def handle_error(self, *_args: Any) -> None:
            """A sender that was killed leaves broken connections behind."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
