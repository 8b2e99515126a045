"""One large good file: does it finish, is its progress seen, can it be stopped and gone on with, is memory flat.

``BENCH_ROWS=1000000 python -m bench million`` for the million; 50,000 rows without.
"""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.files import File

from accounts.models import Team, User
from accounts.roles import Role
from common import clock
from demo.scale import load
from imports import services, work
from imports.models import Import

ROWS = int(os.environ.get("BENCH_ROWS", "50000"))
MAPPING = {
    "kind": "agent", "source": "bench",
    "fields": {"external_id": {"column": "код"}, "name": {"column": "имя"}, "phone": {"column": "телефон"}},
}  # fmt: skip


def run() -> Iterable[dict[str, Any]]:
    team = Team.objects.create(name="Bench")
    user = User.objects.create_user("bench@bank.test", None, name="Bench", role=Role.PRODUCT_OWNER, team=team)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        _write(path)
        started = time.perf_counter()
        with path.open("rb") as file:
            taken = services.take_file(by=user, name=path.name, file=File(file))
        seconds, size = round(time.perf_counter() - started, 1), round(path.stat().st_size / 1e6, 1)
        yield {"figure": "looked_at", "rows": taken.total, "mb": size, "seconds": seconds}
    taken = services.choose_columns(run=taken, by=user, mapping=MAPPING)
    services.start_loading(run=taken, by=user, at=clock.now())
    yield from _load(taken, user)
    load.reset()


def _write(path: Path) -> None:
    with path.open("w") as file:
        file.write("код;имя;телефон\n")
        file.writelines(f"M-{n};Агент {n};+7{9000000000 + n}\n" for n in range(ROWS))


def _load(taken: Import, user: User) -> Iterator[dict[str, Any]]:
    started, first, peak, told = time.perf_counter(), _memory(), 0.0, 0
    for now in _worked(taken):
        peak = max(peak, _memory() - first)
        if now.percent >= told + 10:
            told = now.percent
            seconds = time.perf_counter() - started
            cost = {"seconds": round(seconds), "per_second": round(now.position / seconds), "mb": round(peak)}
            yield {"figure": "progress", "percent": told, **cost}
        if now.position == ROWS // 3 // work.CHUNK * work.CHUNK:
            stopped = services.stop(run=now, by=user)
            yield {"figure": "stopped", "state": stopped.state, "position": stopped.position}
            services.start_loading(run=stopped, by=user, at=clock.now())
    done = Import.objects.get(pk=taken.pk)
    yield {
        "figure": "million", "state": done.state, "created": done.created, "refused": done.refused,
        "seconds": round(time.perf_counter() - started), "memory_growth_mb": round(peak),
    }  # fmt: skip


def _worked(taken: Import) -> Iterator[Import]:
    """As the worker does: turn after turn, each beginning at the checkpoint."""
    while (fresh := Import.objects.select_related("owner", "team").get(pk=taken.pk)).is_running:
        yield from work.process(fresh)


def _memory() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith("VmRSS:"))
