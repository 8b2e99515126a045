"""Tiny Python programs in the place of gunicorn, celery and PostgreSQL: these tests need no service."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.processes import Child, Program
from tests.runner.waiting import Start


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    def make(name: str, code: str, **options: object) -> Program:
        return Program(
            name=name,
            command=(sys.executable, "-S", "-c", code),
            log=tmp_path / f"{name}.log",
            **options,
        )

    return make


@pytest.fixture
def start(program: Callable[..., Program]) -> Iterator[Start]:
    started: list[Child] = []

    def run(name: str, code: str, **options: object) -> Child:
        child = Child(program(name, code, **options))
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
