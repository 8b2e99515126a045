"""Offers, parties, dictionaries, imports, funnel."""

import pytest
from django.core.files.base import ContentFile

from agents.models import Party, Segment
from common import clock
from funnel import rollups
from imports.services import take_file
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_an_initiative_is_opened_and_changed(api: Api, office: Office) -> None:
    body = {
        "name": "Оценка", "product": str(office.product.pk), "owner": str(office.olim.pk), "source": "core",
        "external_id": "I-1", "starts_on": "2026-01-01", "ends_on": "2026-06-30", "status": "draft",
        "margin_goal": {"amount": "2500000000", "currency": "UZS"},
    }  # fmt: skip
    made = api.post("initiatives/", body)
    assert made.status_code == 201, made.content
    assert made.json()["team"] == str(office.north.pk)
    assert made.json()["margin_goal"] == {"amount": "2500000000.00", "currency": "UZS"}
    late = api.patch(f"initiatives/{made.json()['id']}/", {"ends_on": "2025-01-01"}, etag=made["ETag"])
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "#/ends_on")
    paused = api.patch(f"initiatives/{made.json()['id']}/", {"status": "paused"}, etag=made["ETag"])
    assert paused.json()["status"] == "paused"
    twice = api.post("initiatives/", body | {"name": "Ещё раз"})
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicate")
    assert [row["id"] for row in api.get("initiatives/", external_id="I-1").json()["data"]] == [made.json()["id"]]


def test_a_segment_is_narrowed_and_its_reach_is_warned_of(api: Api, office: Office) -> None:
    body = {"kind": "agent", "name": "Оценщики иномарок", "parent": str(office.segment.pk), "reach": 400}
    made = api.post(
        "segments/", body | {"traits": {"марка": "BYD", "лет": 3}, "abc_class": "A", "problem_sharpness": 9}
    )
    assert made.status_code == 201, made.content
    assert (made.json()["traits"], len(made.json()["warnings"])) == ({"марка": "BYD", "лет": 3}, 1)
    assert api.get(made["Location"]).json()["warnings"] == []
    ring = api.patch(f"segments/{office.segment.pk}/", {"parent": made.json()["id"]}, etag="*")
    assert (ring.status_code, ring.json()["errors"][0]["pointer"]) == (422, "#/parent")
    taken = api.post("segments/", body)
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "#/name")
    for wrong in (
        {"problem_sharpness": 11},
        {"reach": -1},
        {"traits": {"a": {"b": 1}}},
        {"traits": []},
        {"reach": 1.5},
    ):
        assert api.post("segments/", {"kind": "agent", "name": "Новый"} | wrong).status_code == 400, wrong
    assert Segment.objects.count() == 2


def test_an_agent_is_made_found_and_changed(api: Api, office: Office) -> None:
    body = {
        "kind": "firm", "name": "ООО Оценка", "tax_id": "7707083893", "city": "Ташкент", "partnership": "dealership",
        "contacts": [{"type": "email", "value": "Info@Firm.uz", "preferred": True, "note": "после 18:00"}],
        "bant": {"budget": {"mark": "yes", "note": "Есть", "known_at": "2026-01-01"}},
        "owner": str(office.olim.pk), "client_base_size": 1200, "client_base_source": "со слов",
    }  # fmt: skip
    made = api.post("agents/", body)
    assert made.status_code == 201, made.content
    agent = made.json()
    assert (agent["kind"], agent["status"], agent["client_base_size"]) == ("firm", "candidate", 1200)
    assert (agent["bant"]["budget"]["mark"], agent["bant"]["need"]) == ("yes", None)
    assert agent["contacts"][0]["value"] == "Info@Firm.uz"
    again = api.post("agents/", body | {"name": "Та же фирма"})
    assert (again.status_code, again.json()["existing"]["href"]) == (409, made["Location"])
    changed = api.patch(
        made["Location"], {"status": "active", "bant": {"budget": None, "need": {"mark": "no"}}}, etag=made["ETag"]
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["status"], changed.json()["bant"]["budget"]) == ("active", None)
    assert changed.json()["bant"]["need"]["mark"] == "no"
    wrong = api.patch(made["Location"], {"tax_id": "7707083890"}, etag="*")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/tax_id")
    assert api.patch(made["Location"], {"contacts": []}, etag="*").json()["errors"][0]["code"] == "read_only"


