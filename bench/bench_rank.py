"""Everybody's open leads ranked anew, explained and stored; the same with nothing changed; one owner's; rates from the
log. A raw SQL join over the same rows beside it. ``BENCH_LEADS`` open leads (100,000 unless told), 500 an owner.

Seconds are processor time of this process and of its PostgreSQL backend together, as one core would need; ``wall`` is
what the clock said.
"""

import os
import resource
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from backlog.models import LeadScore, RateCell
from backlog.ranking import rank_all, rank_owner, recount_rates
from common import clock
from demo.scale import load
from demo.scale.leads import Sizes

LEADS = int(os.environ.get("BENCH_LEADS", "100000"))
OPEN = 0.8
_JOIN = """
CREATE TEMP TABLE raw_rank AS
SELECT l.id, l.owner_id, rank() OVER (PARTITION BY l.owner_id ORDER BY p.margin * coalesce(c.y / nullif(c.n, 0), 0.3)
       * power(0.5, extract(epoch FROM now() - l.touched_at) / 3600 / s.half_life_hours) / s.effort_hours DESC, l.id)
  FROM leads_lead l JOIN funnel_stage s ON s.id = l.stage_id LEFT JOIN agents_product p ON p.id = l.product_id
  LEFT JOIN backlog_ratecell c ON c.stage_id = l.stage_id AND c.segment_id = l.segment_id AND c.utp_id = l.utp_id
 WHERE l.outcome = 'open' AND l.owner_id IS NOT NULL
"""


def run() -> Iterable[dict[str, Any]]:
    all_leads = round(LEADS / OPEN)
    sizes = Sizes(all_leads, max(20, LEADS // 500), max(100, LEADS // 10), all_leads * 9 // 2, all_leads // 100, OPEN)
    for _figure in load.run(sizes=sizes, seed=1, password="bench-bench", at=clock.now()):
        pass
    LeadScore.objects.all().delete()
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    yield _measured("rates", lambda: recount_rates(at=at), outcomes=_outcomes)
    yield _measured("first", lambda: rank_all(at=at, cause="bench"))
    yield _measured("next_morning", lambda: rank_all(at=at + timedelta(days=1), cause="bench"))
    yield _measured("nothing_changed", lambda: rank_all(at=at + timedelta(days=1), cause="bench"))
    owner = LeadScore.objects.order_by("-rank").values_list("owner_id", flat=True)[0]
    yield _measured("one_owner", lambda: rank_owner(owner_id=owner, at=at + timedelta(days=2), cause="bench"))
    yield _measured("raw_sql_join", _join)
    yield {"figure": "peak_memory", "mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}
    load.reset()


def _measured(figure: str, act: Callable[[], int], **more: Callable[[], int]) -> dict[str, Any]:
    started, spent = time.perf_counter(), _spent()
    rows = act()
    told = {"figure": figure, "leads": LEADS, "rows": rows, "seconds": round(_spent() - spent, 2)}
    told["wall"] = round(time.perf_counter() - started, 2)
    return told | {name: count() for name, count in more.items()}


def _spent() -> float:
    """Processor seconds of this process and of the backend that serves it (as far as this machine shows them)."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    ticks = sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13])) if stat.exists() else 0
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _outcomes() -> int:
    return sum(RateCell.objects.values_list("trials", flat=True))


def _join() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_JOIN)
        return int(cursor.rowcount)
