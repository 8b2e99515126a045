import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from runner import keep
from runner.heartbeat import VARIABLE, touch
from runner.management.commands import with_services as command
from runner.management.commands.up import greeting

ELSEWHERE = {"DATABASE_URL": "postgresql://elsewhere", "REDIS_URL": "redis://elsewhere"}


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, url in ELSEWHERE.items():
        monkeypatch.setenv(name, url)


@pytest.mark.parametrize(("code", "expected"), [("pass", 0), ("raise SystemExit(7)", 7)])
def test_the_exit_code_of_the_command_is_handed_on(addresses: None, code: str, expected: int) -> None:
    assert run_under_services(code) == expected


def test_a_command_killed_by_a_signal_counts_as_in_a_shell(addresses: None) -> None:
    assert run_under_services("import os; os.kill(os.getpid(), 9)") == 137


def test_given_addresses_are_left_alone(addresses: None) -> None:
    check = f"import os; assert {ELSEWHERE!r}.items() <= os.environ.items()"
    assert run_under_services(check) == 0


def test_a_setting_of_postgresql_without_a_value_is_refused(addresses: None) -> None:
    with pytest.raises(CommandError, match="NAME=VALUE"):
        command.Command().handle(command=["--", "true"], postgres=["shared_buffers"])


def run_under_services(code: str) -> int:
    with pytest.raises(SystemExit) as left:
        command.Command().handle(command=["--", sys.executable, "-c", code], postgres=[])
    return int(left.value.code or 0)


def test_an_installation_without_a_story_greets_with_nothing(settings: Settings) -> None:
    settings.GREETING = ""
    assert greeting() == []


def test_the_greeting_is_whatever_the_settings_name(settings: Settings) -> None:
    settings.GREETING = f"{__name__}.two_lines"
    assert greeting() == ["one", "two"]


def two_lines() -> list[str]:
    return ["one", "two"]


def test_the_heartbeat_touches_the_file_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    touch(sender=object())
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing" / "beat"))
    touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "beat"))
    touch()
    assert (tmp_path / "beat").exists()


def test_the_keeper_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert keep.main(["web"]) == 2
    assert "worker|beat|relay" in capsys.readouterr().err


def test_the_runner_starts_without_django() -> None:
    """Settings read the runner's state before Django is set up."""
    code = "import sys, runner.state, runner.launch, runner.keep; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
