"""Recalculations at the same moment: one after the other for an owner, and no change falls between two of them."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from backlog.models import LeadScore
from backlog.ranking import duties, rank_all, rank_owner, recount_rates, runs
from common import clock
from jobs import debounce, services
from jobs.models import Job
from leads.models import Lead
from leads.services import editing, outcomes
from tests.concurrency.together import together
from tests.jobs.desk import now_due
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def places(office: Office) -> list[int]:
    return sorted(LeadScore.objects.filter(owner=office.olim).values_list("rank", flat=True))


def test_two_workers_and_the_morning_at_once_make_one_list(office: Office) -> None:
    owner = office.olim.pk
    for _n in range(6):
        office.lead()
    at = clock.now()
    deeds = [lambda: rank_owner(owner_id=owner, at=at, cause="a")] * 3
    answers = together([*deeds, lambda: rank_all(at=at, cause="b"), lambda: recount_rates(at=at)])
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert sorted(answers[:4]) == [0, 0, 0, 6], "one writes the list, the others find it as it should be"
    assert places(office) == [1, 2, 3, 4, 5, 6]


def test_never_two_runs_of_an_owner_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, at, running, most = office.olim.pk, clock.now(), [0], [0]
    office.lead()
    true_run = runs._run

    def counted(*args: Any) -> int:
        running[0] += 1
        most[0] = max(most[0], running[0])
        try:
            return true_run(*args)
        finally:
            running[0] -= 1

    monkeypatch.setattr(runs, "_run", counted)
    together([lambda: rank_owner(owner_id=owner, at=at, cause="a")] * 4)
    assert most == [1]


def change_while_worked(office: Office) -> None:
    """A deed finds a duty waiting; before it commits, a worker looks for what is due."""
    lead, by = office.lead(), office.olim
    now_due(Job.objects.get(kind=duties.OWNER_JOB))
    asked, may_commit = Barrier(2), Barrier(2)

    def close() -> None:
        try:
            with transaction.atomic():
                outcomes.close(lead=lead, outcome="archived", by=by, at=clock.now(), note="не тот")
                asked.wait(20)
                may_commit.wait(20)
        finally:
            connection.close()

    closing = Thread(target=close)
    closing.start()
    asked.wait(20)
    services.run_one()
    may_commit.wait(20)
    closing.join(20)
    for job in Job.objects.filter(state="ready"):
        now_due(job)
    while services.run_one():
        pass


def test_a_duty_that_a_deed_counts_on_does_not_start_before_it_commits(office: Office) -> None:
    change_while_worked(office)
    assert not LeadScore.objects.exists()


def test_without_the_lock_on_the_waiting_duty_the_change_would_be_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the duty is worked before the deed commits, and nothing else is owed."""
    monkeypatch.setattr(debounce, "_WAITING", debounce._WAITING.replace("FOR NO KEY UPDATE SKIP LOCKED", ""))
    change_while_worked(office)
    assert LeadScore.objects.count() == 1


def test_leads_handed_to_and_fro_while_both_are_ranked_stand_in_one_list(office: Office) -> None:
    leads, people, head = [office.lead() for _n in range(6)], [office.olim, office.oksana], office.nodira

    def hand() -> None:
        for turn in range(4):
            for lead in leads:
                row = Lead.objects.get(pk=lead.pk)
                editing.assign(lead=row, owner=people[turn % 2], by=head, at=clock.now())

    def rank(pk: Any) -> None:
        for _n in range(6):
            rank_owner(owner_id=pk, at=clock.now(), cause="a")

    answers = together([hand, *(lambda pk=person.pk: rank(pk) for person in people)])
    assert answers == [None] * 3
    for person in people:
        rank_owner(owner_id=person.pk, at=clock.now(), cause="end")
    stands = dict(Lead.objects.values_list("pk", "owner_id"))
    assert dict(LeadScore.objects.values_list("lead_id", "owner_id")) == stands
