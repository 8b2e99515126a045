import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from runner import supervisor as supervision
from runner.console import LogTail
from runner.processes import Child, Program
from runner.supervisor import Post, Supervisor, restarted, vital
from tests.runner.waiting import Start, wait_for

SLEEP = "import time; time.sleep(60)"
ON_TERM = "import signal, sys, time; signal.signal(15, {}); print('up', flush=True); time.sleep(60)"
OBEDIENT = ON_TERM.format("lambda *_: sys.exit(0)")
STUBBORN = ON_TERM.format("signal.SIG_IGN")


def tick_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    def tick() -> object:
        assert supervisor.tick() is None
        return condition()

    wait_for(tick)


def test_a_worker_that_leaves_with_code_0_is_started_again(start: Start) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    post = restarted(start("worker", "pass"))
    first = post.running
    supervisor.add(post)
    post.delay = 0.01
    tick_until(supervisor, lambda: post.running is not first)
    supervisor.stop()
    assert said[0].startswith("worker left with exit code 0: starting it again")


def test_the_pause_between_restarts_grows_and_stays_bounded(start: Start) -> None:
    supervisor = Supervisor(lambda _text: None)
    post = restarted(start("worker", "raise SystemExit(3)"))
    delays = []
    for _ in range(8):
        wait_for(lambda: post.running.exit_code() is not None)
        supervision.Supervisor._tend(supervisor, post, post.again)
        delays.append(post.delay)
        post.start_at = None
    assert delays == sorted(delays)
    assert delays[0] == 1.0
    assert delays[-1] == supervision.LONGEST_DELAY


def test_a_worker_that_ran_steadily_is_started_again_without_a_long_pause(start: Start) -> None:
    supervisor = Supervisor(lambda _text: None)
    child = start("worker", "pass")
    long_ago = time.monotonic() - supervision.STEADY_SECONDS - 1
    post = Post(child, again=child.program, delay=supervision.LONGEST_DELAY, started_at=long_ago)
    supervisor.add(post)
    tick_until(supervisor, lambda: post.start_at is not None)
    assert post.delay == supervision.FIRST_DELAY