def test_a_tax_number_of_a_hidden_party_is_taken_without_a_word_more(api_of: MakeApi, office: Office) -> None:
    body = {"name": "Секретная фирма", "kind": "firm", "tax_id": "7707083893", "owner": str(office.sitora.pk)}
    assert api_of(office.south).post("agents/", body).status_code == 201
    answer = api_of(office.north).post("agents/", {"name": "Моя", "kind": "firm", "tax_id": "7707083893"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    assert "Секретная" not in answer.content.decode()
    assert "existing" not in answer.json()


def test_a_client_stands_in_his_agent_s_list(api: Api, office: Office) -> None:
    agent = office.lead().party
    made = api.post("clients/", {"name": "Покупатель", "agent": str(agent.pk), "problem": "Нет денег"})
    assert (made.status_code, made.json()["blockers"]) == (201, [])
    listed = api.get("clients/", agent=str(agent.pk), expand="agent").json()["data"]
    assert [(row["name"], row["expanded"]["agent"]["name"]) for row in listed] == [("Покупатель", agent.name)]
    assert api.post("agents/", {"name": "Агент", "agent": str(agent.pk)}).status_code == 400
    assert Party.objects.get(pk=made.json()["id"]).kind == "client"


def test_an_agent_is_no_client_and_the_other_way_round(api: Api, office: Office) -> None:
    agent = office.lead().party
    assert api.get(f"agents/{agent.pk}/").status_code == 200
    assert api.get(f"clients/{agent.pk}/").status_code == 404


def test_dictionaries_tell_what_the_office_has(api: Api, office: Office) -> None:
    stage = api.get("stages/", kind="agent").json()["data"][1]
    assert (stage["code"], stage["key"], stage["gate"]) == ("meeting", True, ["meeting_appointed", "meeting_held"])
    assert stage["probability"] == "0.150"
    product, utp = office.product, office.utp
    assert api.get(f"products/{product.pk}/").json()["margin"] == {"amount": "420000.00", "currency": "UZS"}
    assert api.get(f"utps/{utp.pk}/").json()["statement"] == utp.statement


def test_an_import_tells_how_it_is_getting_on(api_of: MakeApi, office: Office) -> None:
    file = ContentFile("имя;телефон\nИван;+998901112233\n".encode(), name="leads.csv")
    run = take_file(by=office.sitora, name="leads.csv", file=file)
    told = api_of().get(f"imports/{run.pk}/").json()
    assert (told["file"], told["state"], told["counts"]["total"]) == ("leads.csv", "uploaded", 1)
    assert api_of(office.north).get("imports/").json()["data"] == []
    assert api_of(office.north).get(f"imports/{run.pk}/").status_code == 404


def test_the_funnel_counts_what_the_caller_sees(api_of: MakeApi, office: Office) -> None:
    office.lead(office.olim, source_channel="Сайт")
    office.lead(office.oksana, segment_id=office.segment.pk)
    office.lead(office.sitora)
    rollups.refresh(at=clock.now())
    api = api_of(office.north)

    def entered(**query) -> int:
        answer = api.get("funnel/", kind="agent", **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["data"][0]["entered"]

    assert entered() == 2
    assert entered(owner=str(office.olim.pk)) == 1
    assert entered(owner=[str(office.olim.pk), str(office.oksana.pk)]) == 2
    assert entered(segment=str(office.segment.pk)) == 1
    assert entered(segment="none") == 1
    assert entered(source="Сайт") == 1
    assert entered(**{"from": "2099-01-01T00:00:00Z"}) == 0
    assert entered(to="2099-01-01T00:00:00Z") == 2
    assert api.get("funnel/", kind="client").json()["data"][0]["stage"] == "contact"
    assert api.get("funnel/").json()["errors"][0] == {"pointer": "?kind", "code": "required"} | {
        "detail": api.get("funnel/").json()["detail"]
    }
    assert api.get("funnel/", kind="agent", segment=["none", str(office.segment.pk)]).status_code == 400
    assert api.get("funnel/", kind="agent", owner=str(office.sitora.pk)).status_code == 400
