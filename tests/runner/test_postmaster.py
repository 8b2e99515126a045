import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.postmaster import Adopted, Postmaster, clear_stale, is_zombie, serves
from tests.runner.waiting import Start, wait_for

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")


def write_pid_file(data: Path, pid: int, *, status: str = "ready   ") -> Path:
    path = data / "postmaster.pid"
    path.write_text(f"{pid}\n{data}\n1700000000\n54321\n\n127.0.0.1\n  123  456\n{status}\n")
    return path


@pytest.fixture
def zombie() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
    wait_for(lambda: is_zombie(process.pid))
    yield process.pid
    process.wait()


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
    process.wait()
    return process.pid


def test_the_file_tells_pid_port_and_status(tmp_path: Path) -> None:
    write_pid_file(tmp_path, 42)
    assert Postmaster.read(tmp_path) == Postmaster(pid=42, port=54321, status="ready")


@pytest.mark.parametrize("text", ["", "not a number\n", "\n\n"])
def test_a_broken_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "postmaster.pid").write_text(text)
    assert Postmaster.read(tmp_path) is None
    assert clear_stale(tmp_path) is None
    assert not (tmp_path / "postmaster.pid").exists()


def test_the_file_of_a_dead_server_is_removed(tmp_path: Path) -> None:
    path = write_pid_file(tmp_path, dead_pid())
    assert clear_stale(tmp_path) is None
    assert not path.exists()


@needs_proc
def test_the_file_of_a_zombie_is_removed(tmp_path: Path, zombie: int) -> None:
    path = write_pid_file(tmp_path, zombie)
    assert clear_stale(tmp_path) is None
    assert not path.exists()


@needs_proc
def test_a_pid_that_now_belongs_to_someone_else_is_stale(tmp_path: Path) -> None:
    path = write_pid_file(tmp_path, os.getpid())
    assert clear_stale(tmp_path) is None
    assert not path.exists()


@needs_proc
def test_a_live_server_of_this_directory_is_handed_over_for_adoption(tmp_path: Path, start: Start) -> None:
    server = start("server", "import time; time.sleep(60)", cwd=tmp_path)
    path = write_pid_file(tmp_path, server.pid)
    wait_for(lambda: serves(server.pid, tmp_path))
    found = clear_stale(tmp_path)
    assert found is not None
    assert found.port == 54321
    assert path.exists(), "the file of a live server is not ours to remove"


@needs_proc
def test_a_server_that_is_stopping_is_waited_for(tmp_path: Path, start: Start) -> None:
    server = start("server", "import time; time.sleep(0.3)", cwd=tmp_path)
    wait_for(lambda: serves(server.pid, tmp_path))
    write_pid_file(tmp_path, server.pid, status="stopping")
    assert clear_stale(tmp_path) is None
    assert not serves(server.pid, tmp_path)


@needs_proc
def test_a_server_that_never_gets_ready_is_given_up(tmp_path: Path, start: Start) -> None:
    server = start("server", "import time; time.sleep(60)", cwd=tmp_path)
    wait_for(lambda: serves(server.pid, tmp_path))
    write_pid_file(tmp_path, server.pid, status="starting")
    with pytest.raises(TimeoutError, match="neither starts nor stops"):
        clear_stale(tmp_path, patience=0.1)


@needs_proc
def test_an_adopted_server_is_watched_and_stopped_like_an_own_one(tmp_path: Path, start: Start) -> None:
    server = start("server", "import time; time.sleep(60)", cwd=tmp_path)
    wait_for(lambda: serves(server.pid, tmp_path))
    adopted = Adopted(server.pid, tmp_path)
    assert adopted.exit_code() is None
    adopted.stop()
    assert adopted.exit_code() == 1
