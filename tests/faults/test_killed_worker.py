"""Workers killed and frozen in the middle of everybody's ranking: lists are old or new, never half, and come once."""

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from agents.models import Party, Product
from backlog.models import LeadScore, RankRun
from backlog.ranking import locks, rank_all, runs, writing
from backlog.ranking.duties import ALL_JOB
from common import clock
from jobs import services
from jobs.models import Job, JobState
from leads.models import Lead
from tests.faults.processes import LEASE_SECONDS, base_url, send, worker
from tests.faults.watching import advisory, asked, until, waiting_in
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
OWNERS, LEADS = 20, 150
WRITES = "INSERT INTO backlog_leadscore"
_LISTS = "SELECT md5(string_agg(concat_ws(' ', lead_id, owner_id, rank, score), ',' ORDER BY lead_id)) FROM {}"


def lists() -> str:
    """All lists as one reader sees them at one moment, as a fingerprint."""
    return str(asked(_LISTS.format("backlog_leadscore"))[0][0])


@pytest.fixture
def ranked(office: Office) -> Office:
    """Three thousand leads of twenty owners, ranked; then margins changed places, and new lists are owed."""
    products = [Product.objects.create(code=f"p{n}", name=f"Продукт {n}", margin=Decimal(n + 1)) for n in range(2)]
    owners = [office._user(f"O{n}", Role.PRODUCT_OWNER, office.north) for n in range(OWNERS)]
    for owner in owners:
        _leads_of(owner, office.lead(owner, product_id=products[0].pk), products)
    rank_all(at=clock.now(), cause="before")
    Job.objects.all().delete()
    for product, margin in zip(products, (20, 10), strict=True):
        Product.objects.filter(pk=product.pk).update(margin=margin)
    services.owe([services.Duty(ALL_JOB, "rank-lists:today", {"lists": True, "cause": "morning"}, past())])
    return office


def _leads_of(owner: User, first: Lead, products: Sequence[Product]) -> None:
    """Many like the first, without their histories: the ranking reads none, and taking them in would cost minutes."""
    names = {field.attname for field in Lead._meta.concrete_fields} - {"id", "party_id", "product_id"}
    same = {name: getattr(first, name) for name in names}
    parties = Party.objects.bulk_create(
        Party(kind=first.party.kind, name=f"{owner.name} {n}", owner=owner, team=owner.team) for n in range(1, LEADS)
    )
    Lead.objects.bulk_create(
        Lead(party=party, product_id=products[n % 2].pk, **same) for n, party in enumerate(parties, 1)
    )


def past() -> datetime:
    return clock.now() - timedelta(minutes=1)


def demand_whole_lists() -> None:
    """Every lead has one score, with its owner; each owner's places run from one to the last without a gap."""
    assert dict(LeadScore.objects.values_list("lead_id", "owner_id")) == dict(
        Lead.objects.values_list("pk", "owner_id")
    )
    places: dict[object, list[int]] = {}
    for owner, rank in LeadScore.objects.values_list("owner_id", "rank"):
        places.setdefault(owner, []).append(rank)
    assert len(places) == OWNERS
    assert all(sorted(found) == list(range(1, LEADS + 1)) for found in places.values())


@contextmanager
def reading() -> Iterator[set[str]]:
    """Somebody who looks at the lists all the time; the set holds what was seen."""
    seen, enough = set[str](), Event()

    def look() -> None:
        while not enough.wait(0.02):
            seen.add(lists())
        connection.close()

    reader = Thread(target=look)
    reader.start()
    try:
        yield seen
    finally:
        enough.set()
        reader.join(20)


@contextmanager
def last_row_held() -> Iterator[None]:
    """Whoever writes the scores gets as far as the last of them and waits: rows are written in the order of ids."""
    with psycopg.connect(base_url()) as holder:
        holder.execute("SELECT 1 FROM backlog_leadscore ORDER BY lead_id DESC LIMIT 1 FOR UPDATE")
        yield


def written_but_not_committed() -> int:
    """Rows that a transaction in progress has replaced or locked."""
    return int(asked("SELECT count(*) FROM backlog_leadscore WHERE xmax::text <> '0'")[0][0])


