"""The night's forecast of every team and person, the count of everybody's desk, and the pages that read them.

``BENCH_LEADS`` leads (100,000 unless told) with five entries each; a bare aggregate over the same log beside it.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.roles import Role
from agents.choices import Kind
from common import clock
from dashboards import meeting_table
from dashboards.forecasting.runs import recount
from dashboards.foreseeing import foreseen
from dashboards.loading import count_desks, desks_for
from dashboards.overview import OverviewQuery, overview, usual_query
from dashboards.showing_up import MeetingQuery, shown_by
from demo.scale import load
from demo.scale.leads import Sizes
from funnel import rollups
from funnel.audience import audience_of
from funnel.models import Funnel
from leads.models import Meeting

LEADS = int(os.environ.get("BENCH_LEADS", "100000"))
ENTRIES_A_LEAD, RUNS = 5, 3
# A meeting for each entry into the second stage, in the hour of the entry: the tables of the scale have none.
_MEETINGS = """
INSERT INTO leads_meeting (id, created_at, updated_at, version, lead_id, kind, planned_at, held_at, status, place, note)
SELECT gen_random_uuid(), e.at, e.at, 1, e.lead_id, 'call', e.at, CASE WHEN e.id % 5 > 0 THEN e.at END,
       CASE WHEN e.id % 5 > 0 THEN 'held' ELSE 'no_show' END, '', ''
  FROM funnel_stageentry e JOIN funnel_stage s ON s.id = e.stage_id
 WHERE s.position = 2 AND e.event = 'entered'
"""
_BARE = """
SELECT stage_id, date_trunc('week', at), count(DISTINCT lead_id) FROM funnel_stageentry
 WHERE event = 'entered' GROUP BY 1, 2
"""


def run() -> Iterable[dict[str, Any]]:
    sizes = Sizes(LEADS, max(20, LEADS // 500), max(100, LEADS // 10), LEADS * ENTRIES_A_LEAD, LEADS // 20, 0.5)
    for _figure in load.run(sizes=sizes, seed=1, password="bench-bench", at=clock.now()):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        # The audit's triggers would write each of them twice.
        cursor.execute("ALTER TABLE leads_meeting DISABLE TRIGGER USER")
        cursor.execute(_MEETINGS)
        cursor.execute("ALTER TABLE leads_meeting ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    rollups.refresh(at=clock.now())
    at = clock.now()
    yield {"figure": "night", "leads": LEADS, "meetings": Meeting.objects.count(), **_once(lambda: recount(at=at))}
    yield {"figure": "meetings_kept", **_once(lambda: meeting_table.refresh(at=at, whole=True))}
    yield {"figure": "desks", **_once(lambda: count_desks(at=at))}
    reader = User.objects.filter(role=Role.ADMINISTRATOR).first() or User.objects.create_user(
        "bench-forecast@bank.test", None, name="Bench", role=Role.ADMINISTRATOR
    )
    funnel = Funnel.objects.get(kind=Kind.AGENT, product=None)
    audience = audience_of(reader)
    query = usual_query(funnel, audience, at)
    meetings = MeetingQuery(query.start, None, at, audience, Kind.AGENT, kept=meeting_table.kept_as_of() is not None)
    yield {"figure": "page_overview", "ms": _ms(lambda: overview(OverviewQuery(reader, funnel, query, at)))}
    yield {"figure": "page_forecast", "ms": _ms(lambda: _said(reader, funnel))}
    yield {"figure": "page_load", "ms": _ms(lambda: desks_for(reader, at))}
    yield {
        "figure": "page_meetings",
        "ms": _ms(lambda: [shown_by(meetings, by) for by in ("week", "owner", "segment")]),
    }
    yield {"figure": "raw_sql", "ms": _ms(_bare)}
    load.reset()


def _said(reader: User, funnel: Funnel) -> None:
    foreseen(reader=reader, audience=audience_of(reader), funnel_id=funnel.pk)


def _once(act: Callable[[], int]) -> dict[str, Any]:
    started = time.perf_counter()
    return {"rows": act(), "seconds": round(time.perf_counter() - started, 2)}


def _ms(act: Callable[[], object]) -> float:
    spent = []
    for _run in range(RUNS):
        started = time.perf_counter()
        act()
        spent.append(time.perf_counter() - started)
    return round(sorted(spent)[RUNS // 2] * 1000, 1)


def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BARE)
        cursor.fetchall()
