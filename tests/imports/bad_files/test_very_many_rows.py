"""A million good rows (52 of the list): read with flat memory, loaded with progress that is seen, stopped when asked.

Here the million is read whole, and some hundred rows stand for the loading; ``python -m bench million`` loads it all.
"""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from imports import reading, services, work
from leads.models import Lead
from tests.imports.desk import csv_bytes, fresh, people_mapping, settle, take
from tests.office import Office

MILLION, TENTH, MOST_MEGABYTES = 1_000_000, 100_000, 10


def megabytes(deed: Callable[[], Any]) -> tuple[Any, float]:
    """What it answers, and the most that its objects held at once; what the process has in store says nothing."""
    tracemalloc.start()
    try:
        return deed(), tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def table(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("Код;Имя;Телефон\n")
        file.writelines(f"M-{n};Агент {n};+7{9_000_000_000 + n}\n" for n in range(rows))
    return path


def test_52_a_million_rows_are_read_and_none_of_them_held(tmp_path: Path) -> None:
    """The million is counted; that reading holds nothing is seen at a tenth of it, where tracing takes seconds."""
    with table(tmp_path / "million.csv", MILLION).open("rb") as whole:
        sheet = reading.look_at("million.csv", whole)
    assert (sheet.total, sheet.headers) == (MILLION, ["Код", "Имя", "Телефон"])
    with table(tmp_path / "tenth.csv", TENTH).open("rb") as tenth:
        _sheet, peak = megabytes(lambda: reading.look_at("tenth.csv", tenth))
        kept, held = megabytes(lambda: list(reading.read_rows(tenth, sheet.layout)))
    assert peak < MOST_MEGABYTES
    assert len(kept) == TENTH + 1
    assert held > MOST_MEGABYTES, "the control: held at once, they would show"


@pytest.mark.django_db
def test_52_many_rows_go_in_chunk_by_chunk_with_their_progress_seen(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    rows = [["Имя", "Телефон"], *([f"Агент {n}", f"+99890{n:07d}"] for n in range(300))]
    run = services.choose_columns(run=take(office.olim, csv_bytes(rows)), by=office.olim, mapping=people_mapping())
    run = services.start_loading(run=run, by=office.olim, at=clock.now())
    seen = []
    with mock.patch.object(work, "CHUNK", 75):
        for now in work.process(fresh(run)):
            seen.append(now.percent)
            page = client.get(reverse("imports:run", args=[run.pk])).content.decode()
            assert f"{now.position} из 300" in page
            if now.percent == 50:
                services.stop(run=run, by=office.olim)
        assert (seen, fresh(run).state, Lead.objects.count()) == ([25, 50], "stopped", 150)
        services.start_loading(run=run, by=office.olim, at=clock.now(), accept_good=False)
        assert settle(run).created == Lead.objects.count() == 300
