"""Figures of the dashboards over a loaded bank, with raw SQL over the same cells and over the log beside them; pages as
the head of the whole bank opens them; and what it costs to keep the cells up. ``BENCH_LEADS`` leads (100,000 unless
told) with five entries each.

Milliseconds are the best of five, as a reader of a warm page meets them. Seconds of the upkeep are processor time of
this process and of its PostgreSQL backend together, as one core would need; ``wall`` is what the clock said.
"""

import os
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client

from accounts.models import Team, User
from bench.bench_rank import _spent
from common import clock
from demo.scale import load, people
from demo.scale.leads import Sizes
from funnel import log, rollups
from funnel.audience import audience_of
from funnel.figures import FunnelQuery, cohorts, compare, funnel_table, losses, matrix, rows, trend
from funnel.figures.days import day_of
from funnel.models import Funnel, Stage, StageEntry, StoredPassage
from leads.models import Lead

LEADS = int(os.environ.get("BENCH_LEADS", "100000"))
NEW, TURNS, RUNS, DAYS = 10_000, 3, 5, 365
PAGES = tuple(
    f"/reports/{name}" for name in ("", "funnel/", "cohorts/", "time/", "matrix/", "compare/", "plan/", "forecast/",
                                    "overdue/", "load/", "meetings/", "rows/?stage=contact")
)  # fmt: skip
_begun = [0.0, 0.0]
"""By the clock and by the processor: when what is measured began; what prepares it sets them anew."""
_CELLS = """
SELECT stage_id, sum(entered), sum(passed), sum(open), sum(lost), sum(done) FROM funnel_daycell
 WHERE node_id = %(node)s AND stage_id = ANY(%(stages)s) AND begin >= %(since)s GROUP BY 1
"""
_LOG = """
SELECT stage_id, count(*), count(*) FILTER (WHERE further), count(*) FILTER (WHERE closed AND NOT further) FROM (
    SELECT e.lead_id, e.stage_id, min(e.at) AS entered_at, bool_or(last.position > s.position) AS further,
           bool_or(last.closed) AS closed
      FROM funnel_stageentry e JOIN funnel_stage s ON s.id = e.stage_id
      JOIN (SELECT lead_id, max(position) FILTER (WHERE event IN ('entered', 'returned')) AS position,
                   bool_or(event IN ('lost', 'archived')) AS closed
              FROM funnel_stageentry JOIN funnel_stage s ON s.id = stage_id GROUP BY 1) last USING (lead_id)
     WHERE e.stage_id = ANY(%(stages)s) AND e.event IN ('entered', 'returned') GROUP BY 1, 2) x
 WHERE entered_at >= %(since)s GROUP BY 1
"""


def run() -> Iterable[dict[str, Any]]:
    sizes = Sizes(LEADS, max(20, LEADS // 1000), max(100, LEADS // 10), LEADS * 5, LEADS // 10, 0.8)
    for _figure in load.run(sizes=sizes, seed=1, password="bench-bench", at=clock.now()):
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # as PostgreSQL does by itself within minutes
    yield from figures()
    yield from pages()
    yield from upkeep()
    load.reset()


def figures() -> Iterable[dict[str, Any]]:
    """As the head of the whole bank asks them, of a whole year."""
    today = day_of(clock.now())
    audience = audience_of(User.objects.get(email=people.HEAD))
    query = FunnelQuery("client", audience=audience).over(today - timedelta(days=DAYS - 1), today)
    stages = list(query.stage_rows)
    asked: dict[str, Callable[[], Any]] = {
        "table": lambda: funnel_table(query, at=clock.now()),
        "cohorts": lambda: cohorts(query),
        "trend_by_day": lambda: trend(query, stages[0]),
        "segment_by_utp": lambda: matrix(query, stages[0]),
        "people": lambda: compare(query, stages[0], by="owner"),
        "teams": lambda: compare(query, stages[0], by="team"),
        "sources": lambda: compare(query, stages[0], by="source"),
        "losses": lambda: losses(query),
        "first_rows": lambda: list(rows(query, stages[0])[:50]),
    }
    given = {"node": audience.node_id, "stages": [stage.pk for stage in stages], "since": query.start}
    raw = {"raw_cells": _best(lambda: _raw(_CELLS, given)), "raw_log": _best(lambda: _raw(_LOG, given), 1)}
    for name, ask in asked.items():
        yield {"figure": name, "leads": LEADS, "ours": _best(ask)} | (raw if name == "table" else {})


def pages() -> Iterable[dict[str, Any]]:
    """Through Django's own client: middleware, view, template, without the network."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(email=people.HEAD))
    for address in PAGES:
        status = client.get(address).status_code
        spent = _best(lambda page=address: client.get(page))  # type: ignore[misc]
        yield {"figure": address, "leads": LEADS, "status": status, "ours": spent}


def upkeep() -> Iterable[dict[str, Any]]:
    for turn in range(TURNS):
        yield _measured("catch_up", partial(_enter_and_refresh, turn * NEW)) | {"turn": turn + 1}
    yield _measured("rebuild_that_finds_nothing", lambda: rollups.rebuild(at=clock.now()))
    Team.objects.create(name="Новая команда")
    yield _measured("rebuild_after_a_change_of_teams", lambda: rollups.refresh(at=clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(load.COUNTED)}")
    yield _measured("rebuild_from_nothing", lambda: rollups.rebuild(at=clock.now()))
    assert StoredPassage.objects.exists()


def _enter_and_refresh(skip: int) -> int:
    """New entries for as many other leads, one each, at the stage after theirs; only the catching up is timed."""
    stages: dict[UUID, Stage] = {}
    for funnel in Funnel.objects.defaults():
        road = list(Stage.objects.of_funnel(funnel.pk).active())
        stages |= {one.pk: following for one, following in pairwise(road)}
    at, standing = clock.now(), Lead.objects.open().filter(stage__in=stages).order_by("touched_at", "pk")
    dimensions = ("owner_id", "team_id", "segment_id", "agent_id", "initiative_id", "utp_id", "product_id")
    log.record([
        StageEntry(lead_id=lead.pk, kind=lead.kind, event="entered", stage=stages[lead.stage_id],
                   from_stage_id=lead.stage_id, at=at, origin="demo", source_channel=lead.source_channel,
                   **{name: getattr(lead, name) for name in dimensions})
        for lead in standing[skip : skip + NEW]
    ])  # fmt: skip
    _begun[:] = [time.perf_counter(), _spent()]
    return rollups.refresh(at=clock.now())


def _measured(figure: str, act: Callable[[], int]) -> dict[str, Any]:
    _begun[:] = [time.perf_counter(), _spent()]
    count = act()
    told = {"figure": figure, "leads": LEADS, "rows": count, "seconds": round(_spent() - _begun[1], 2)}
    return told | {"wall": round(time.perf_counter() - _begun[0], 2)}


def _raw(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, given)
        cursor.fetchall()


def _best(act: Callable[[], Any], runs: int = RUNS) -> float:
    """Milliseconds."""
    spent = []
    for _run in range(runs):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return round(min(spent) * 1000, 1)
