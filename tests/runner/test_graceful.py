"""An upgrade cuts nobody off: the web server ends what it has begun, then leaves."""

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.launch import status_of
from runner.ports import free_port
from tests.runner.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.faults


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port(8600)
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "salescrm.settings.test",
        "WEB_WORKERS": "1",
        "METRICS_TOKEN": "x" * 24,
    }
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}",
            "tests.runner.slow_app:application",
        ],
        cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is not None or status_of(f"{address}/health/live/") == 200, 90)
        yield process, address
    finally:
        process.kill()
        process.communicate()


def test_a_request_under_way_is_answered_whole_and_the_server_leaves(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(lambda: urllib.request.urlopen(f"{address}/slow", timeout=30).read())
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert asked.result() == b"whole"
    assert process.wait(30) == 0
    assert status_of(f"{address}/health/live/") is None


def test_a_server_that_is_killed_cuts_the_request_off(server: tuple[subprocess.Popen[str], str]) -> None:
    """The control: without the signal's grace the same request gets nothing."""
    process, address = server
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(lambda: urllib.request.urlopen(f"{address}/slow", timeout=30).read())
        time.sleep(0.5)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        with pytest.raises((OSError, http.client.HTTPException)):
            asked.result()
