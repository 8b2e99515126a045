"""Real servers on this machine that speak the protocols: SMTP, the Bot API, a webhook receiver."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from channels import signing


@dataclass
class Mailbox:
    """An SMTP server and what it took. ``answers`` are said instead, per command: RCPT, MAIL, DATA."""

    letters: list[Message] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    silence: float = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.silence:
            time.sleep(self.silence)
        if "DATA" not in self.answers:
            self.letters.append(message_from_bytes(envelope.content, policy=default))
        return self.answers.get("DATA", "250 taken")


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    mailbox = Mailbox(port=free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Spoken:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    silence: float = 0


@dataclass
class Line:
    """An HTTP server: what was said to it, and what it answers next (the last answer stands)."""

    heard: list[Spoken] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    url: str = ""

    def next(self, spoken: Spoken) -> Answer:
        self.heard.append(spoken)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class BotApi(Line):
    """Knows one method of the Bot API and answers in its words."""

    token = "7:bot-token-of-the-tests"

    def next(self, spoken: Spoken) -> Answer:
        if spoken.path != f"/bot{self.token}/sendMessage":
            return Answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        answer = super().next(spoken)
        if answer.body is None:
            answer = Answer(200, {"ok": True, "result": {"message_id": len(self.heard), "text": spoken.json["text"]}})
        return answer

    def refuses(self, status: int, description: str, **parameters: Any) -> None:
        body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.answers = [Answer(status, body)]


class Receiver(Line):
    """A gateway that takes only what is signed with its secret."""

    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    def next(self, spoken: Spoken) -> Answer:
        answer = super().next(spoken)
        genuine = signing.is_genuine(spoken.headers, spoken.body, secret=self.secret, at=int(time.time()))
        return answer if genuine else Answer(401, {"error": "signature"})


@contextmanager
def http_server(line: Line) -> Iterator[Line]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = line.next(Spoken(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(answer.silence)
            content = json.dumps(answer.body).encode()
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # the client went away, as it should from a silent server
                return

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    line.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
