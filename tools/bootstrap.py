"""From a fresh clone to a system that can start: `python3 tools/bootstrap.py [base|dev]`.

Needs nothing but Python. Every step is skipped when its inputs are those of the last time, so the
targets of the Makefile call it before each run.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")


def use_new_enough_python() -> None:
    """Go on in a newer interpreter when `python3` is an old one and a newer lies beside it."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])
    sys.exit("setup: Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3")


def main(arguments: list[str]) -> int:
    use_new_enough_python()
    # Found by its place, for the interpreter may be started from anywhere.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tools import assets, catalogues, interpreter

    began = time.monotonic()
    wanted = arguments[0] if arguments else "base"
    try:
        interpreter.make_venv()
        interpreter.install(wanted)
        assets.build()
        catalogues.compile_changed()
        if wanted == "base":
            # Tests and gates serve files straight from their sources.
            assets.collect_static()
    except interpreter.SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    took = time.monotonic() - began
    if took > 1:
        interpreter.say(f"done in {took:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
