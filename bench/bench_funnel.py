"""The funnel's table over many passages: rolled up, and with a part still to be counted live; bare SQL beside it."""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection

from accounts.models import Team, User
from accounts.roles import Role
from agents.services.parties import PartyDraft
from common import clock
from funnel import rollups
from funnel.figures import FunnelQuery, funnel_table
from leads.drafts import HistoryStep, LeadDraft
from leads.services.intake import take_in

LEADS, BATCH, RUNS = 20_000, 1_000, 5
ROAD = ("contact", "meeting", "custdev", "verbal_contract")


def run() -> Iterable[dict[str, Any]]:
    team = Team.objects.create(name="Bench funnel")
    user = User.objects.create_user("funnel@bank.test", None, name="Funnel", role=Role.PRODUCT_OWNER, team=team)
    for first in range(0, LEADS, BATCH):
        take_in(drafts=[_draft(n, user) for n in range(first, first + BATCH)], by=user, at=clock.now(), origin="import")
    live = _median(_table)
    started = time.perf_counter()
    rollups.refresh(at=clock.now())
    refresh = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    stored, bare = _median(_table), _median(_bare)
    yield {"figure": "funnel_live", "leads": LEADS, "ms": round(live * 1000, 1)}
    yield {"figure": "funnel_rolled_up", "ms": round(stored * 1000, 1), "bare_sql_ms": round(bare * 1000, 1)}
    yield {"figure": "rollup_refresh", "leads_per_second": round(LEADS / refresh)}


def _draft(number: int, user: User) -> LeadDraft:
    party = PartyDraft(kind="agent", name=f"Агент {number}", source="bench", external_id=str(number))
    at = clock.now() - timedelta(days=60)
    steps = tuple(HistoryStep(code, at + timedelta(days=i)) for i, code in enumerate(ROAD[: 1 + number % len(ROAD)]))
    return LeadDraft(kind="agent", party=party, owner=user, source="bench", external_id=str(number), history=steps)


def _table() -> None:
    funnel_table(FunnelQuery("agent"))


def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage_id, state, count(*) FROM funnel_storedpassage GROUP BY 1, 2")
        cursor.fetchall()


def _median(act: Any) -> float:
    seconds = []
    for _run in range(RUNS):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[RUNS // 2]
