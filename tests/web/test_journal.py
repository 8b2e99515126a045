"""Whoever is shown personal data stands in the journal: every address, both faces."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from accounts import tokens
from audit.models import View
from common import clock
from leads.models import Lead
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.policy import POLICY, Door, Rule
from tests.web.routes import address
from tests.web.test_markers import said
from tests.web.world import World
from web.pages import page, person

pytestmark = pytest.mark.django_db
SHOWN = ("Зимородок Моторс", "Зимородок Покупатель")
"""The agent's and the client's names in the world's records."""


def told(world: World, rules: list[Rule], client: Client) -> tuple[int, list[str]]:
    """How many answers showed a person, and which of them left no entry that names him."""
    records, wrong, shown = world.of["bank"] | world.of["olim"], [], 0
    subjects = {SHOWN[0]: {records["agent"], records["lead"]}, SHOWN[1]: {records["client"]}}
    for rule in rules:
        where = address(rule, records.get(rule.of), {name: records[name] for name in rule.also})
        before = set(View.objects.values_list("pk", flat=True))
        response = client.get(where)
        body = said(response.getvalue())
        noted: set[UUID] = set()
        for row in View.objects.exclude(pk__in=before):
            noted |= set(row.subjects)
        for name, ids in subjects.items():
            if response.status_code == 200 and name.encode() in body:
                shown += 1
                if not noted & ids:
                    wrong.append(f"{rule.name} showed {name} and left no trace")
    return shown, wrong


def readable(world: World) -> Iterator[Rule]:
    known = world.of["bank"] | world.of["olim"]
    for rule in POLICY:
        if "GET" in rule.methods and all(name in known for name in filter(None, (rule.of, *rule.also))):
            yield rule


def test_every_page_that_shows_a_person_leaves_an_entry(office: Office) -> None:
    """The owner's pages as the owner, the bank's as the administrator."""
    with quiet():
        world, shown, wrong = World(office).fill(["olim"]), 0, []
        pages = [rule for rule in readable(world) if rule.is_page]
        for user in (office.olim, office.adiba):
            client = Client(raise_request_exception=False)
            client.force_login(user)
            his = [rule for rule in pages if (rule.door in {Door.SETTINGS, Door.ADMIN}) is (user is office.adiba)]
            found, left_out = told(world, his, client)
            shown, wrong = shown + found, wrong + left_out
    assert not wrong, "\n".join(wrong)
    assert shown > 40


def test_every_answer_of_the_api_that_shows_a_person_leaves_an_entry(office: Office) -> None:
    with quiet():
        world = World(office).fill(["olim"])
        issued = tokens.issue(account="north", scopes=tokens.SCOPES, days=3, at=clock.now(), team=office.north)
        client = Client(headers={"Authorization": f"Bearer {issued.plain}"})
        shown, wrong = told(world, [rule for rule in readable(world) if rule.is_api], client)
    assert not wrong, "\n".join(wrong)
    assert shown > 5
    entry = View.objects.filter(look="api").latest("pk")
    assert entry.user_id == issued.token.user_id
    assert entry.token_key == issued.token.key


@page("GET")
def past_the_models(request: HttpRequest) -> HttpResponse:
    """What the walk must find: names read without a model, and told to nobody."""
    return HttpResponse(" ".join(Lead.objects.visible_to(person(request)).values_list("party__name", flat=True)))


urlpatterns = [path("secretly/", past_the_models, name="secretly"), path("", include("salescrm.urls"))]


@pytest.mark.urls(__name__)
def test_a_page_that_reads_past_the_journal_is_found(office: Office) -> None:
    client = Client()
    client.force_login(office.olim)
    with quiet():
        world = World(office).fill(["olim"])
        shown, wrong = told(world, [Rule("secretly", frozenset({"GET"}), Door.STAFF)], client)
    assert (shown, wrong) == (1, [f"secretly showed {SHOWN[0]} and left no trace"])
