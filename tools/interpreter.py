"""The virtual environment and the packages in it, from the hashed locks alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.stamps import Stamps, digest

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
STAMPS = Stamps(VENV / ".stamps")


class SetupFailed(Exception):
    """A step of the set-up cannot be done here; the text says what to do."""


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Its output is shown only when it fails: a set-up that goes well should read in six lines."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
        raise SetupFailed(f"this command failed with exit code {done.returncode}: {' '.join(command)}")


def make_venv() -> None:
    """Made anew when its interpreter is gone, as after an upgrade of the system's Python."""
    if PYTHON.exists():
        return
    say("making .venv")
    try:
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
    except SetupFailed as failure:
        raise SetupFailed(
            f"{failure}\nOn Debian and Ubuntu install its package: apt-get install python3-venv"
        ) from failure
    STAMPS.clear()


def install(name: str) -> None:
    """Everything of requirements/NAME.txt; `dev` holds all of `base`, so it satisfies both."""
    lock = REQUIREMENTS / f"{name}.txt"
    value = digest([lock])
    if STAMPS.is_fresh(f"packages-{name}", value):
        return
    say(f"installing {lock.relative_to(ROOT)}")
    if not _install_with_uv(lock):
        run(str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock))
    STAMPS.set(f"packages-{name}", value)
    if name == "dev":
        STAMPS.set("packages-base", digest([REQUIREMENTS / "base.txt"]))


def _install_with_uv(lock: Path) -> bool:
    """uv takes 1.6 s where pip takes 14; but it does not read pip's settings, so a mirror may need pip."""
    uv = VENV / "bin" / "uv"
    try:
        if not uv.exists():
            uv_lock = str(REQUIREMENTS / "uv.txt")
            run(str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", uv_lock)
        # Compiled now, by both cores: some environments forbid it later, and each process would compile for itself.
        install_command = [str(uv), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
        run(*install_command, "--require-hashes", "-r", str(lock))
    except SetupFailed as failure:
        say(f"going on with plain pip, because {failure}")
        return False
    return True
