"""Writers and readers of the API at the same moment: no change is lost, no row is seen twice.

Sizes are small here; ``API_WRITERS``, ``API_ROUNDS`` and ``API_ROWS`` ask for the full ones (50, 20, 100,000).
"""

import os
import threading
import time
from typing import Any

import pytest
from django.db import connection

from accounts import tokens
from agents.models import Party
from api import writes
from backlog.services import goals
from backlog.services.sprints import open_sprint
from common import clock
from funnel.models import Stage
from leads.models import Lead
from tests.api.contract import Api
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
WRITERS, ROUNDS = int(os.environ.get("API_WRITERS", "6")), int(os.environ.get("API_ROUNDS", "4"))
ROWS, DISTURBERS = int(os.environ.get("API_ROWS", "600")), 20 if "API_ROWS" in os.environ else 4

BEHIND_ME = """
SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))
"""


@pytest.fixture
def plain(office: Office, settings: Any) -> str:
    settings.API_RATE_LIMIT = 1_000_000_000
    return tokens.issue(account="core", scopes=tokens.SCOPES, days=1, at=clock.now()).plain


def test_every_writer_s_every_round_is_counted_once(office: Office, plain: str) -> None:
    """A counter in a segment's reach: read, add one, write back; whoever was overtaken (412) reads again."""
    segment = office.segment
    type(segment).objects.filter(pk=segment.pk).update(reach=0)
    path = f"segments/{segment.pk}/"

    def write() -> list[int]:
        api, got = Api(plain), []
        while len(got) < ROUNDS:
            read = api.get(path)
            answer = api.patch(path, {"reach": read.json()["reach"] + 1}, etag=read["ETag"])
            assert answer.status_code in {200, 412}, answer.content
            if answer.status_code == 200:
                got.append(answer.json()["version"])
        return got

    told = together([write] * WRITERS)
    versions = [version for one in told for version in one]
    segment.refresh_from_db()
    assert segment.reach == WRITERS * ROUNDS
    assert len(set(versions)) == WRITERS * ROUNDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT reach FROM agents_segmentevent WHERE pgh_obj_id = %s AND version > 1", [segment.pk])
        assert sorted(row[0] for row in cursor.fetchall()) == list(range(1, WRITERS * ROUNDS + 1))


def test_without_the_etag_rounds_are_lost(office: Office) -> None:
    """The negative control: reading and writing back without the guard."""
    segment = office.segment
    type(segment).objects.filter(pk=segment.pk).update(reach=0)
    barrier = threading.Barrier(4)

    def write() -> None:
        reach = type(segment).objects.get(pk=segment.pk).reach or 0
        barrier.wait(timeout=20)
        type(segment).objects.filter(pk=segment.pk).update(reach=reach + 1)

    together([write] * 4)
    segment.refresh_from_db()
    assert segment.reach == 1


def overtaken(over: threading.Event) -> None:
    """Until another writer has gone through, or stands in line behind this transaction."""
    until = time.monotonic() + 20
    while not over.is_set() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(BEHIND_ME)
            if cursor.fetchone()[0]:
                return
        over.wait(0.01)


@pytest.mark.parametrize("guarded", [True, False])
def test_the_answer_to_a_change_tells_of_that_change(
    office: Office, plain: str, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second writer comes between the first one's change and its answer. Without the transaction that holds both
    together the first is told the second's words, with an ETag that lets him overwrite what he never saw."""
    api, today = Api(plain), clock.now().astimezone(office.olim.zone).date()
    week = open_sprint(owner=office.olim, day=today, by=office.olim)
    goal = {"sprint": str(week.pk), "statement": "Ничей", "metric": "calls", "target": "10"}
    path = api.post("goals/", goal)["Location"]
    update, changed, over = goals.update_goal, threading.Event(), threading.Event()

    def slowly(**given: Any) -> Any:
        saved = update(**given)
        if given["changes"]["statement"] == "Первый":
            changed.set()
            overtaken(over)
        return saved

    def first() -> tuple[str, int]:
        told = api.patch(path, {"statement": "Первый"}, etag="*").json()
        return told["statement"], told["version"]

    def second() -> tuple[str, int]:
        changed.wait(20)
        answer = Api(plain).patch(path, {"statement": "Второй"}, etag="*")
        if answer.status_code == 412:  # he had read what the first was just changing
            answer = Api(plain).patch(path, {"statement": "Второй"}, etag="*")
        over.set()
        return answer.json()["statement"], answer.json()["version"]

    monkeypatch.setattr(goals, "update_goal", slowly)
    if not guarded:
        monkeypatch.setattr(writes, "carry_out", lambda view, request, work, *, dry_run: work())
    answers = together([first, second])
    assert answers == ([("Первый", 2), ("Второй", 3)] if guarded else [("Второй", 3)] * 2)


PORTION = 5_000


def load(office: Office, count: int) -> None:
    """Leads straight into the tables: here only the reading counts. Committed and analysed by the portion: triggers
    that were planned over empty tables would go through all of them for each row."""
    stage, at = Stage.objects.of_kind("agent").order_by("position")[0], clock.now()
    who = {"owner": office.olim, "team": office.north}
    for first in range(0, count, PORTION):
        names = [f"лид {n % 997}" for n in range(first, min(first + PORTION, count))]
        parties = [Party(kind="agent", name=name, sort_key=name, **who) for name in names]
        Party.objects.bulk_create(parties, batch_size=500)
        Lead.objects.bulk_create(
            [Lead(kind="agent", party=party, owner=office.olim, team=office.north, stage=stage, stage_entered_at=at,
                  touched_at=at, amount=n % 50) for n, party in enumerate(parties)],
            batch_size=500,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@pytest.mark.parametrize("sort", ["-created_at", "name"])
def test_a_walk_under_writers_sees_every_row_that_was_there_exactly_once(office: Office, plain: str, sort: str) -> None:
    load(office, ROWS)
    there = {str(pk) for pk in Lead.objects.values_list("pk", flat=True)}
    over = threading.Event()

    def disturb() -> int:
        made = 0
        while not over.is_set():
            lead = office.lead(name=f"Лид {made % 997}", amount=made % 50)
            if made % 2:
                Lead.objects.filter(pk=lead.pk).update(outcome="archived")
            made += 1
        return made

    def walk() -> list[str]:
        try:
            api, seen, address = Api(plain), [], f"leads/?limit=200&outcome=open&fields=id&sort={sort}"
            while address:
                page = api.get(address).json()
                seen += [row["id"] for row in page["data"]]
                address = page["next"]
            return seen
        finally:
            over.set()

    seen, *made = together([walk, *[disturb] * DISTURBERS])
    assert isinstance(seen, list), seen
    assert len(seen) == len(set(seen))
    assert there <= set(seen)
    assert sum(made) > 0
