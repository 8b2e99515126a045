"""Every gate, each to its end: one run shows all that is wrong. `python -m tools.check [gate ...]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.interpreter import PYTHON, ROOT

BIN = PYTHON.parent
TEST_SETTINGS = {"DJANGO_SETTINGS_MODULE": "salescrm.settings.test"}


def gates() -> dict[str, list[str]]:
    python, manage = str(PYTHON), str(ROOT / "manage.py")
    return {
        "style": [str(BIN / "ruff"), "check", "."],
        "format": [str(BIN / "ruff"), "format", "--check", "."],
        "types": [python, "-m", "mypy", "."],
        "floors": [str(BIN / "lint-imports")],
        "templates": [str(BIN / "djlint"), "--lint", "--quiet", *template_folders()],
        # Answers from the code alone; without a database it only warns that it compared no history.
        "migrations": [python, "-W", "ignore", manage, "makemigrations", "--check", "--dry-run"],
        # New ones must be able to run while people work.
        "live-migrations": [python, "-m", "tools.migrations"],
        "contract": [python, manage, "contract", "--check"],
        "django": [python, manage, "check", "--fail-level", "WARNING"],
    }


def template_folders() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted([ROOT / "templates", *ROOT.glob("*/templates")])]


def passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        check=False,
        text=True,
        env={**os.environ, **TEST_SETTINGS, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    took = time.monotonic() - began
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({took:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main(wanted: list[str]) -> int:
    known = gates()
    unknown = set(wanted) - set(known)
    if unknown:
        print(f"no such gate: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    failed = [name for name in wanted or known if not passes(name, known[name])]
    if failed:
        print(f"{len(failed)} of {len(wanted or known)} gates closed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(ROOT)))
    sys.exit(main(sys.argv[1:]))
