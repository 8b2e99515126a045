"""The right ``pii:read``: without it people are hidden in every answer, and nobody finds them by a search."""

import json
import re

import pytest
from django.test import Client

from accounts import tokens
from agents.masking import mask_contact, mask_name, mask_phone, mask_tax_id
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
PERSON = {
    "kind": "agent",
    "name": "Азиз Каримов",
    "contacts": [
        {"type": "phone", "value": "+998901112267", "person": "Гульнора Юсупова", "note": "жена директора"},
        {"type": "email", "value": "aziz.karimov@mail.test"},
    ],
}
SECRETS = ("Азиз", "Каримов", "901112267", "9011122", "Гульнора", "Юсупова", "жена", "aziz.karimov", "mail.test")
BUT_PEOPLE = [scope for scope in tokens.SCOPES if scope != "pii:read"]


@pytest.fixture
def blind(api_of: MakeApi) -> Api:
    """May do everything but see who people are."""
    return api_of(None, *BUT_PEOPLE)


def told(answer) -> str:
    return json.dumps(answer.json(), ensure_ascii=False)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_masks_leave_what_is_needed_to_tell_two_apart() -> None:
    assert mask_name("  Азиз   Каримов ") == "А… К…"
    assert mask_phone("+998901234567") == "+998 ** *** ** 67"
    assert mask_phone("+79161234567") == "+** ** 67"
    assert mask_contact("email", "aziz@bank.test") == "a…@…"
    assert mask_contact("telegram", "@aziz") == "@…"
    values = ("+998901234567", "aziz@bank.test", "@aziz", "Чиланзар 5")
    assert [mask_contact("", value) for value in values] == ["+998 ** *** ** 67", "a…@…", "@…", "Ч…"]
    assert (mask_tax_id("30101800123456"), mask_tax_id("")) == ("** 56", "")