def test_a_worker_without_a_fresh_heartbeat_is_killed_and_started_again(start: Start, tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    said: list[str] = []
    supervisor = Supervisor(said.append)
    child = start("worker", SLEEP, heartbeat=heartbeat, heartbeat_limit=0.2)
    post = restarted(child)
    supervisor.add(post)
    supervisor.tick()
    assert child.exit_code() is None, "a program that never showed a heartbeat is not hung"
    heartbeat.touch()
    tick_until(supervisor, lambda: child.exit_code() is not None)
    assert "hangs" in said[0]


def test_an_old_heartbeat_of_the_one_before_does_not_kill_the_next(start: Start, tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    heartbeat.touch()
    os.utime(heartbeat, (1, 1))
    child = start("worker", SLEEP, heartbeat=heartbeat, heartbeat_limit=0.1)
    assert not child.is_hung()


def test_the_death_of_the_web_server_ends_everything(start: Start) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    worker = start("worker", SLEEP)
    supervisor.add(restarted(worker))
    supervisor.add(vital(start("web", "raise SystemExit(3)")))
    assert supervisor.watch() == 1
    supervisor.stop()
    assert said == ["web died with exit code 3: stopping everything"]
    assert worker.exit_code() is not None


def test_a_signal_ends_the_watch_without_a_complaint(start: Start) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    supervisor.obey_signals()
    supervisor.add(vital(start("web", SLEEP)))
    os.kill(os.getpid(), signal.SIGTERM)
    assert supervisor.watch() == 0
    assert said == []


class Witness:
    """Stands for a process and writes down when it was stopped."""

    def __init__(self, name: str, book: list[str]) -> None:
        self.name = name
        self._book = book

    def exit_code(self) -> int | None:
        return None

    def stop(self) -> None:
        self._book.append(self.name)


def test_web_goes_first_and_the_database_last() -> None:
    book: list[str] = []
    supervisor = Supervisor()
    for name in ("postgres", "valkey", "web", "worker", "beat"):
        supervisor.add(vital(Witness(name, book)))
    supervisor.stop(("web", "beat", "worker"))
    assert book == ["web", "beat", "worker", "valkey", "postgres"]


def test_a_second_signal_kills_what_bears_it_and_spares_the_database(start: Start, tmp_path: Path) -> None:
    supervisor = Supervisor()
    worker = start("worker", STUBBORN, expendable=True)
    database = start("postgres", SLEEP)
    wait_for(lambda: (tmp_path / "worker.log").read_text() == "up\n")
    for child in (worker, database):
        supervisor.add(vital(child))
    supervisor.ask_to_stop()
    assert worker.exit_code() is None
    supervisor.ask_to_stop()
    wait_for(lambda: worker.exit_code() == -signal.SIGKILL)
    assert database.exit_code() is None


def test_a_program_is_asked_to_leave_before_it_is_killed(start: Start, tmp_path: Path) -> None:
    obedient = start("web", OBEDIENT)
    stubborn = start("worker", STUBBORN, stop_seconds=0.2)
    wait_for(lambda: all((tmp_path / f"{name}.log").read_text() == "up\n" for name in ("web", "worker")))
    obedient.stop()
    stubborn.stop()
    assert obedient.exit_code() == 0
    assert stubborn.exit_code() == -signal.SIGKILL


def test_what_a_killed_worker_leaves_behind_goes_with_it(start: Start, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time; "
        f"inner = subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}]); "
        "print(inner.pid, flush=True); time.sleep(60)"
    )
    child = start("worker", code)
    log = tmp_path / "worker.log"
    wait_for(lambda: log.read_text().endswith("\n"))
    grandchild = int(log.read_text())
    os.kill(child.pid, signal.SIGKILL)
    child.stop()
    wait_for(lambda: not is_alive(grandchild))


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_children_go_when_the_runner_is_killed(start: Start, tmp_path: Path) -> None:
    """The runner here is itself a child, killed by SIGKILL: it has no chance to stop anything."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path.cwd())!r})\n"
        "from pathlib import Path\n"
        "from runner.processes import Child, Program\n"
        f"log = Path({str(tmp_path / 'inner.log')!r})\n"
        "inner = Child(Program('web', (sys.executable, '-S', '-c', 'import time; time.sleep(60)'), log))\n"
        "print(inner.pid, flush=True)\n"
        "import time; time.sleep(60)"
    )
    outer = start("runner", code)
    log = tmp_path / "runner.log"
    wait_for(lambda: log.read_text().endswith("\n"))
    inner = int(log.read_text())
    assert is_alive(inner)
    os.kill(outer.pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(inner))


def test_only_trouble_reaches_the_console(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("ERROR from the last time\n")
    tail = LogTail("worker", log)
    with log.open("a") as file:
        file.write('GET /errors 200\n2026 ERROR jobs failed\n{"event": "x", "level": "error"}\nERROR half')
    assert tail.troubles() == [
        "  worker | 2026 ERROR jobs failed",
        '  worker | {"event": "x", "level": "error"}',
    ]
    log.write_text("CRITICAL after the log was turned over\n")
    assert len(tail.troubles()) == 1


def test_a_traceback_shows_as_its_error_and_repeats_are_not_shown(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    tail = LogTail("web", log)
    text = "Traceback (most recent call last):\n  File x, line 1\n    boom()\nValueError: 42 is wrong\n"
    log.write_text(text + text.replace("42", "43"))
    assert tail.troubles() == ["     web | ValueError: 42 is wrong"]


def test_a_grown_log_is_turned_over_at_the_next_start(
    program: Callable[..., Program], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("runner.processes.LOG_LIMIT", 3)
    (tmp_path / "web.log").write_text("long enough")
    Child(program("web", "pass")).stop()
    assert (tmp_path / "web.log.1").read_text() == "long enough"
