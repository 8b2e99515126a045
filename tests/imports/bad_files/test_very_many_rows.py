"""A million good rows (52 of the list): read with flat memory, loaded with progress that is seen, stopped when asked.

Here the million is read whole, and some hundred rows stand for the loading; ``python -m bench million`` loads it all.
"""

from itertools import islice
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from imports import reading, services, work
from leads.models import Lead
from tests.imports.bad_files.wizard import Cost, measured
from tests.imports.desk import csv_bytes, fresh, people_mapping, settle, take
from tests.office import Office

ROWS, MOST_MEGABYTES, MOST_SECONDS = 1_000_000, 50, 60


def test_52_a_million_rows_are_read_without_being_held(tmp_path: Path) -> None:
    path, cost = tmp_path / "million.csv", Cost()
    with path.open("w", encoding="utf-8") as file:
        file.write("Код;Имя;Телефон\n")
        file.writelines(f"M-{n};Агент {n};+7{9_000_000_000 + n}\n" for n in range(ROWS))
    with path.open("rb") as whole, measured(cost):
        sheet = reading.look_at(path.name, whole)
    assert (sheet.total, sheet.headers) == (ROWS, ["Код", "Имя", "Телефон"])
    assert cost.megabytes < MOST_MEGABYTES
    assert cost.seconds < MOST_SECONDS
    with path.open("rb") as whole, measured(held := Cost()):
        kept = list(islice(reading.read_rows(whole, sheet.layout), 400_000))
    assert len(kept) == 400_000
    assert held.megabytes > MOST_MEGABYTES, "the control: held at once, they would show"


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