@pytest.mark.parametrize("expand", ["", "agent"])
def test_every_answer_about_a_person_hides_him(blind: Api, api: Api, expand: str) -> None:
    lead = api.post("leads/", PERSON).json()
    of_client = {"kind": "client", "name": "Азиз Каримов", "agent": lead["party"], "contacts": PERSON["contacts"][1:]}
    client_lead = api.post("leads/", of_client).json()
    query = {"expand": expand} if expand else {}
    answers = [
        blind.get("leads/", **query),
        blind.get(f"leads/{client_lead['id']}/", **query),
        blind.get("agents/"),
        blind.get(f"agents/{lead['party']}/"),
        blind.get("clients/", **query),
        blind.post(f"leads/{lead['id']}/close/", {"outcome": "archived", "reason": "нет"}),
        blind.post(f"leads/{lead['id']}/reopen/", {"reason": "вернулся"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert [leaks(told(answer)) for answer in answers] == [[]] * len(answers)
    assert answers[3].json()["name"] == "А… К…"
    assert [contact["value"] for contact in answers[3].json()["contacts"]] == ["+998 ** *** ** 67", "a…@…"]
    assert leaks(told(api.get("leads/"))) != []  # the same answer to whoever has the right


def test_a_move_s_answer_hides_the_lead_s_person_too(blind: Api, api: Api) -> None:
    lead = api.post("leads/", PERSON).json()
    moved = blind.post(f"leads/{lead['id']}/moves/", {"to": "contact"})
    assert (moved.status_code, leaks(told(moved))) == (200, [])


def test_a_firm_is_called_by_its_name_and_its_contacts_stay_hidden(blind: Api, api: Api) -> None:
    made = api.post("agents/", {"kind": "firm", "name": "ООО «Восток»", "tax_id": "301234567", **_contacts()}).json()
    seen = blind.get(f"agents/{made['id']}/").json()
    assert (seen["name"], seen["tax_id"]) == ("ООО «Восток»", "301234567")
    assert leaks(json.dumps(seen, ensure_ascii=False)) == []


def _contacts() -> dict:
    return {"contacts": PERSON["contacts"]}


def test_a_person_s_tax_id_is_hidden(blind: Api, api: Api) -> None:
    made = api.post("agents/", {"kind": "person", "name": "Азиз Каримов", "tax_id": "30101800123456"})
    seen = blind.get(f"agents/{made.json()['id']}/").json()
    assert (made.json()["tax_id"], seen["tax_id"]) == ("30101800123456", "** 56")


@pytest.mark.parametrize(
    ("noun", "query"),
    [
        ("leads", {"q": "Азиз"}), ("leads", {"sort": "name"}), ("leads", {"sort": "stage,-name"}),
        ("agents", {"q": "901112267"}), ("agents", {"tax_id": "301234567"}), ("clients", {"sort": "-name"}),
    ],
)  # fmt: skip
def test_nobody_finds_or_sorts_people_without_the_right(blind: Api, api: Api, noun: str, query: dict) -> None:
    api.post("leads/", PERSON)
    refused = blind.get(f"{noun}/", **query)
    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope_missing", "pii:read")
    assert api.get(f"{noun}/", **query).status_code == 200


def test_nouns_without_people_are_searched_and_sorted_as_ever(blind: Api) -> None:
    for noun in ("segments", "initiatives"):
        assert blind.get(f"{noun}/", q="рынок", sort="name").status_code == 200


def test_writing_needs_no_right_to_see(blind: Api, api: Api) -> None:
    made = blind.post("leads/", PERSON)
    assert (made.status_code, leaks(told(made))) == (201, [])
    assert api.get(f"leads/{made.json()['id']}/").json()["name"] == "Азиз Каримов"


def test_a_known_person_is_not_named_to_whoever_sends_him_again(blind: Api, api: Api) -> None:
    api.post("agents/", {"name": "Азиз Каримов", **_contacts()})
    again = blind.post("agents/", {"name": "Другой Человек", **_contacts()})
    assert (again.status_code, leaks(told(again))) == (409, [])
    assert "Каримов" in told(api.post("agents/", {"name": "Другой Человек", **_contacts()}))


def test_a_hidden_value_sent_back_overwrites_nothing(blind: Api, api: Api) -> None:
    made = api.post("agents/", {"name": "Азиз Каримов"})
    path = f"agents/{made.json()['id']}/"
    seen = blind.get(path)
    refused = blind.patch(path, {"name": seen.json()["name"]}, etag=seen["ETag"])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "masked")
    assert api.get(path).json()["name"] == "Азиз Каримов"
    changed = blind.patch(path, {"name": "Азиз Каримов-младший"}, etag=seen["ETag"])
    assert changed.status_code == 200


def test_people_by_session_see_what_their_role_allows(office: Office, api: Api) -> None:
    api.post("leads/", PERSON | {"owner": str(office.olim.pk)})
    client = Client()
    client.force_login(office.olim, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = Api(client=client).get("leads/", q="Азиз")
    assert leaks(told(answer)) != []


def test_no_shape_shows_a_person_past_the_masks(blind: Api) -> None:
    """Every text field that is called as people's data are is one that hides itself, whichever shape it is in."""
    from rest_framework import serializers

    from api import v1  # noqa: F401  the shapes are found among the subclasses
    from api.personal import PersonText

    def below(kind: type) -> set[type]:
        return {one for child in kind.__subclasses__() for one in (child, *below(child))}

    people = re.compile(r"^(phone|email|tax_id|contact|person)$")
    loose = {
        f"{shape.__name__}.{name}"
        for shape in below(serializers.Serializer)
        if shape.__module__.startswith("api.")
        for name, field in shape._declared_fields.items()
        if people.match(name) and isinstance(field, serializers.CharField) and not isinstance(field, PersonText)
    }
    assert loose - {"AccountShape.email"} == set()  # one's own address, in ``me``


def test_what_was_said_and_noted_is_hidden_whole(api: Api, blind: Api, office: Office) -> None:
    secret = "Говорит, что Гульнора против"
    lead = api.post("leads/", PERSON | {"problem": secret, "resources": secret}).json()
    at = "2026-01-30T05:00:00Z"
    api.post("interviews/", {"lead": lead["id"], "problem": secret, "quotes": secret, "held_at": at})
    api.post("meetings/", {"lead": lead["id"], "planned_at": at, "held_at": at, "note": secret})
    paths = (f"leads/{lead['id']}/", "leads/", "interviews/", "meetings/")
    assert all(secret in told(api.get(path)) for path in paths)
    for path in paths:
        shown = told(blind.get(path))
        assert secret not in shown
        assert '"…"' in shown


def test_a_hidden_text_does_not_come_back_as_the_text(api: Api, blind: Api) -> None:
    lead = api.post("leads/", PERSON | {"problem": "Нет покупателей"}).json()
    read = blind.get(f"leads/{lead['id']}/")
    refused = blind.patch(f"leads/{lead['id']}/", {"problem": read.json()["problem"]}, etag=read["ETag"])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "masked")
    written = blind.patch(f"leads/{lead['id']}/", {"problem": "Думает… перезвонит"}, etag=read["ETag"])
    assert (written.status_code, written.json()["problem"]) == (200, "…")
    assert api.get(f"leads/{lead['id']}/").json()["problem"] == "Думает… перезвонит"
