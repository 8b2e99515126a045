"""Probes: cheap, without a session, and honest."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.health import views
from common import clock
from jobs import services as jobs


def test_the_process_is_alive_without_asking_the_database() -> None:
    """No ``db`` fixture: touching the database would fail this test."""
    answer = Client().get("/health/live/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_looks_at_everything_it_needs() -> None:
    answer = Client().get("/health/ready/")
    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"database", "migrations", "disk", "redis", "work"}


@pytest.mark.django_db
def test_a_probe_has_no_session_no_redirect_and_needs_no_known_host() -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get("/health/ready/", headers={"Host": "10.1.2.3:8000"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert not any("session" in query["sql"] for query in queries)
    assert answer["Cache-Control"] == "no-store"
    assert Client().get("/api/v1/me/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


@pytest.mark.django_db
def test_redis_that_is_down_only_degrades(settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/health/ready/")
    assert (answer.status_code, answer.json()["status"], answer.json()["checks"]["redis"]) == (
        200,
        "degraded",
        "failed",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["database", "migrations", "disk"])
def test_what_work_cannot_do_without_makes_it_unready(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise OSError("gone")

    monkeypatch.setitem(views.CHECKS, name, broken)
    answer = Client().get("/health/ready/")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["checks"][name] == "failed"
    assert "gone" not in answer.content.decode()


@pytest.mark.django_db
def test_unapplied_migrations_make_it_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_migrated", False)
    monkeypatch.setattr(views.MigrationExecutor, "migration_plan", lambda *_args: ["0099_not_applied"])
    assert Client().get("/health/ready/").status_code == 503


def test_a_probe_only_reads() -> None:
    assert Client().post("/health/live/").status_code == 405


def test_a_host_that_is_not_ours_gets_a_problem_from_the_api() -> None:
    answer = Client().get("/api/v1/me/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.django_db
def test_work_left_lying_is_told_but_keeps_no_traffic_away() -> None:
    assert Client().get("/health/ready/").json()["checks"]["work"] == "ok"
    jobs.owe([jobs.Duty("remind_step", "late", {}, clock.now() - timedelta(minutes=5))])
    answer = Client().get("/health/ready/")
    assert (answer.status_code, answer.json()["checks"]["work"]) == (200, "failed")
