"""Recalculation on demand: owed once for many deeds, worked when there is somebody to work, whatever is killed."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from backlog.models import LeadScore, RankRun
from backlog.ranking import duties
from common import clock
from jobs import services
from jobs.models import Job
from leads.models import LossReason
from leads.services import editing, moves, outcomes
from tests.jobs.desk import now_due
from tests.office import Office

pytestmark = pytest.mark.django_db


def waiting(office: Office) -> list[Job]:
    return list(Job.objects.filter(kind=duties.OWNER_JOB, payload__owner=str(office.olim.pk), state="ready"))


def work_off() -> None:
    for job in Job.objects.filter(state="ready"):
        now_due(job)
    while services.run_one():
        pass


def test_many_deeds_owe_one_list(office: Office) -> None:
    leads = [office.lead() for _n in range(4)]
    for lead in leads:
        moves.move(lead=lead, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="знаю")
    outcomes.close(lead=leads[0], outcome="lost", by=office.olim, at=clock.now(), reason=LossReason.objects.first())
    assert len(waiting(office)) == 1


def test_a_worked_off_duty_makes_room_for_the_next(office: Office) -> None:
    lead = office.lead()
    work_off()
    assert list(LeadScore.objects.values_list("lead_id", flat=True)) == [lead.pk]
    outcomes.close(lead=lead, outcome="archived", by=office.olim, at=clock.now(), note="не тот")
    assert len(waiting(office)) == 1
    work_off()
    assert not LeadScore.objects.exists()
    assert RankRun.objects.get(owner=office.olim).cause == "LeadClosed"


def test_handing_over_a_lead_owes_both_their_lists(office: Office) -> None:
    lead = office.lead()
    work_off()
    editing.assign(lead=lead, owner=office.oksana, by=office.nodira, at=clock.now())
    owed = Job.objects.filter(kind=duties.OWNER_JOB, state="ready").values_list("payload__owner", flat=True)
    assert set(owed) == {str(office.olim.pk), str(office.oksana.pk)}


def test_what_a_rolled_back_savepoint_owed_is_owed_again(office: Office) -> None:
    office.lead()
    work_off()
    with transaction.atomic():
        duties.owe_ranking([office.olim.pk], cause="test", at=clock.now())
        transaction.set_rollback(True)
    assert waiting(office) == []
    duties.owe_ranking([office.olim.pk], cause="test", at=clock.now())
    assert len(waiting(office)) == 1


def test_a_worker_killed_in_the_middle_leaves_the_old_list(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.lead()
    work_off()
    before = list(LeadScore.objects.values_list("lead_id", "rank", "score"))
    office.lead()

    def killed(*_args: object, **_kwargs: object) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("backlog.ranking.runs.RankRun.objects.update_or_create", killed)
        now_due(waiting(office)[0])
        services.run_one()
    assert list(LeadScore.objects.values_list("lead_id", "rank", "score")) == before
    work_off()
    assert LeadScore.objects.count() == 2


def test_the_days_runs_are_owed_once_and_only_after_their_hour(office: Office) -> None:
    def owed(at: str) -> list[str]:
        duties.owe_days_runs(at=datetime.fromisoformat(at))
        return sorted(Job.objects.filter(kind=duties.ALL_JOB).values_list("dedupe_key", flat=True))

    assert owed("2026-11-23T01:00:00+05:00") == []
    assert owed("2026-11-23T01:31:00+05:00") == ["rank-rates:2026-11-23"]
    # The broker was away at six; the first tick after it owes what was to run.
    assert owed("2026-11-23T06:02:00+05:00") == ["rank-lists:2026-11-23", "rank-rates:2026-11-23"]
    assert len(owed("2026-11-23T23:00:00+05:00")) == 2


def test_the_nights_and_the_mornings_run_do_their_work(office: Office) -> None:
    lead = office.lead()
    duties.owe_days_runs(at=clock.now().replace(hour=12))
    Job.objects.filter(kind=duties.OWNER_JOB).delete()
    work_off()
    assert set(RankRun.objects.filter(owner=None).values_list("cause", flat=True)) == {"rates", "morning"}
    assert LeadScore.objects.get().lead_id == lead.pk


def test_duties_wait_as_rows_while_the_broker_is_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("jobs.tasks.drain.apply_async", away)
    lead = office.lead()
    services.wake()
    assert len(waiting(office)) == 1
    work_off()
    assert LeadScore.objects.get().lead_id == lead.pk


def test_a_batch_asks_once_a_transaction_whether_a_duty_waits(
    office: Office, django_assert_num_queries: object
) -> None:
    at = clock.now() + timedelta(seconds=1)
    with transaction.atomic():
        duties.owe_ranking([office.olim.pk], cause="test", at=at)
        with django_assert_num_queries(0):  # type: ignore[operator]
            for _n in range(100):
                duties.owe_ranking([office.olim.pk], cause="test", at=at)