def duty() -> Job:
    return Job.objects.get(dedupe_key="rank-lists:today")


def in_the_middle() -> None:
    """A worker has written all the scores but the last, and readers see none of it."""
    until(lambda: waiting_in(WRITES), "a worker writes scores")
    assert written_but_not_committed() == OWNERS * LEADS


def demand_done(old: str, seen: set[str]) -> None:
    until(lambda: duty().state == JobState.DONE, "the duty is done")
    time.sleep(0.1)  # so that the reader has looked once more
    new = lists()
    assert new != old
    assert seen == {old, new}, "a reader saw lists that were neither the old nor the new ones"
    demand_whole_lists()
    assert rank_all(at=clock.now(), cause="again") == 0, "nothing was left to do"
    assert duty().attempts == 2
    assert not Job.objects.filter(state=JobState.DEAD).exists()


def test_a_worker_killed_in_the_middle_of_everybodys_ranking_is_followed_by_another(
    ranked: Office, tmp_path: Path
) -> None:
    old = lists()
    with reading() as seen, worker("crm-first", tmp_path) as first, ExitStack() as later:
        with last_row_held():
            in_the_middle()
            time.sleep(LEASE_SECONDS + 0.5)
            assert duty().lease_until > clock.now(), "a worker that lives keeps its lease"
            send(first, signal.SIGKILL)
            killed = time.monotonic()
            assert until(lambda: first.exit_code() is not None, "it is dead")
            later.enter_context(worker("crm-second", tmp_path))
            # The killed worker's statement keeps the lock until the base notices, within seconds, that nobody listens.
            until(lambda: duty().attempts == 2 and waiting_in(WRITES), "another has taken the duty and writes")
            until(lambda: advisory(locks._ROOM) == (1, 0), "the dead one's lock is gone, nobody ranks beside the other")
            taken = time.monotonic() - killed
            assert lists() == old
        let_go = time.monotonic()
        until(lambda: duty().state == JobState.DONE, "the duty is done")
        print(
            f"taken {taken:.1f} s after the kill (lease {LEASE_SECONDS} s), done {time.monotonic() - let_go:.2f} s on"
        )
        demand_done(old, seen)
    assert first.exit_code() == -signal.SIGKILL
    assert RankRun.objects.filter(cause="morning").count() == 1, (
        "of the killed run nothing is left, not even its record"
    )


def test_a_worker_frozen_for_longer_than_its_lease_and_its_follower_never_rank_at_once(
    ranked: Office, tmp_path: Path
) -> None:
    """Both hold the duty at once then: the lock keeps the second out until the first is through, the lease keeps the
    first from finishing what is no longer its own."""
    old = lists()
    with reading() as seen, worker("crm-first", tmp_path) as first, ExitStack() as later:
        with last_row_held():
            in_the_middle()
            send(first, signal.SIGSTOP)
            later.enter_context(worker("crm-second", tmp_path))
            until(lambda: advisory(locks._ROOM) == (1, 1), "one ranks, the other waits")
            assert duty().attempts == 2
        time.sleep(0.3)
        assert advisory(locks._ROOM) == (1, 1), "all is written and not committed, and still nobody else ranks"
        assert lists() == old
        send(first, signal.SIGCONT)
        demand_done(old, seen)
        assert "Lease" in (tmp_path / "crm-first.log").read_text()
    changed = RankRun.objects.filter(cause="morning").values_list("changed", flat=True)
    assert sorted(changed) == [0, OWNERS * LEADS], "the follower found the lists as they should be"


def test_without_one_transaction_a_reader_would_see_half_lists(ranked: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of what readers see: the same writing, each batch committed by itself."""
    old, seen, true_execute = lists(), [], writing.execute

    def seen_after(statement: str, given: Mapping[str, Any]) -> int:
        touched = true_execute(statement, given)
        seen.append(lists())
        return touched

    monkeypatch.setattr(writing, "BATCH", 1000)
    monkeypatch.setattr(writing, "execute", seen_after)
    runs._run(list(User.objects.order_by("pk").values_list("pk", flat=True)), None, clock.now(), "half")
    assert len(set(seen) - {old, lists()}) == len(seen) - 1 == OWNERS * LEADS // 1000 - 1
