"""The order of a start and what a failed one says, with small programs in the place of the real ones."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from runner import launch, state
from runner.launch import Launch, LaunchFailed
from runner.ports import free_port
from runner.processes import Child, Program
from runner.services import Services
from runner.supervisor import Supervisor
from tests.runner.waiting import wait_for

SLEEP = "import time; time.sleep(60)"
SERVE = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status}); self.end_headers()
http.server.HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""


@dataclass
class Stage:
    """Which code stands for which program, and the book of what was started."""

    tmp_path: Path
    port: int
    codes: dict[str, str] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)

    def program(self, name: str) -> Program:
        self.started.append(name)
        code = self.codes.get(name, SLEEP)
        return Program(name, (sys.executable, "-c", code), self.tmp_path / "logs" / f"{name}.log", expendable=True)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(tmp_path, free_port())
    stage.codes = {"prepare": "pass", "web": SERVE.format(port=stage.port, status=200)}
    for name in ("prepare", "web", "worker", "beat", "relay"):
        monkeypatch.setattr(launch.Programs, name, lambda _self, name=name: stage.program(name))
    urls = {"DATABASE_URL": "postgresql://here", "REDIS_URL": "redis://here"}
    monkeypatch.setattr(launch, "start_lasting", lambda _data_dir, _environ: Services(env=dict(urls)))
    return stage


def run(stage: Stage, supervisor: Supervisor | None = None, **options: object) -> int:
    supervisor = supervisor or Supervisor(lambda _text: None)
    return Launch(stage.tmp_path, stage.tmp_path, {}, stage.port, supervisor=supervisor, **options).run()


def test_everything_starts_in_order_and_the_address_is_told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(lambda _text: None)
    known_while_up: dict[str, str] = {}

    def greet() -> list[str]:
        known_while_up.update(state.read_urls(stage.tmp_path))
        supervisor.ask_to_stop()
        return ["anna@example.org"]

    assert run(stage, supervisor, greeting=greet) == 0
    assert stage.started == ["prepare", "web", "worker", "beat", "relay"]
    assert known_while_up == {"database_url": "postgresql://here", "redis_url": "redis://here"}
    assert state.read_urls(stage.tmp_path) == {}
    said = capsys.readouterr().out
    assert f"http://localhost:{stage.port}/ answers" in said
    assert "anna@example.org" in said
    assert all(post.running.exit_code() is not None for post in supervisor.posts)


def test_a_failed_migration_stops_the_start_and_shows_why(stage: Stage) -> None:
    stage.codes["prepare"] = "raise SystemExit('no such column')"
    with pytest.raises(LaunchFailed, match="no such column"):
        run(stage)
    assert stage.started == ["prepare"]


def test_a_web_server_that_dies_at_once_stops_the_start_and_shows_why(stage: Stage) -> None:
    stage.codes["web"] = "raise SystemExit('no module named salescrm')"
    with pytest.raises(LaunchFailed, match="no module named salescrm"):
        run(stage)


def test_a_page_that_fails_is_not_waited_for(stage: Stage) -> None:
    stage.codes["web"] = SERVE.format(port=stage.port, status=500)
    with pytest.raises(LaunchFailed, match="answers with 500"):
        run(stage)


@pytest.mark.parametrize("keep", [True, False])
def test_with_keep_a_web_server_and_a_database_that_fall_are_started_again_without_it_they_end_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    supervisor, fallen = Supervisor(lambda _text: None), []
    monkeypatch.setattr("runner.supervisor.FIRST_DELAY", 0.01)
    monkeypatch.setattr("runner.supervisor.STEADY_SECONDS", 0.0)
    database = Child(stage.program("postgres"))
    services = Services(env={"DATABASE_URL": "postgresql://here"}, postgres=database)
    monkeypatch.setattr(launch, "start_lasting", lambda _data_dir, _environ: services)

    def fall() -> list[str]:
        for post in supervisor.posts:
            if post.name in {"postgres", "web"}:
                fallen.append(post.running)
                post.running.kill()
        Thread(target=wait, daemon=True).start()
        return []

    def wait() -> None:
        with suppress(AssertionError):
            wait_for(lambda: all(post.running not in fallen for post in supervisor.posts), 10 if keep else 1)
        supervisor.ask_to_stop()

    code = run(stage, supervisor, greeting=fall, keep=keep)
    assert (code, len(fallen)) == ((0, 2) if keep else (1, 2))
    again = [post.running for post in supervisor.posts if post.name in {"postgres", "web"}]
    assert (not set(again) & set(fallen)) is keep


def test_ctrl_c_during_the_preparation_ends_it(stage: Stage) -> None:
    supervisor = Supervisor(lambda _text: None)
    stage.codes["prepare"] = SLEEP
    supervisor.ask_to_stop()
    assert run(stage, supervisor) == 0
    assert stage.started == ["prepare"]


@pytest.fixture
def busy_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_status_is_told_and_silence_is_none(busy_server: str) -> None:
    assert launch.status_of(busy_server) == 503
    assert launch.status_of(f"http://127.0.0.1:{free_port()}/") is None
