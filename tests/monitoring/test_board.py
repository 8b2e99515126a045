"""The board of jobs: what ran, what lies there, and what an administrator may do about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from audit.attribution import attributed
from common import clock
from common.errors import Invalid, NotAllowed
from jobs.models import Job, JobState
from jobs.registry import JobRun, Kind, install
from jobs.services import run_one
from monitoring import board, services, words
from monitoring.heartbeats import beat
from monitoring.models import Deed, Heartbeat, RunKind, TaskRun
from monitoring.runs import notes, on_task_end, on_task_start, sweep, watched, write
from salescrm.subscriptions import JOBS, LEAVING
from tests.office import Office

pytestmark = pytest.mark.django_db
NAME = "Зимородок Иванович"


def dead(kind: str = "ring", number: int = 1) -> Job:
    return Job.objects.create(
        kind=kind, dedupe_key=f"{kind}:{number}", due_at=clock.now(), state=JobState.DEAD, attempts=8,
        last_error=f"IntegrityError: Key (name)=({NAME}) already exists",
    )  # fmt: skip


def test_everything_that_runs_has_words() -> None:
    assert set(words.TICKS) == set(settings.CELERY_BEAT_SCHEDULE)
    assert set(words.KINDS) == set(JOBS)


def test_a_tick_is_shown_with_its_last_run_its_result_and_its_next_one(
    office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_PROCESS", "worker")
    task = type("Task", (), {"name": "funnel.tasks.refresh_rollup"})()
    for state, retval in (("SUCCESS", None), ("FAILURE", ValueError(NAME))):
        on_task_start(task_id="one")
        on_task_end(task_id="one", task=task, state=state, retval=retval)
    (tick,) = [tick for tick in board.ticks(office.adiba, at=clock.now()) if tick.name == "refresh-funnel-rollup"]
    assert tick.last is not None
    assert (tick.last.failed, tick.last.error, tick.failed) == (1, "ValueError", 1)
    assert tick.next_at == tick.last.started_at + timedelta(seconds=10)
    client.force_login(office.aziz)
    page = client.get("/settings/jobs/").content.decode()
    assert "Обновить цифры воронки" in page
    assert "ValueError" in page
    assert NAME not in page
    assert "Запустить сейчас" not in page, "an auditor reads"


def test_the_board_shows_first_what_needs_somebody_and_the_rest_by_portions(office: Office, client: Client) -> None:
    client.force_login(office.adiba)
    calm = client.get("/settings/jobs/").content.decode()
    assert "За сутки сбоев не было" in calm
    assert "Напоминание" not in calm
    dead()
    notes.take()
    notes.add(RunKind.TICK, "audit.tasks.chain", started_at=clock.now(), seconds=1.0, error="KeyError")
    write()
    page = client.get("/settings/jobs/").content.decode()
    assert [title in page for title in ("Запечатать журнал", "Напоминание", "Обновить цифры")] == [True, True, False]
    shown = client.get("/settings/jobs/?view=ticks").content.decode()
    more = client.get("/settings/jobs/?view=ticks&page=3").content.decode()
    assert (shown.count("Запустить сейчас"), more.count("Запустить сейчас")) == (12, len(words.TICKS) - 24)
    assert "page=2" in shown
    assert client.get("/settings/jobs/?view=kinds").content.decode().count('scope="row"') == 12


def test_what_was_given_up_is_found_without_reading_what_was_done(office: Office) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT count(*) FROM jobs_job WHERE state = 'dead' AND kind = 'ring'")
        assert "job_dead" in "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN {board._LYING}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert {name for name in ("job_ready_due", "job_leased_until", "job_dead") if name in plan} == {
        "job_ready_due", "job_leased_until", "job_dead",
    }  # fmt: skip
    assert "Seq Scan" not in plan


def test_what_jobs_did_is_counted_by_kind_and_written_at_once(office: Office) -> None:
    notes.take()
    for seconds, error in ((0.1, ""), (0.4, ""), (0.2, "KeyError")):
        notes.add(RunKind.JOB, "ring", started_at=clock.now(), seconds=seconds, error=error)
    write()
    run = TaskRun.objects.get(kind=RunKind.JOB)
    assert (run.done, run.failed, run.seconds, run.error) == (2, 1, 0.4, "KeyError")
    (line,) = [line for line in board.kind_lines(office.adiba, at=clock.now()) if line.name == "ring"]
    assert (line.done, line.failed, line.dead) == (2, 1, 0)
    assert sweep(before=clock.now()) == 1


def test_a_run_asked_for_twice_within_a_minute_is_one_and_really_runs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setitem(services.current_app.tasks, "jobs.tasks.sweep", lambda: ran.append("sweep"))
    at = clock.now()
    for _ in range(2):
        services.run_now(by=office.adiba, name="sweep-finished-jobs", at=at)
    while run_one():
        continue
    assert ran == ["sweep"]
    with pytest.raises(Invalid):
        services.run_now(by=office.adiba, name="no-such-task", at=at)


@pytest.mark.parametrize("deed", [services.retry, services.cancel])
def test_only_an_administrator_settles_what_was_given_up(office: Office, deed: Any) -> None:
    job = dead()
    for person in (office.aziz, office.nodira, office.olim):
        with pytest.raises(NotAllowed):
            deed(by=person, at=clock.now(), job_id=job.pk)
    with pytest.raises(NotAllowed):
        services.run_now(by=office.aziz, name="sweep-finished-jobs", at=clock.now())
    job.refresh_from_db()
    assert job.state == JobState.DEAD


def test_what_was_given_up_is_done_again_or_dropped_once_and_by_name(office: Office, client: Client) -> None:
    done: list[JobRun] = []
    install(watched({"ring": Kind(done.append)}, leaving=frozenset()))
    try:
        jobs = [dead(number=number) for number in range(3)] + [dead("rank_all", 9)]
        client.force_login(office.adiba)
        page = client.get("/settings/jobs/dead/?kind=ring").content.decode()
        assert "IntegrityError" in page
        assert NAME not in page
        assert client.post("/settings/jobs/dead/retry/", {"job": jobs[0].pk, "kind": "ring"}).status_code == 302
        assert client.post("/settings/jobs/dead/retry/", {"job": jobs[0].pk, "kind": "ring"}).status_code == 409
        assert client.post("/settings/jobs/dead/retry/", {"kind": "ring"}).status_code == 302
        # Due by the clock of the statement, which in a test is behind that of its transaction.
        Job.objects.filter(state=JobState.READY).update(due_at=clock.now() - timedelta(hours=1))
        while run_one():
            continue
        assert len(done) == 3
        assert client.post("/settings/jobs/dead/cancel/", {"kind": "rank_all"}).status_code == 302
    finally:
        install(attributed(watched(JOBS, leaving=LEAVING)))
    assert board.dead_count() == 0
    assert list(Deed.objects.order_by("pk").values_list("kind", "subject", "count", "by")) == [
        ("retry", "ring", 1, office.adiba.pk), ("retry", "ring", 2, office.adiba.pk),
        ("cancel", "rank_all", 1, office.adiba.pk),
    ]  # fmt: skip


def test_the_badge_stands_on_the_sections_only_while_something_is_given_up(office: Office, client: Client) -> None:
    client.force_login(office.adiba)
    assert "задание не выполнено" not in client.get("/settings/").content.decode()
    dead()
    assert "1 задание не выполнено" in client.get("/settings/").content.decode()


def test_a_part_that_fell_silent_is_told(office: Office) -> None:
    beat("worker", at=clock.now())
    beat("relay", at=clock.now() - timedelta(minutes=10))
    late = {part.name: part.late for part in board.parts(office.adiba, at=clock.now()) if part.seen_at}
    assert late == {"worker": False, "relay": True}
    beat("relay", at=clock.now())
    assert Heartbeat.objects.filter(name="relay").count() == 1


def test_a_quarantine_ends_by_an_administrator_who_has_just_proved_himself(office: Office, client: Client) -> None:
    from channels import quarantine

    quarantine.begin(sealed=False)
    try:
        client.force_login(office.adiba)
        session = client.session
        session["_confirmed_at"] = (clock.now() - timedelta(hours=1)).timestamp()
        session.save()
        assert client.post("/settings/quarantine/").status_code == 403
        assert quarantine.state().quarantined
        session["_confirmed_at"] = clock.now().timestamp()
        session.save()
        assert client.post("/settings/quarantine/").status_code == 302
        assert not quarantine.state().quarantined
        assert Deed.objects.get().kind == "release"
    finally:
        quarantine._known = quarantine.State()
