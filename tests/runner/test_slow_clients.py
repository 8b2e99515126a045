"""Clients that send too slowly, too little or too much: nobody else waits for them, and half a form is no form."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from common.bodies import CutBody, whole
from runner.launch import status_of
from runner.ports import free_port
from tests.runner.slow_app import Quick
from tests.runner.test_graceful import ROOT
from tests.runner.waiting import wait_for

pytestmark = pytest.mark.faults
SOON = Quick.patience + 2.5
FORM = b"login=somebody&password=" + b"x" * 4000


@contextmanager
def serving(worker: str) -> Iterator[int]:
    """One process with one thread: whoever holds it holds everything."""
    port = free_port(8700)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "salescrm.settings.test", "WEB_WORKERS": "1", "WEB_THREADS": "1"}
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}",
            "--worker-class", worker, "tests.runner.slow_app:application",
        ],
        cwd=ROOT, env=env, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: status_of(f"http://127.0.0.1:{port}/health/live/") == 200, 120)
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with serving("tests.runner.slow_app.Quick") as port:
        yield port


def head(length: int, host: str = "localhost") -> bytes:
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
    return b"POST /login/ HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n\r\n" % (host.encode(), kind, length)


def call(port: int, *pieces: bytes, pause: float = 0.0, ends: bool = False) -> bytes:
    """What is answered to pieces sent one after another, until the server closes or falls silent for a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=SOON + 5) as wire:
        answer = b""
        try:
            for piece in pieces:
                wire.sendall(piece)
                time.sleep(pause)
            if ends:
                wire.shutdown(socket.SHUT_WR)
            while piece := wire.recv(65536):
                answer += piece
                wire.settimeout(1)
        except (ConnectionError, TimeoutError):
            pass
        return answer


def dripped(text: bytes, seconds: float) -> list[bytes]:
    """A byte each fifth of a second."""
    return [bytes([byte]) for byte in text[: int(seconds * 5)]]


@contextmanager
def somebody_slow(port: int, *pieces: bytes) -> Iterator[list[bytes]]:
    """He has begun, and goes on sending meanwhile."""
    said: list[bytes] = []
    slow = threading.Thread(target=lambda: said.append(call(port, *pieces, pause=0.2, ends=True)))
    slow.start()
    time.sleep(0.3)
    try:
        yield said
    finally:
        slow.join()


def waited_for_another(port: int) -> float:
    began = time.monotonic()
    wait_for(lambda: status_of(f"http://127.0.0.1:{port}/health/live/") == 200, 60)
    return time.monotonic() - began


SLOW = {
    "body": lambda: (head(len(FORM)), *dripped(FORM, SOON + 2)),
    "head": lambda: dripped(head(len(FORM), "h" * 200), SOON + 2),
}


@pytest.mark.parametrize("part", SLOW)
def test_who_sends_a_byte_now_and_then_is_let_go_and_the_next_is_served(server: int, part: str) -> None:
    with somebody_slow(server, *SLOW[part]()) as said:
        assert waited_for_another(server) < SOON
    assert said[0] == b"" or b" 400 " in said[0].partition(b"\r\n")[0]


def test_who_sends_nothing_at_all_holds_nobody(server: int) -> None:
    with socket.create_connection(("127.0.0.1", server)):
        assert waited_for_another(server) < 8, "the server's own: a connection without a byte goes back to the poller"


def test_a_slow_line_that_goes_on_uploads_all_the_same(server: int) -> None:
    body = b"login=" + b"x" * 100_000
    pieces = [body[start : start + 4000] for start in range(0, len(body), 4000)]
    answer = call(server, head(len(body)), *pieces, pause=0.12)
    assert b" 403 " in answer.partition(b"\r\n")[0], "read to the end, and refused for want of a token"


def test_a_body_shorter_than_announced_is_refused_and_one_longer_is_cut_to_it(server: int) -> None:
    short = call(server, head(len(FORM)), FORM[:1000], ends=True)
    assert b" 400 " in short.partition(b"\r\n")[0]
    assert "не целиком".encode() in short
    longer = call(server, head(20), FORM, ends=True)
    assert b" 403 " in longer.partition(b"\r\n")[0]
    assert b"HTTP/1.1 2" not in longer, "what stands behind the body is no request that anybody would answer"


def test_without_the_hurry_one_slow_client_holds_everybody() -> None:
    """The negative control: the same server, gunicorn's own worker."""
    with serving("gthread") as port, somebody_slow(port, *SLOW["body"]()):
        assert waited_for_another(port) > Quick.patience + 1


def test_without_the_look_at_its_length_half_a_form_is_taken_for_the_whole() -> None:
    """The negative control of bodies that end early."""
    read: list[bytes] = []

    def application(environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        read.append(environ["wsgi.input"].read(len(FORM)))
        return []

    application({"wsgi.input": io.BytesIO(FORM[:1000])}, print)
    assert read == [FORM[:1000]]
    with pytest.raises(CutBody):
        whole(application)({"wsgi.input": io.BytesIO(FORM[:1000])}, print)
    whole(application)({"wsgi.input": io.BytesIO(FORM + b"more")}, print)
    assert read == [FORM[:1000], FORM]
