"""One program kept alive in a container: `python -m runner.keep worker|beat|relay`.

A container's own restart sees a worker that leaves, not one that hangs without leaving after its broker
was gone; the supervisor sees both.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from runner.processes import Child, Program
from runner.programs import Programs
from runner.supervisor import Supervisor, restarted


def main(arguments: list[str]) -> int:
    # Nothing here must outlive the container: the schedule's ticks are harmless to repeat.
    with tempfile.TemporaryDirectory(prefix="salescrm-keep-") as scratch:
        (Path(scratch) / "run").mkdir()
        programs = Programs(root=Path.cwd(), data_dir=Path(scratch), env={}, address="")
        known = {"worker": programs.worker, "beat": programs.beat, "relay": programs.relay}
        if len(arguments) != 1 or arguments[0] not in known:
            print(f"usage: python -m runner.keep {'|'.join(known)}", file=sys.stderr)
            return 2
        return keep(known[arguments[0]]())


def keep(program: Program) -> int:
    supervisor = Supervisor()
    supervisor.obey_signals()
    supervisor.add(restarted(Child(replace(program, log=None))))
    try:
        return supervisor.watch()
    finally:
        supervisor.stop()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.prod")
    sys.exit(main(sys.argv[1:]))
