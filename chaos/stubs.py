"""The world outside: a mail server, a bot's server and a bank system that hears webhooks. They stand through every
fault and remember what arrives."""

import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from runner.ports import free_port

BOT_TOKEN = "1:chaos-bot-token"
_NOTICE = re.compile(r"/notifications/([0-9a-f-]{36})/")


@dataclass
class Outside:
    """``heard``: the ids under which each notice came (a Telegram text has none); ``hooks``: how often each event."""

    heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    plain: set[str] = field(default_factory=set)
    hooks: Counter[str] = field(default_factory=Counter)
    strange: int = 0
    smtp_port: int = 0
    http_port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=default)
        body = letter.get_body(("plain",))
        self.hear(str(body.get_content()) if body else "", str(letter["Message-ID"]))
        return "250 taken"

    def hear(self, text: str, message_id: str = "") -> None:
        found = _NOTICE.search(text)
        with self.lock:
            if found is None:
                self.strange += 1
                return
            self.heard[found[1]].append(message_id)
            if not message_id:
                self.plain.add(found[1])

    def hook(self, event_id: str) -> None:
        with self.lock:
            self.hooks[event_id] += 1


@contextmanager
def outside() -> Iterator[Outside]:
    world = Outside(smtp_port=free_port())
    mail = Controller(world, hostname="127.0.0.1", port=world.smtp_port)
    mail.start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(world))
    server.daemon_threads = True
    world.http_port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield world
    finally:
        mail.stop()
        server.shutdown()
        server.server_close()


def _handler(world: Outside) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/hook":
                world.hook(self.headers.get("webhook-id", ""))
                self._answer({})
            elif self.path == f"/bot{BOT_TOKEN}/sendMessage":
                world.hear(str(json.loads(body)["text"]))
                self._answer({"ok": True, "result": {"message_id": 1}})
            else:
                self.send_error(404)

        def _answer(self, told: dict[str, Any]) -> None:
            content = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the sender was killed
                return

    return Handler
