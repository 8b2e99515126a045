"""A walk by cursor sees each row that was there throughout exactly once."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Lead
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def walk(api: Api, path: str = "leads/", between=lambda: None, **query):
    """The ids of each page; ``between`` runs before every further page."""
    answer = api.get(path, **query)
    yield [row["id"] for row in answer.json()["data"]]
    while address := answer.json()["next"]:
        between()
        answer = api.get(address)
        assert answer.status_code == 200, answer.content
        yield [row["id"] for row in answer.json()["data"]]


@pytest.mark.parametrize(
    "sort",
    [
        "-created_at",
        "created_at",
        "name",
        "-name",
        "amount",
        "-amount",
        "stage,-created_at",
        "-next_action_at",
        "-updated_at",
    ],
)
def test_rows_that_come_and_go_meanwhile_shift_nothing(api: Api, office: Office, sort: str) -> None:
    amounts = itertools.cycle([None, 5, 5, 100])
    there = [office.lead(name=f"Лид {n % 3}", amount=next(amounts)) for n in range(12)]
    extra = [office.lead() for _ in range(3)]

    def disturb() -> None:
        office.lead(name="А самый первый")
        office.lead(name="Я самый последний", amount=50)
        if extra:
            Lead.objects.filter(pk=extra.pop().pk).update(outcome="archived")

    pages = list(walk(api, between=disturb, limit=4, sort=sort, outcome="open"))
    seen = list(itertools.chain.from_iterable(pages))
    assert len(seen) == len(set(seen))
    assert {str(lead.pk) for lead in there} <= set(seen)
    assert all(len(page) == 4 for page in pages[:-1])


def test_pages_by_number_would_have_shown_a_row_twice(api: Api, office: Office) -> None:
    """The negative control: an offset over the same rows does what the cursor avoids."""
    for _ in range(4):
        office.lead()
    newest = Lead.objects.order_by("-created_at")
    first = {lead.pk for lead in newest[:2]}
    office.lead()
    assert first & {lead.pk for lead in newest[2:4]}


def test_the_order_is_the_one_that_was_asked_for(api: Api, office: Office) -> None:
    for name, amount in (("Б", 5), ("А", None), ("В", 7)):
        office.lead(name=name, amount=amount)
    names = lambda **query: [row["name"] for row in api.get("leads/", **query).json()["data"]]  # noqa: E731
    assert names(sort="name") == ["А", "Б", "В"]
    assert names(sort="amount") == ["Б", "В", "А"]
    assert names(sort="-amount") == ["В", "Б", "А"]
    assert names() == ["В", "А", "Б"]


def test_a_cursor_belongs_to_its_order_and_is_not_made_by_hand(api: Api, office: Office) -> None:
    for _ in range(3):
        office.lead()
    cursor = api.get("leads/", limit=1).json()["next"].partition("cursor=")[2].partition("&")[0]
    assert api.get("leads/", limit=1, cursor=cursor, sort="name").status_code == 400
    assert api.get("leads/", limit=1, cursor=cursor[:-2] + "xx").status_code == 400


def test_a_cursor_opens_nothing_to_another_key(api_of: MakeApi, office: Office) -> None:
    for owner in (office.sitora, office.sitora, office.olim):
        office.lead(owner)
    address = api_of().get("leads/", limit=1).json()["next"]
    seen = api_of(office.north).get(address).json()["data"]
    assert {row["owner"] for row in seen} <= {str(office.olim.pk)}


def test_a_total_is_counted_only_when_asked_for(api: Api, office: Office) -> None:
    office.lead()
    assert "total" not in api.get("leads/").json()
    assert api.get("leads/", include="total", limit=1).json()["total"] == 1


def test_the_limit_is_fifty_unless_told(api: Api, office: Office) -> None:
    for _ in range(51):
        office.lead()
    assert len(api.get("leads/").json()["data"]) == 50
    assert len(api.get("leads/", limit=200).json()["data"]) == 51


def test_stages_come_in_the_order_of_their_funnels(api: Api) -> None:
    rows = api.get("stages/").json()["data"]
    assert [(row["kind"], row["position"]) for row in rows] == sorted((r["kind"], r["position"]) for r in rows)
    pages = list(walk(api, "stages/", limit=5))
    assert [pk for page in pages for pk in page] == [row["id"] for row in rows]


def test_the_first_page_is_read_from_the_index_of_newest_leads(api: Api, office: Office) -> None:
    office.lead()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get("leads/")
    ordered = next(q["sql"] for q in queries if "ORDER BY" in q["sql"] and "leads_lead" in q["sql"])
    assert "NULLS" not in ordered


def test_fifty_leads_cost_what_one_costs_and_at_most_six_queries(api_of: MakeApi, office: Office) -> None:
    def cost(api: Api) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get("leads/", limit=200, expand="owner,segment,agent,initiative").status_code == 200
        return len(queries)

    office.lead()
    one = cost(api_of(office.north))
    for _ in range(49):
        office.lead(segment_id=office.segment.pk, initiative_id=office.initiative.pk)
    assert cost(api_of(office.north)) == one <= 6


@pytest.mark.parametrize("noun", ["agents", "clients", "segments", "initiatives"])
def test_other_lists_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office, noun: str) -> None:
    def make() -> None:
        office.lead()
        office.lead(kind="client")

    def cost() -> int:
        api = api_of(office.north)
        with CaptureQueriesContext(connection) as queries:
            api.get(f"{noun}/")
        return len(queries)

    make()
    assert office.segment
    assert office.initiative
    one = cost()
    for _ in range(5):
        make()
    assert cost() == one <= 7
