"""The operator's figures: shut without their token, told by names of addresses, without a person's data."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from common import clock
from jobs.models import Job, JobState
from jobs.services import Duty, owe
from monitoring import figures, metrics
from monitoring.heartbeats import beat
from tests.office import Office

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "4f1d6a8b2c9e7035d1f4a6b8"
KEY = {"Authorization": f"Bearer {TOKEN}"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(settings: Any) -> None:
    settings.METRICS_TOKEN = settings.HEALTH_TOKEN = TOKEN


def read(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    text = client.get("/metrics", headers=KEY).content.decode()
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }


@pytest.mark.parametrize("address", ["/metrics", "/health/detail/"])
def test_without_its_token_there_is_no_such_page(address: str, client: Client, settings: Any) -> None:
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer guess"}, KEY):
        assert client.get(address, headers=given).status_code == 404, "no token is set"
    settings.METRICS_TOKEN = settings.HEALTH_TOKEN = TOKEN
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}):
        assert client.get(address, headers=given).status_code == 404
    assert client.get(address, headers={**KEY, "Host": "10.1.2.3"}).status_code == 200
    assert client.post(address, headers=KEY).status_code == 405


def test_the_figures_are_those_of_the_database(client: Client, opened: None) -> None:
    late = clock.now() - timedelta(minutes=5)
    owe([Duty("ring", "late", {}, late)])
    Job.objects.create(kind="ring", dedupe_key="dead", due_at=late, state=JobState.DEAD)
    beat("relay", at=clock.now() - timedelta(minutes=10))
    found = read(client)
    assert found["crm_jobs"] == {("due",): 1, ("waiting",): 0, ("leased",): 0, ("dead",): 1}
    assert found["crm_job_oldest_due_seconds"][()] > 290
    assert found["crm_heartbeat_age_seconds"][("relay",)] > 590
    assert found["crm_figure_failed"] == {}, "every figure can be asked for"
    assert {figure.name for figure in figures.FIGURES if not figure.labels} - {"crm_audit_head_lag_seconds"} <= set(
        found
    )

    told = client.get("/health/detail/", headers=KEY).json()
    assert told["oldest_due_job_seconds"] > 290
    assert told["jobs"]["dead"] == 1
    assert told["heartbeats"]["relay"]["late"] is True
    assert (told["quarantine"], told["backup_age_seconds"]) == (False, None)


def test_requests_are_counted_by_the_name_of_their_address(client: Client, opened: None, office: Office) -> None:
    lead = office.lead(name="Зимородок")
    client.force_login(office.olim)
    client.get(f"/leads/{lead.pk}/?q=Зимородок")
    client.get("/no/such/page/зимородок/")
    found, text = read(client), client.get("/metrics", headers=KEY).content.decode()
    assert found["crm_requests"][("GET", "leads:card", "200")] >= 1
    assert found["crm_requests"][("GET", "none", "404")] >= 1
    assert any("leads:card" in labels for labels in found["crm_request_seconds"])
    for secret in ("Зимородок", "зимородок", str(lead.pk), office.olim.email, str(office.olim.pk)):
        assert secret not in text


def test_a_failed_sign_in_is_counted_and_a_scan_shows(client: Client, opened: None, office: Office) -> None:
    before = read(client)["crm_sign_ins_failed"][()]
    client.post("/login/", {"login": office.olim.email, "password": "wrong-wrong-wrong"})
    assert read(client)["crm_sign_ins_failed"][()] == before + 1
    client.force_login(office.olim)
    for number in range(7):
        client.get(f"/no-such-page-{number}/")
    assert read(client)["crm_denied_of_one_person_max"][()] >= 7


def test_a_figure_that_cannot_be_asked_for_takes_no_other_with_it(
    client: Client, opened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> figures.Rows:
        raise DatabaseError("gone")

    bad = figures.Figure("crm_broken", "", "", (), broken)
    monkeypatch.setattr(figures, "FIGURES", (bad, *figures.FIGURES))
    found = read(client)
    assert found["crm_figure_failed"] == {("crm_broken",): 1}
    assert "crm_jobs" in found


def test_nothing_is_counted_where_no_token_opens_the_figures(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    before = metrics.REQUESTS.labels("health-live", "GET", "200")._value.get()
    client.get("/health/live/")
    assert metrics.REQUESTS.labels("health-live", "GET", "200")._value.get() == before


def test_the_requests_of_several_processes_are_added_up(tmp_path: Path) -> None:
    """Three processes count into the folder that gunicorn makes, one of them dies, any of them tells the sum."""
    code = (
        "import os, prometheus_client as p; from prometheus_client import multiprocess as m;"
        "c = p.Counter('crm_requests', 'x', ['route']); g = p.Gauge('crm_flying', 'x', multiprocess_mode='livesum');"
        "c.labels('a').inc(2); g.inc();"
    )
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for tail in ("", "", "m.mark_process_dead(os.getpid());"):
        subprocess.run([sys.executable, "-c", code + tail], env=env, check=True, cwd=ROOT)
    told = (
        "import prometheus_client as p; from prometheus_client import multiprocess as m; r = p.CollectorRegistry();"
        "m.MultiProcessCollector(r); print(p.generate_latest(r).decode())"
    )
    text = subprocess.run([sys.executable, "-c", told], env=env, check=True, capture_output=True, text=True).stdout
    assert 'crm_requests_total{route="a"} 6.0' in text
    assert "crm_flying 2.0" in text
