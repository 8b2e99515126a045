"""Stages, products and UTPs: read by all who may, changed by administrators and by systems of the whole bank."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Product, Utp
from funnel.models import Stage
from leads.models import Lead
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"


def person(user: Any) -> Api:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Api(client=client)


def test_a_stage_is_added_changed_moved_and_retired(api: Api, office: Office) -> None:
    after = office.stage("meeting")
    body = {"funnel": "agent", "name": "Пилот согласован", "after": str(after.pk), "norm_hours": 48, "gate": ["utp"]}
    made = api.post("stages/", body | {"key": True, "probability": "0.3", "effort_hours": 2})
    assert made.status_code == 201, made.content
    stage = made.json()
    assert (stage["position"], stage["gate"], stage["probability"]) == (after.position + 1, ["utp"], "0.300")
    assert (stage["kind"], stage["funnel"], stage["effort_hours"]) == ("agent", "agent", 2.0)
    changed = api.patch(made["Location"], {"name": "Пилот", "norm_hours": None}, etag=made["ETag"])
    assert (changed.json()["name"], changed.json()["norm_hours"], changed.json()["code"]) == (
        "Пилот", None, stage["code"],
    )  # fmt: skip
    assert api.patch(made["Location"], {"name": "Иначе"}, etag=made["ETag"]).status_code == 412
    moved = api.post(f"{made['Location']}shift/", {"to": "earlier", "beside": str(after.pk)})
    assert moved.json()["position"] == after.position
    other = api.post(f"{made['Location']}shift/", {"to": "earlier", "beside": str(after.pk)})
    assert (other.status_code, other.json()["code"]) == (409, "order_changed")
    assert api.post(f"{made['Location']}retire/").json()["active"] is False
    assert api.post(f"{made['Location']}restore/").json()["active"] is True


def test_a_trial_shows_the_stage_and_leaves_nothing(api: Api, office: Office) -> None:
    before = Stage.objects.count()
    tried = api.post("stages/?validate_only=true", {"funnel": "client", "name": "Проба"})
    assert (tried.status_code, tried.json()["name"], tried.json()["position"]) == (201, "Проба", 1)
    assert Stage.objects.count() == before


def test_a_stage_in_use_says_where_its_leads_could_go(api: Api, office: Office) -> None:
    lead, stage = office.lead(), office.stage("meeting")
    Lead.objects.filter(pk=lead.pk).update(stage=stage)
    refused = api.post(f"stages/{stage.pk}/retire/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "stage_in_use")
    wrong = api.post(f"stages/{stage.pk}/retire/", {"move_to": str(office.stage("contact", "client").pk)})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/move_to")
    done = api.post(f"stages/{stage.pk}/retire/", {"move_to": str(office.stage("contact").pk)})
    assert done.json()["active"] is False
    lead.refresh_from_db()
    assert lead.stage.code == "contact"


def test_a_gate_that_holds_back_most_asks_once_more(api: Api, office: Office) -> None:
    office.lead()
    stage = office.stage("meeting")
    gate = {"gate": ["meeting_appointed", "meeting_held", "resources"]}
    Stage.objects.filter(pk=stage.pk).update(gate=[])
    refused = api.patch(f"stages/{stage.pk}/", gate, etag="*")
    assert (refused.status_code, refused.json()["code"]) == (422, "gate_too_tight")
    assert refused.json()["errors"][0]["pointer"] == "#/confirmed"
    assert api.patch(f"stages/{stage.pk}/", gate | {"confirmed": True}, etag="*").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"name": " "}, 400, "#/name"),
        ({"name": "Созвон или встреча"}, 201, ""),
        ({"gate": ["weather"]}, 422, "#/gate"),
        ({"norm_hours": 0}, 422, "#/norm_hours"),
        ({"effort_hours": 1000}, 422, "#/effort_hours"),
        ({"effort_hours": "2"}, 400, "#/effort_hours"),
        ({"effort_hours": 10**400}, 400, "#/effort_hours"),
        ({"probability": "1.5"}, 400, "#/probability"),
        ({"funnel": "nobody"}, 400, "#/funnel"),
        ({"after": MISSING}, 400, "#/after"),
        ({"position": 3}, 400, "#/position"),
    ],
)
def test_what_makes_no_stage_is_pointed_at(api: Api, body: dict[str, Any], status: int, pointer: str) -> None:
    answer = api.post("stages/", {"funnel": "agent", "name": "Новый"} | body)
    assert answer.status_code == status, answer.content
    assert [error["pointer"] for error in answer.json().get("errors", [])] == ([pointer] if pointer else [])


def test_a_stage_stands_behind_one_of_its_own_funnel(api: Api, office: Office) -> None:
    body = {"funnel": "agent", "name": "Новый", "after": str(office.stage("contact", "client").pk)}
    assert api.post("stages/", body).json()["errors"][0] | {"detail": ""} == {
        "pointer": "#/after", "code": "other_funnel", "detail": "",
    }  # fmt: skip


def test_a_product_is_added_and_changed(api: Api) -> None:
    made = api.post("products/", {"code": "deposit", "name": "Вклад", "margin": {"amount": "10", "currency": "USD"}})
    assert made.status_code == 201, made.content
    assert (made.json()["margin"]["amount"], made.json()["currency"], made.json()["active"]) == ("10.00", "USD", True)
    changed = api.patch(made["Location"], {"active": False, "margin": None}, etag=made["ETag"])
    assert (changed.json()["active"], changed.json()["margin"]) == (False, None)
    twice = api.post("products/", {"code": "deposit", "name": "Другой"})
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "#/code")
    assert api.post("products/", {"code": "вклад", "name": "x"}).json()["errors"][0]["pointer"] == "#/code"
    assert [row["code"] for row in api.get("products/", active="false").json()["data"]] == ["deposit"]


def test_a_utp_is_written_and_found(api: Api, office: Office) -> None:
    body = {
        "segment": str(office.segment.pk), "product": str(office.product.pk), "statement": "Продаётся быстрее",
        "promised_metric": "дней до продажи", "source": "bi", "external_id": "U-1",
    }  # fmt: skip
    made = api.post("utps/", body)
    assert made.status_code == 201, made.content
    changed = api.patch(made["Location"], {"active": False}, etag=made["ETag"])
    assert (changed.json()["active"], changed.json()["statement"]) == (False, "Продаётся быстрее")
    twice = api.post("utps/", body)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "#/external_id")
    assert api.post("utps/", {"segment": MISSING, "statement": "x"}).json()["errors"][0]["pointer"] == "#/segment"
    found = api.get("utps/", segment=str(office.segment.pk), active="false", q="быстрее", fields="statement").json()
    assert [sorted(row) for row in found["data"]] == [["id", "statement"]]


def test_only_administrators_and_systems_of_the_whole_bank_change_stages_and_products(
    api_of: MakeApi, office: Office
) -> None:
    stage, product = office.stage("meeting"), office.product
    for caller in (person(office.olim), person(office.nodira), api_of(office.north)):
        caller.client.cookies["csrftoken"] = "a" * 32
        csrf = {"X-CSRFToken": "a" * 32, "If-Match": "*"}
        answers = [
            caller.send("POST", "stages/", {"funnel": "agent", "name": "Моя"}, headers=csrf),
            caller.send("PATCH", f"stages/{stage.pk}/", {"name": "Моя"}, headers=csrf),
            caller.send("POST", f"stages/{stage.pk}/retire/", {}, headers=csrf),
            caller.send("PATCH", f"products/{product.pk}/", {"name": "Мой"}, headers=csrf),
        ]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "not_allowed")}
    reader = api_of(None, "stages:read", "initiatives:read", "segments:read")
    assert reader.patch(f"stages/{stage.pk}/", {}, etag="*").json()["scope"] == "stages:write"
    assert reader.post("products/", {}).json()["scope"] == "initiatives:write"
    assert reader.post("utps/", {}).json()["scope"] == "segments:write"
    assert not Stage.objects.filter(name="Моя").exists()


def test_a_utp_of_another_team_does_not_exist(api_of: MakeApi, office: Office) -> None:
    theirs = Utp.objects.create(statement="Чужое", team=office.south)
    north = api_of(office.north)
    assert {north.get(f"utps/{pk}/").status_code for pk in (theirs.pk, MISSING, "x")} == {404}
    assert north.patch(f"utps/{theirs.pk}/", {"active": False}, etag="*").status_code == 404
    assert {north.get(f"{noun}/{MISSING}/").status_code for noun in ("stages", "products")} == {404}


@pytest.mark.parametrize("noun", ["stages", "products", "utps"])
def test_dictionaries_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office, noun: str) -> None:
    api = api_of(office.north)
    counts = set()
    for number in range(2):
        product = Product.objects.create(code=f"p{number}", name=f"Продукт {number}")
        Utp.objects.create(statement=f"Обещание {number}", product=product, segment=office.segment)
        api.get(f"{noun}/")
        with CaptureQueriesContext(connection) as caught:
            api.get(f"{noun}/")
        counts.add(len(caught))
    assert len(counts) == 1
    assert max(counts) <= 6
