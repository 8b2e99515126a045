"""What two programs could read differently is refused, and the refusal says where."""

import json

import pytest
from django.test import RequestFactory

from api.v1.leads import Leads
from leads.models import Lead
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
LEAD = {"kind": "agent", "name": "Иван", "contacts": [{"type": "phone", "value": "+998901112233"}]}


def codes(answer) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


def test_unknown_fields_are_named_at_every_depth(api: Api) -> None:
    body = LEAD | {"stage": "custdev", "id": "x", "contacts": [{"type": "phone", "value": "+998901112233", "hm": 1}]}
    answer = api.post("leads/", body)
    assert answer.status_code == 400
    assert codes(answer) == {"#/stage": "unknown_field", "#/id": "unknown_field"}
    del body["stage"], body["id"]
    assert codes(api.post("leads/", body)) == {"#/contacts/0/hm": "unknown_field"}
    assert not Lead.objects.exists()


@pytest.mark.parametrize("field", ["id", "created_at", "version", "team"])
def test_what_is_not_the_caller_s_to_set_is_refused(api: Api, office: Office, field: str) -> None:
    segment = api.get(f"segments/{office.segment.pk}/")
    answer = api.patch(f"segments/{office.segment.pk}/", {field: segment.json()[field]}, etag=segment["ETag"])
    assert (answer.status_code, codes(answer)) == (400, {f"#/{field}": "read_only"})


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"colour": "red"}, "?colour", "unknown"),
        ({"page": "2"}, "?page", "unknown"),
        ({"kind": "agents"}, "?kind", "invalid_choice"),
        ({"kind": ""}, "?kind", "blank"),
        ({"kind": ["agent", "client"]}, "?kind", "repeated"),
        ({"stage": "nowhere"}, "?stage", "invalid_choice"),
        ({"owner": "me"}, "?owner", "invalid_pk_value"),
        ({"created_at__gte": "yesterday"}, "?created_at__gte", "invalid"),
        ({"limit": "0"}, "?limit", "range"),
        ({"limit": "201"}, "?limit", "range"),
        ({"limit": "٣"}, "?limit", "range"),
        ({"sort": "password"}, "?sort", "invalid_choice"),
        ({"sort": "name,-name"}, "?sort", "invalid_choice"),
        ({"include": "everything"}, "?include", "invalid_choice"),
        ({"cursor": "abc"}, "?cursor", "invalid"),
        ({"fields": "id,secret"}, "?fields", "invalid_choice"),
        ({"expand": "contacts"}, "?expand", "invalid_choice"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(api: Api, query: dict, pointer: str, code: str) -> None:
    answer = api.get("leads/", **query)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert answer.json()["errors"][0]["code"] in {code, "invalid_list", "invalid"}


def test_parameters_are_read_as_strictly_on_one_object_and_on_deeds(api: Api, office: Office) -> None:
    lead = office.lead()
    assert api.get(f"leads/{lead.pk}/", limit=1).status_code == 400
    assert api.send("POST", f"leads/{lead.pk}/moves/", {"to": "meeting"}, query={"force": 1}).status_code == 400
    assert api.get("me/", all=1).status_code == 400
    assert api.get("funnel/", kind="agent", stage="custdev").status_code == 400


def test_both_ends_of_a_period_filter(api: Api, office: Office) -> None:
    office.lead()
    assert len(api.get("leads/", created_at__gte="2020-01-01T00:00:00Z").json()["data"]) == 1
    assert api.get("leads/", created_at__lte="2020-01-01T00:00:00Z").json()["data"] == []


DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
BODIES = {
    "duplicate key": (b'{"kind": "agent", "kind": "client"}', 400, "duplicate_key"),
    "duplicate key inside": (b'{"amount": {"amount": "1", "amount": "2"}}', 400, "duplicate_key"),
    "NaN": (b'{"a": NaN}', 400, "not_json"),
    "Infinity": (b'{"a": -Infinity}', 400, "not_json"),
    "1e400": (b'{"a": 1e400}', 400, "number_range"),
    "5000 digits": (b'{"a": ' + b"9" * 5000 + b"}", 400, "not_json"),
    "10,000 deep": (DEEP, 400, "too_deep"),
    "40 deep": (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "too_deep"),
    "deep list": (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", 400, "too_deep"),
    "NUL": (b'{"name": "a\\u0000b"}', 400, "control_characters"),
    "NUL in a key": (b'{"a\\u0000": 1}', 400, "control_characters"),
    "lone surrogate": (b'{"name": "\\ud800"}', 400, "control_characters"),
    "surrogate twice as key": (b'{"\\ud800": 1, "\\ud800": 2}', 400, "control_characters"),
    "direction override": ('{"name": "\u202eabc"}'.encode(), 400, "control_characters"),
    "not UTF-8": (b'{"name": "\xff"}', 400, "not_utf8"),
    "cp1251": ('{"name": "Иван"}'.encode("cp1251"), 400, "not_utf8"),
    "BOM": (b'\xef\xbb\xbf{"kind": "agent"}', 400, "not_json"),
    "cut off": (b'{"kind": "ag', 400, "not_json"),
    "list": (b"[]", 400, "not_object"),
    "text": (b'"agent"', 400, "not_object"),
    "null": (b"null", 400, "not_object"),
    "5 MB": (b'{"name": "' + b"a" * 5_000_000 + b'"}', 413, "too_large"),
    "3 MB": (b'{"name": "' + b"a" * 3_000_000 + b'"}', 413, "too_large"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_clean_json_is_a_problem(api: Api, name: str) -> None:
    raw, status, code = BODIES[name]
    answer = api.send("POST", "leads/", raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_big_body_without_a_true_length_is_cut_off_too(api: Api) -> None:
    raw = b'{"name": "' + b"a" * 3_000_000 + b'"}'
    answer = api.send("PUT", "leads/by-external/core/1/", raw)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"],
)
def test_only_json_is_read(api: Api, content_type: str) -> None:
    answer = api.send("POST", "leads/", b'{"kind": "agent"}', content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_an_empty_body_is_told_what_is_required(api: Api) -> None:
    answer = api.send("POST", "leads/", b"")
    assert (answer.status_code, codes(answer)) == (400, {"#/kind": "required"})


WRONG = {
    "number for text": ({"name": 5}, "#/name"),
    "text for a list": ({"contacts": "+998901112233"}, "#/contacts"),
    "object for text": ({"name": {"first": "Иван"}}, "#/name"),
    "null for text": ({"name": None}, "#/name"),
    "overlong": ({"base": "я" * 121}, "#/base"),
    "money as a number": ({"amount": 100}, "#/amount"),
    "money without currency": ({"amount": {"amount": "1"}}, "#/amount"),
    "money of three decimals": ({"amount": {"amount": "1.234", "currency": "UZS"}}, "#/amount/amount"),
    "negative money": ({"amount": {"amount": "-1", "currency": "UZS"}}, "#/amount/amount"),
    "money in exponents": ({"amount": {"amount": "1e3", "currency": "UZS"}}, "#/amount/amount"),
    "40 digits of money": ({"amount": {"amount": "9" * 40, "currency": "UZS"}}, "#/amount/amount"),
    "unknown currency": ({"amount": {"amount": "1", "currency": "EUR"}}, "#/amount/currency"),
    "currency no text": ({"amount": {"amount": "1", "currency": []}}, "#/amount/currency"),
    "time without a zone": ({"next_action_at": "2030-01-01T10:00:00"}, "#/next_action_at"),
    "day for a time": ({"next_action_at": "2030-01-01"}, "#/next_action_at"),
    "year one": ({"next_action_at": "0001-01-01T00:00:00+14:00"}, "#/next_action_at"),
    "31 February": ({"next_action_at": "2030-02-31T10:00:00Z"}, "#/next_action_at"),
    "number for an id": ({"segment": 7}, "#/segment"),
    "no id": ({"segment": "seven"}, "#/segment"),
    "id without a row": ({"segment": "01900000-0000-7000-8000-000000000000"}, "#/segment"),
    "tag too long": ({"tags": ["x" * 41]}, "#/tags/0"),
    "unknown contact type": ({"contacts": [{"type": "fax", "value": "1"}]}, "#/contacts/0/type"),
    "flag as a word": ({"contacts": [{"type": "phone", "value": "1", "preferred": "yes"}]}, "#/contacts/0/preferred"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_of_the_wrong_kind_is_pointed_at(api: Api, name: str) -> None:
    change, pointer = WRONG[name]
    answer = api.post("leads/", LEAD | change)
    assert answer.status_code == 400, answer.content
    assert pointer in codes(answer)


def test_rules_of_the_services_point_into_the_body_too(api: Api) -> None:
    answer = api.post("leads/", {"kind": "agent", "name": "Иван", "contacts": [{"type": "phone", "value": "12"}]})
    assert (answer.status_code, codes(answer)) == (422, {"#/contacts": "invalid"})


def test_a_query_with_control_characters_is_a_problem_too(api: Api) -> None:
    answer = api.get("leads/", q="a\x00b")
    assert (answer.status_code, answer.json()["code"]) == (400, "control_characters")


def test_every_address_of_the_room_answers_with_a_problem(api: Api) -> None:
    for path in ("nowhere/", "leads", "leads/x", "leads/a.b/", "../v2/leads/", "/api/", "/api/v9/leads/"):
        answer = api.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS"])
def test_an_action_that_is_not_there_is_a_problem(api: Api, method: str) -> None:
    answer = api.send(method, "leads/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_method_that_is_nowhere_is_a_problem_too(api: Api) -> None:
    answer = api.send("TRACE", "leads/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "TRACE" not in answer["Allow"]


def test_problems_speak_the_caller_s_language_and_echo_his_request_id(api: Api) -> None:
    headers = {"X-Request-Id": "bank-4711-abc", "Accept-Language": "ru"}
    answer = api.get("leads/nowhere/", headers=headers)
    assert answer["X-Request-Id"] == answer.json()["request_id"] == "bank-4711-abc"
    assert answer["Content-Language"] == "ru"
    assert answer.json()["detail"] == "Такой записи нет, или она вам не видна."
    assert api.get("leads/nowhere/", headers={"Accept-Language": "en"})["Content-Language"] == "en"


def test_accept_changes_nothing(api: Api) -> None:
    answer = api.get("me/", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_an_unforeseen_error_is_a_problem_without_details(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from leads.services import intake

    monkeypatch.setattr(intake, "take_in", lambda **_kwargs: 1 / 0)
    # Past the test client, which holds every answer to the document: it promises no 500.
    asked = RequestFactory().post(
        "/api/v1/leads/",
        json.dumps(LEAD).encode(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
    )
    answer = Leads.as_view({"post": "create"}, basename="leads")(asked).render()
    told = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (500, "server_error")
    assert "ZeroDivisionError" not in answer.content.decode()
