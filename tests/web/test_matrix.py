"""Nobody reaches what is not his: every address, every method, every role, everybody's records."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from leads.models import Lead
from tests.office import Office
from tests.web.matrix import Matrix, quiet
from tests.web.policy import AREAS, POLICY, Door, Rule
from tests.web.routes import Route, routes, undeclared
from tests.web.world import World
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
    return Matrix(World(kept_office).fill())


@pytest.mark.parametrize("area", AREAS)
def test_every_address_answers_everybody_as_the_policy_says(
    area: str, matrix: Matrix, record_property: Callable[[str, object], None]
) -> None:
    with quiet():
        outcome = matrix.run(AREAS[area])
    record_property("matrix cases", outcome.cases)
    print(f"{area}: {outcome.cases} cases, {len(outcome.deviations)} deviations")
    assert not outcome.deviations, "\n" + "\n".join(outcome.deviations[:60])


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
