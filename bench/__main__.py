"""`python -m bench [name ...]`: run the measurements and print one JSON object for each figure."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable
from typing import cast

import bench

PREFIX = "bench_"

Run = Callable[[], Iterable[dict[str, object]]]


def names(wanted: list[str]) -> list[str]:
    """All of them in order, or those asked for. Raises SystemExit when one asked for does not exist."""
    modules = (module.name for module in pkgutil.iter_modules(bench.__path__))
    found = sorted(name for name in modules if name.startswith(PREFIX))
    missing = {PREFIX + name for name in wanted} - set(found)
    if missing:
        raise SystemExit(f"no such measurement: {', '.join(sorted(missing))}")
    return [name for name in found if not wanted or name.removeprefix(PREFIX) in wanted]


def prepare() -> None:
    """Build the tables. Raises SystemExit on a database that has people in it: measurements leave rows behind."""
    from django.core.management import call_command

    from accounts.models import User

    call_command("migrate", verbosity=0)
    if User.objects.exists():
        raise SystemExit("The database is not empty. Measurements write into it: give them an empty one.")


def main(wanted: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.demo")
    import django

    django.setup()
    prepare()
    for name in names(wanted):
        run = cast("Run", importlib.import_module(f"bench.{name}").run)
        for figure in run():
            print(json.dumps({"bench": name.removeprefix(PREFIX), **figure}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
