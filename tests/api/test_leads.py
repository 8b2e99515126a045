"""Leads from outside: in, through the gates, closed and back."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from agents.models import Consent
from funnel.models import StageEntry
from leads.models import Lead, LossReason
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
LEAD = {"kind": "agent", "name": "Иван Петров", "contacts": [{"type": "phone", "value": "90 111 22 33"}]}
Moment = Callable[..., str]


def test_a_new_lead_answers_with_its_address_and_itself(api: Api, office: Office, moment: Moment) -> None:
    body = LEAD | {
        "source": "site", "external_id": "A-1", "segment": str(office.segment.pk),
        "initiative": str(office.initiative.pk),
        "owner": str(office.olim.pk), "amount": {"amount": "1234.5", "currency": "USD"}, "tags": ["сайт"],
        "next_action": "Позвонить", "next_action_at": moment(24), "problem": "Долго продаёт",
    }  # fmt: skip
    answer = api.post("leads/", body)
    assert answer.status_code == 201
    lead = answer.json()
    assert answer["Location"] == f"/api/v1/leads/{lead['id']}/"
    assert api.get(answer["Location"]).json() == lead
    assert lead["amount"] == {"amount": "1234.50", "currency": "USD"}
    assert lead["contacts"][0]["value"] == "+998901112233"
    assert lead["next_action_at"] == body["next_action_at"]
    assert (lead["stage"], lead["outcome"], lead["name"]) == ("contact", "open", "Иван Петров")
    assert (lead["segment"], lead["owner"]) == (str(office.segment.pk), str(office.olim.pk))
    assert StageEntry.objects.get(lead_id=lead["id"]).origin == "api"


def test_a_lead_on_a_known_party_needs_no_name(api: Api, office: Office) -> None:
    party = office.lead().party
    answer = api.post("leads/", {"kind": "agent", "party": str(party.pk), "product": str(office.product.pk)})
    assert (answer.status_code, answer.json()["name"]) == (201, party.name)
    both = api.post("leads/", LEAD | {"party": str(party.pk)})
    assert (both.status_code, both.json()["errors"][0]["code"]) == (400, "conflict")


def test_a_lead_without_a_contact_meets_the_first_gate(api: Api) -> None:
    answer = api.post("leads/", {"kind": "agent", "name": "Иван"})
    assert (answer.status_code, answer.json()["code"]) == (409, "gate_closed")
    assert [(e["pointer"], e["fact"]) for e in answer.json()["errors"]] == [("#/contacts", "contact")]


def test_a_duplicate_points_to_the_lead_that_the_caller_may_see(api: Api) -> None:
    first = api.post("leads/", LEAD).json()
    answer = api.post("leads/", LEAD | {"name": "Другой Иван"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    assert answer.json()["existing"] == {"id": first["id"], "href": f"/api/v1/leads/{first['id']}/"}


def test_a_duplicate_out_of_sight_tells_nothing_of_itself(api_of: MakeApi, office: Office) -> None:
    foreign = office.lead(office.sitora, name="Секретный Клиент")
    phone = foreign.party.contacts.get().value
    body = LEAD | {"contacts": [{"type": "phone", "value": phone}]}
    answer = api_of(office.north).post("leads/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    assert "existing" not in answer.json()
    told = answer.content.decode()
    for secret in ("Секретный", "Sitora", str(foreign.pk), str(foreign.party_id)):
        assert secret not in told


def test_an_external_id_out_of_sight_is_not_taken_over(api_of: MakeApi, office: Office) -> None:
    theirs = api_of(office.south).post("leads/", LEAD | {"source": "core", "external_id": "7"}).json()
    mine = LEAD | {"contacts": [{"type": "phone", "value": "+998909998877"}], "base": "Моя"}
    north = api_of(office.north)
    for answer in (
        north.post("leads/", mine | {"source": "core", "external_id": "7"}),
        north.put("leads/by-external/core/7/", mine),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
        assert theirs["id"] not in answer.content.decode()
    assert Lead.objects.get(pk=theirs["id"]).base == ""


def test_an_upsert_makes_once_and_then_updates(api: Api) -> None:
    first = api.put("leads/by-external/core/A 1/", LEAD)
    assert (first.status_code, first.json()["external_id"]) == (201, "A 1")
    again = api.put("leads/by-external/core/A 1/", LEAD)
    assert (again.status_code, again.json()) == (200, first.json())
    changed = api.put("leads/by-external/core/A 1/", LEAD | {"base": "Новая"})
    assert (changed.status_code, changed.json()["base"]) == (200, "Новая")
    assert Lead.objects.count() == 1
    twice = api.post("leads/", LEAD | {"source": "core", "external_id": "A 1"})
    assert (twice.status_code, twice.json()["existing"]["id"]) == (409, first.json()["id"])
    assert api.put("leads/by-external/core/A 1/", LEAD | {"source": "core"}).status_code == 400
    assert api.put(f"leads/by-external/{'s' * 61}/1/", LEAD).json()["errors"][0]["pointer"] == "#/source"


def test_an_external_id_without_its_system_means_nothing(api: Api) -> None:
    answer = api.post("leads/", LEAD | {"external_id": "7"})
    assert answer.json()["errors"][0]["pointer"] == "#/source"


def test_a_closed_gate_names_each_missing_fact_and_where_to_send_it(api: Api, office: Office) -> None:
    lead = office.lead()
    answer = api.post(f"leads/{lead.pk}/moves/", {"to": "custdev"})
    assert (answer.status_code, answer.json()["code"]) == (409, "gate_closed")
    assert [(e["pointer"], e["fact"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/facts/meeting", "meeting_appointed", "missing"),
        ("#/facts/meeting", "meeting_held", "missing"),
        ("#/facts/interview", "problem", "missing"),
        ("#/facts/interview", "value_checked", "missing"),
        ("#/facts/interview", "utp_checked", "missing"),
    ]
    assert all(error["detail"] for error in answer.json()["errors"])


def test_facts_sent_along_open_the_gate_and_the_history_shows_the_move(
    api: Api, office: Office, moment: Moment
) -> None:
    lead = office.lead()
    facts = {"meeting": {"planned_at": moment(-2), "held_at": moment(-1), "kind": "visit"}}
    answer = api.post(f"leads/{lead.pk}/moves/", {"to": "meeting", "facts": facts, "reason": "Созвонились"})
    assert answer.status_code == 201, answer.content
    move = answer.json()
    assert (move["from"], move["to"], move["reason"], move["origin"]) == ("contact", "meeting", "Созвонились", "api")
    assert move["lead"]["stage"] == "meeting"
    history = api.get(f"leads/{lead.pk}/moves/").json()["data"]
    assert [(entry["from"], entry["to"]) for entry in history] == [(None, "contact"), ("contact", "meeting")]
    assert history[1]["by"] == move["by"] == api.get("me/").json()["account"]["id"]


def test_moving_again_to_the_same_stage_is_harmless(api: Api, office: Office) -> None:
    lead = office.lead()
    answer = api.post(f"leads/{lead.pk}/moves/", {"to": "contact"})
    assert answer.status_code == 200
    assert len(api.get(f"leads/{lead.pk}/moves/").json()["data"]) == 1


def test_a_wrong_fact_is_pointed_at_and_nothing_moves(api: Api, office: Office, moment: Moment) -> None:
    lead = office.lead()
    future = {"to": "meeting", "facts": {"meeting": {"held_at": moment(5)}}}
    answer = api.post(f"leads/{lead.pk}/moves/", future)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/facts/meeting/held_at")
    unknown = api.post(f"leads/{lead.pk}/moves/", {"to": "meeting", "facts": {"lunch": {}}})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "#/facts/lunch")
    nowhere = api.post(f"leads/{lead.pk}/moves/", {"to": "moon"})
    assert (nowhere.status_code, nowhere.json()["errors"][0]["pointer"]) == (422, "#/to")
    assert not lead.meetings.exists()


def test_the_whole_road_can_be_gone_by_a_bank_system(api: Api, office: Office, moment: Moment) -> None:
    lead = office.lead()
    day = moment()[:10]
    checked = ("problem_validated", "value_validated", "utp_validated")
    pdf = base64.b64encode(b"%PDF-1.7 signed").decode()
    road = {
        "meeting": {"meeting": {"planned_at": moment(-2), "held_at": moment(-1)}},
        "custdev": {"interview": {"problem": "Долго"} | dict.fromkeys(checked, "yes")},
        "verbal_contract": {
            "lead": {"utp": str(office.utp.pk)},
            "agreement": {"agent_gives": "20 оценок", "bank_gives": "Комиссия"},
        },
        "signed_contract": {"contract": {"number": "7", "signed_on": day, "file": {"name": "a.pdf", "content": pdf}}},
        "value_delivered": {
            "promise": {"metric": "Оценок в неделю", "baseline": "0", "target": "5", "due_on": day},
            "measurement": {"value": "6.5"},
        },
    }  # fmt: skip
    for stage, facts in road.items():
        answer = api.post(f"leads/{lead.pk}/moves/", {"to": stage, "facts": facts})
        assert answer.status_code == 201, (stage, answer.json())
    assert answer.json()["lead"]["outcome"] == "won"
    assert [entry["to"] for entry in api.get(f"leads/{lead.pk}/moves/").json()["data"]] == ["contact", *road]


def test_a_file_that_is_no_document_is_refused(api: Api, office: Office) -> None:
    lead = office.lead()
    for file, status in (
        ({"name": "a.pdf", "content": base64.b64encode(b"MZ executable").decode()}, 422),
        ({"name": "a.pdf", "content": "not base64!"}, 400),
        ({"name": "a.pdf"}, 400),
    ):
        body = {"to": "meeting", "facts": {"contract": {"number": "1", "file": file}}}
        assert api.post(f"leads/{lead.pk}/moves/", body).status_code == status


def test_only_a_sales_head_may_waive_and_a_system_is_none(api: Api, office: Office) -> None:
    lead = office.lead()
    answer = api.post(f"leads/{lead.pk}/moves/", {"to": "meeting", "waive": True, "reason": "Знаю лично"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_lost_lead_keeps_its_reason_and_comes_back(api: Api, office: Office) -> None:
    lead = office.lead()
    reason = LossReason.objects.create(code="no-money-test", name="Нет денег")
    bare = api.post(f"leads/{lead.pk}/close/", {"outcome": "lost"})
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "#/loss_reason")
    wordless = api.post(f"leads/{lead.pk}/close/", {"outcome": "archived"})
    assert wordless.json()["errors"][0]["pointer"] == "#/reason"
    assert api.post(f"leads/{lead.pk}/close/", {"outcome": "won"}).status_code == 400
    closed = api.post(
        f"leads/{lead.pk}/close/", {"outcome": "lost", "loss_reason": reason.code, "return_on": "2030-01-01"}
    )
    assert (closed.json()["outcome"], closed.json()["loss_reason"], closed.json()["return_on"]) == (
        "lost",
        "no-money-test",
        "2030-01-01",
    )
    moved = api.post(f"leads/{lead.pk}/moves/", {"to": "meeting"})
    assert (moved.status_code, moved.json()["code"]) == (409, "lead_closed")
    assert api.post(f"leads/{lead.pk}/reopen/", {"reason": ""}).status_code == 400
    opened = api.post(f"leads/{lead.pk}/reopen/", {"reason": "Перезвонил сам"}).json()
    assert (opened["outcome"], opened["loss_reason"]) == ("open", None)


def test_a_lead_is_handed_over_only_within_sight(api_of: MakeApi, office: Office) -> None:
    lead, north = office.lead(), api_of(office.north)
    handed = north.post(f"leads/{lead.pk}/assign/", {"owner": str(office.oksana.pk)})
    assert (handed.status_code, handed.json()["owner"]) == (200, str(office.oksana.pk))
    assert north.post(f"leads/{lead.pk}/assign/", {"owner": str(office.sitora.pk)}).status_code == 400
    queued = north.post(f"leads/{lead.pk}/assign/", {"owner": None})
    assert queued.json()["owner"] is None


def test_a_change_may_set_facts_and_the_next_step_at_once(api: Api, office: Office, moment: Moment) -> None:
    lead = office.lead()
    etag = api.get(f"leads/{lead.pk}/")["ETag"]
    step = moment(48)
    changes = {
        "base": "Выставка",
        "amount": {"amount": "5", "currency": "UZS"},
        "next_action": "Звонок",
        "next_action_at": step,
    }
    answer = api.patch(f"leads/{lead.pk}/", changes, etag=etag)
    assert answer.status_code == 200, answer.content
    assert {name: answer.json()[name] for name in ("base", "next_action", "next_action_at")} == {
        "base": "Выставка",
        "next_action": "Звонок",
        "next_action_at": step,
    }
    cleared = api.patch(f"leads/{lead.pk}/", {"amount": None, "segment": None}, etag=answer["ETag"]).json()
    assert (cleared["amount"], cleared["base"]) == (None, "Выставка")


def test_a_step_in_the_past_undoes_the_whole_change(api: Api, office: Office, moment: Moment) -> None:
    lead = office.lead()
    answer = api.patch(f"leads/{lead.pk}/", {"base": "Выставка", "next_action_at": moment(-5)}, etag="*")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/next_action_at")
    lead.refresh_from_db()
    assert lead.base == ""


def test_filters_are_those_of_the_page(api: Api, office: Office) -> None:
    first, second = office.lead(name="Пётр"), office.lead(office.oksana, name="Анна", source_channel="Сайт")
    ids = lambda **query: {row["id"] for row in api.get("leads/", **query).json()["data"]}  # noqa: E731
    assert ids(q="петр") == {str(first.pk)}
    assert ids(owner=str(office.oksana.pk)) == {str(second.pk)}
    assert ids(source_channel="Сайт") == {str(second.pk)}
    assert ids(stage=["contact", "meeting"], outcome="open") == {str(first.pk), str(second.pk)}
    assert ids(stage="custdev") == set()
    assert ids(segment="none") == {str(first.pk), str(second.pk)}
    assert ids(reached="contact", state="open") == {str(first.pk), str(second.pk)}


def test_an_answer_is_thinned_or_widened_as_asked(api: Api, office: Office) -> None:
    lead = office.lead(segment_id=office.segment.pk)
    thin = api.get(f"leads/{lead.pk}/", fields="name,stage").json()
    assert set(thin) == {"id", "name", "stage"}
    wide = api.get("leads/", expand="owner,segment,initiative").json()["data"][0]
    assert wide["expanded"] == {
        "owner": {"id": str(office.olim.pk), "name": "Olim"},
        "segment": {"id": str(office.segment.pk), "name": "Оценщики"},
        "initiative": None,
    }
    assert wide["owner"] == str(office.olim.pk)


CONSENT = {"purpose": "processing", "source": "site", "text_version": "2026-01", "given_at": "2026-01-20T09:00:00Z"}


def test_a_lead_comes_with_the_consent_under_which_it_came(api: Api) -> None:
    body = {"kind": "client", "name": "Пётр", "contacts": [{"type": "phone", "value": "+998901112233"}]}
    pair = {"source": "site", "external_id": "1"}
    made = api.post("leads/", body | pair | {"consent": CONSENT})
    assert made.status_code == 201, made.content
    kept = Consent.objects.get(party_id=made.json()["party"])
    assert (kept.purpose, kept.source, kept.text_version) == ("processing", "site", "2026-01")
    assert kept.given_at.isoformat() == "2026-01-20T09:00:00+00:00"
    again = api.put("leads/by-external/site/1/", body | {"consent": CONSENT | {"text_version": "2026-02"}})
    assert (again.status_code, Consent.objects.count()) == (200, 1)
    api.put("leads/by-external/site/1/", body | {"consent": CONSENT | {"purpose": "marketing"}})
    assert Consent.objects.count() == 2
    batch = api.post("bulk/leads/", {"items": [body | pair | {"consent": CONSENT | {"purpose": "transfer"}}]})
    assert (batch.status_code, Consent.objects.count()) == (200, 3)


@pytest.mark.parametrize(
    ("field", "value", "status"), [("given_at", "2999-01-01T00:00:00Z", 422), ("purpose", "any", 400),
                                   ("text_version", None, 400), ("mood", "good", 400)]
)  # fmt: skip
def test_a_consent_that_does_not_fit_keeps_the_lead_out(api: Api, field: str, value: Any, status: int) -> None:
    body = {"kind": "client", "name": "Пётр", "contacts": [{"type": "phone", "value": "+998901112233"}]}
    answer = api.post("leads/", body | {"consent": CONSENT | {field: value}})
    assert (answer.status_code, Lead.objects.count()) == (status, 0)
    assert answer.json()["errors"][0]["pointer"] == f"#/consent/{field}"


def test_a_refused_lead_leaves_no_consent(api: Api) -> None:
    answer = api.post("leads/", {"kind": "client", "name": "Пётр", "consent": CONSENT})
    assert (answer.json()["code"], Consent.objects.count()) == ("gate_closed", 0)
