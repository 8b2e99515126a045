"""How many queries each page and each list of the API costs: the same for one row as for fifty, and as recorded.

A change on purpose is recorded by the command that the failure names, so that the difference shows in the commit.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from common import clock
from leads.models import Lead
from tests.office import Office
from tests.web.growth import grow
from tests.web.matrix import quiet
from tests.web.policy import POLICY, Door, Rule
from tests.web.routes import address
from tests.web.world import World
from web.pages import page, person

pytestmark = pytest.mark.django_db
Costs = dict[str, list[str]]
BASELINE = Path(__file__).with_name("query_counts.json")
AGAIN = 'RECORD_QUERIES=1 make test ARGS="-n0 tests/architecture/test_query_counts.py"'
# Forms ask for no list of rows; the contract document and health ask the database for none at all. Where the
# policy names nothing that exists the answer is a refusal; the same view answers for real where it has a record.
COUNTED = [
    rule
    for rule in POLICY
    if "GET" in rule.methods
    and not rule.redirects
    and rule.of != "nothing"
    and rule.door not in {Door.WRITERS, Door.ADMIN, Door.PUBLIC, Door.OPERATOR}
]
# One entry an answer that shows people, and none otherwise: the same for every page, so no page's own cost.
JOURNAL = "INSERT INTO audit_view"
RECORDS = os.environ.get("RECORD_QUERIES") == "1"


@pytest.fixture(autouse=True)
def midweek() -> Iterator[None]:
    """What a page asks hangs on the hour: as a week begins there is no pace to count yet. Of this week: what the
    database dates by its own clock stays in the same one."""
    now = clock.now()
    with time_machine.travel((now + timedelta(days=2 - now.weekday())).replace(hour=9)):
        yield


class Meter:
    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = {name: Client() for name in ("olim", "adiba")}
        for name, client in self.clients.items():
            client.force_login(getattr(world.office, name))

    def queries(self, rule: Rule) -> list[str]:
        """The statements of one answer; a first look, uncounted, fills what is kept for the process."""
        client = self.clients["adiba" if rule.door in {Door.SETTINGS, Door.INTEGRATOR} else "olim"]
        records = self.world.of["bank"] | self.world.of["olim"]
        where = address(rule, records.get(rule.of), {name: records[name] for name in rule.also})
        client.get(where)
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            response = client.get(where)
            response.getvalue()
        assert response.status_code < 400, f"{where}: {response.status_code}"
        statements = [query["sql"] for query in seen.captured_queries]
        journal = [sql for sql in statements if JOURNAL in sql]
        assert len(journal) <= 1, f"{where} left {len(journal)} entries in the journal of views"
        return [sql for sql in statements if JOURNAL not in sql]


def costs(office: Office, rules: Iterable[Rule]) -> tuple[Costs, Costs]:
    """The statements of every address over one row of everything, and over fifty more."""
    with quiet():
        world = World(office).fill(["olim"])
        meter, rules = Meter(world), list(rules)
        few = {rule.name: meter.queries(rule) for rule in rules}
        grow(world)
        return few, {rule.name: meter.queries(rule) for rule in rules}


def told(few: Costs, many: Costs, recorded: Mapping[str, int]) -> list[str]:
    """What grows with the rows or is not as recorded, with the statements in question."""
    lines = []
    for name in sorted(few.keys() | recorded.keys()):
        one, fifty, known = len(few.get(name, ())), len(many.get(name, ())), recorded.get(name)
        if name not in few or one != fifty or one != known:
            lines.append(f"{name}: {one} for one row, {fifty} for fifty, {known} recorded")
            lines += [f"    {number:2} {sql[:400]}" for number, sql in enumerate(many.get(name, ()), start=1)]
    return lines


def test_queries_are_as_recorded_for_one_row_and_for_fifty(office: Office) -> None:
    few, many = costs(office, COUNTED)
    counts = {name: len(queries) for name, queries in sorted(few.items())}
    recorded = counts if RECORDS else json.loads(BASELINE.read_text(encoding="utf-8"))
    wrong = told(few, many, recorded)
    if RECORDS and not wrong:
        BASELINE.write_text(json.dumps(counts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert not wrong, "\n".join(["", *wrong, f"If this is meant: {AGAIN}"])


@page("GET")
def wasteful(request: HttpRequest) -> HttpResponse:
    return HttpResponse("".join(lead.party.name for lead in Lead.objects.visible_to(person(request))))


urlpatterns = [path("wasteful/", wasteful, name="wasteful"), path("", include("salescrm.urls"))]


@pytest.mark.urls(__name__)
def test_a_query_for_every_row_is_found(office: Office) -> None:
    few, many = costs(office, [Rule("wasteful", frozenset({"GET"}), Door.STAFF)])
    recorded = {"wasteful": len(few["wasteful"])}
    assert told(few, many, recorded)[0].startswith(f"wasteful: {recorded['wasteful']} for one row, ")
    assert len(many["wasteful"]) >= len(few["wasteful"]) + 50
    assert any("agents_party" in line for line in told(few, many, recorded))


def test_a_cheaper_page_is_told_too() -> None:
    assert told({"list": ["a"]}, {"list": ["a"]}, {"list": 2})[0] == "list: 1 for one row, 1 for fifty, 2 recorded"
