"""Nobody reaches what is not his: every address, every method, every role, everybody's records."""

from collections.abc import Callable

import pytest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts import scope, tokens
from accounts.models import ApiToken
from accounts.scope import Scope
from leads.models import Lead
from leads.querysets import LeadQuerySet
from tests.office import Office
from tests.web.expectations import cases
from tests.web.matrix import Matrix, quiet
from tests.web.policy import ACTORS, API, AREAS, BORROWERS, DEAD_TOKENS, LEADS, POLICY, Door, Rule
from tests.web.routes import Route, routes, undeclared
from tests.web.shelved import shelve
from tests.web.world import World
from web import record_forms
from web.pages import page, person

pytestmark = pytest.mark.django_db


@page("GET", "POST")
def leaky(request: HttpRequest, pk: object) -> HttpResponse:
    """What the matrix must not let pass: a record taken past the scope."""
    lead = Lead.objects.filter(pk=pk).first()
    return HttpResponse(str(lead), status=200 if lead else 404)


@page("GET")
def counting(request: HttpRequest) -> HttpResponse:
    """Reading that writes."""
    Lead.objects.update(resources="seen")
    return HttpResponse("seen")


@page("POST")
def careless(request: HttpRequest) -> HttpResponse:
    """A deed that forgot to ask whether the person writes at all."""
    Lead.objects.visible_to(person(request)).update(resources="changed")
    return HttpResponse("changed")


urlpatterns = [
    path("leaky/<uuid:pk>/", leaky, name="leaky"),
    path("counting/", counting, name="counting"),
    path("careless/", careless, name="careless"),
    path("", include("salescrm.urls")),
]


@pytest.fixture(scope="module")
def matrix(kept_office: Office) -> Matrix:
    """Everybody signed in and everybody's records, made once: half of the walk's time otherwise."""
    world = World(kept_office).fill()
    shelve(world)
    return Matrix(world)


@pytest.mark.parametrize("area", AREAS)
def test_every_address_answers_everybody_as_the_policy_says(
    area: str, matrix: Matrix, record_property: Callable[[str, object], None]
) -> None:
    with quiet():
        outcome = matrix.run(AREAS[area])
    record_property("matrix cases", outcome.cases)
    print(f"{area}: {outcome.cases} cases, {len(outcome.deviations)} deviations")
    assert not outcome.deviations, "\n" + "\n".join(outcome.deviations[:60])


def test_the_walk_is_long(matrix: Matrix) -> None:
    """So that a kind of actor or of record that falls out of it does not go unnoticed."""
    asked = [case for rules in AREAS.values() for case in cases(rules, matrix.world)]
    assert len(asked) >= 9_000
    assert {case.actor for case in asked} == set(ACTORS)
    assert {case.owner for case in asked} >= {"olim", "sitora", "bank", "missing", "shelved", "removed", ""}


def test_every_address_is_declared_and_every_declared_one_exists() -> None:
    assert not undeclared(routes(), POLICY)


def test_an_address_that_nobody_declared_is_found() -> None:
    extra = Route("leads:burn", "/leads/burn/", {})
    assert undeclared([*routes(), extra], POLICY) == ["/leads/burn/ (leads:burn) is in no policy"]


def test_a_declared_address_that_is_gone_is_found() -> None:
    gone = Rule("leads:gone", frozenset({"GET"}), Door.STAFF)
    assert undeclared(routes(), [*POLICY, gone]) == ["leads:gone is in the policy and nowhere else"]


def test_a_method_that_nobody_declared_is_found() -> None:
    def more(route: Route) -> Route:
        return Route(route.name, route.pattern, {**route.actions, "delete": "destroy"})

    found = undeclared([more(r) if r.name == "api:leads-detail" else r for r in routes()], POLICY)
    assert found == ["api:leads-detail takes ['DELETE', 'GET', 'PATCH'], its policy says ['GET', 'PATCH']"]


@pytest.mark.urls(__name__)
def test_a_view_that_forgets_the_scope_is_found(matrix: Matrix) -> None:
    found = matrix.run([Rule("leaky", frozenset({"GET"}), Door.STAFF, "lead")], ["olim", "sitora"])
    wanted = {"GET leaky of sitora as olim: 200, expected [404]", "GET leaky of olim as sitora: 200, expected [404]"}
    assert wanted <= set(found.deviations)


@pytest.mark.urls(__name__)
def test_a_method_that_the_policy_does_not_know_is_found(matrix: Matrix) -> None:
    found = matrix.run([Rule("leaky", frozenset({"GET"}), Door.STAFF, "lead")], ["olim"])
    assert "POST leaky of olim as olim: 200, expected [405]" in found.deviations


@pytest.mark.urls(__name__)
def test_reading_that_writes_is_found(matrix: Matrix) -> None:
    found = matrix.run([Rule("counting", frozenset({"GET"}), Door.STAFF)], ["olim"])
    assert "GET counting as olim: answered 200 and changed the base" in found.deviations


@pytest.mark.urls(__name__)
def test_an_auditor_who_writes_is_found(matrix: Matrix) -> None:
    found = matrix.run([Rule("careless", frozenset({"POST"}), Door.STAFF)], ["aziz"])
    assert "POST careless as aziz: answered 200 and changed the base" in found.deviations


CARD = [rule for rule in LEADS if rule.name == "leads:card"]
SEEN = "GET leads:card of {} as {}: 200, expected [404]"


def test_a_scope_that_lets_everything_through_is_found(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule itself, broken in one room: the addresses are what they were."""
    assert matrix.run(CARD, ["olim", "sitora"]).deviations == []
    monkeypatch.setattr(LeadQuerySet, "scope_q", lambda *_: Q())
    found = matrix.run(CARD, ["olim", "sitora"]).deviations
    assert {SEEN.format("sitora", "olim"), SEEN.format("olim", "sitora")} <= set(found)


def test_lending_that_forgets_its_last_day_is_found(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    assert matrix.run(CARD, BORROWERS).deviations == []
    monkeypatch.setattr(scope, "_SCOPE", scope._SCOPE.replace("AND until >= %(today)s", ""))
    assert matrix.run(CARD, BORROWERS).deviations == [SEEN.format("olim", "umid")]


def test_lending_for_reading_that_lets_one_write_is_found(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    note = [rule for rule in LEADS if rule.name == "leads:note"]
    assert matrix.run(note, BORROWERS).deviations == []
    monkeypatch.setattr(Scope, "lent", lambda kept, record="pk": Q(**{f"{record}__in": kept.lent_to_read}))
    monkeypatch.setattr(record_forms, "to_change", lambda user: user)
    found = matrix.run(note, ["rustam"]).deviations
    assert [line for line in found if line.startswith("POST leads:note of olim as rustam: ")]


def test_a_token_that_is_dead_and_let_in_is_found(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    leads = [rule for rule in API if rule.name == "api:leads-list"]
    assert matrix.run(leads, DEAD_TOKENS).deviations == []
    live = ApiToken.objects.select_related("user__team").get(user__name="matrix-north")
    monkeypatch.setattr(tokens, "authenticate", lambda *_args, **_given: live)
    found = matrix.run(leads, DEAD_TOKENS).deviations
    assert {"GET api:leads-list as expired: 200, expected [401]"} <= set(found)
