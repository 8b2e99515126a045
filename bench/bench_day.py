"""«Мой день» of an owner with 2,000 open leads: queries and milliseconds of one page, everything warm.

Asked through Django's own client: middleware, view, templates, without the network. ``plain`` is the sign-in page in
the same run, so that a slow machine shows.
"""

import time
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from backlog.ranking import rank_all, recount_rates
from common import clock
from demo.scale import load
from demo.scale.leads import Sizes

TIMES = 100
SIZES = Sizes(40_000, 40, 4_000, 200_000, 60_000, 0.8)


def run() -> Iterable[dict[str, Any]]:
    for _figure in load.run(sizes=SIZES, seed=1, password="bench-bench", at=clock.now()):
        pass
    recount_rates(at=clock.now())
    rank_all(at=clock.now(), cause="bench")
    owner = User.objects.get(email="scale-owner@demo.local")
    client = Client(HTTP_HOST="localhost")
    plain = _milliseconds(client, "/login/")
    client.force_login(owner)
    for name, address in (("day", "/today/"), ("ritual", "/today/ritual/"), ("week", "/week/")):
        client.get(address, follow=True)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        yield {"figure": name, "queries": len(queries)} | _milliseconds(client, address) | {"plain_p50": plain["p50"]}
    load.reset()


def _milliseconds(client: Client, address: str) -> dict[str, float]:
    spent = []
    for _ in range(TIMES):
        started = time.perf_counter()
        client.get(address, follow=True)
        spent.append((time.perf_counter() - started) * 1000)
    spent.sort()
    return {"p50": round(spent[TIMES // 2], 1), "p95": round(spent[TIMES * 95 // 100], 1)}
