"""Contacts and consents of agents and clients, as resources under them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.services.contacts import ContactDraft, add_contact
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"


def test_a_contact_is_added_mended_and_removed(api: Api, office: Office) -> None:
    where = f"agents/{office.lead().party_id}/contacts/"
    made = api.post(where, {"type": "email", "value": "ivan@bank.uz", "preferred": True})
    assert made.status_code == 201, made.content
    assert [row["preferred"] for row in api.get(where).json()["data"]] == [False, True]
    seen = api.get(made["Location"])
    assert seen.json() == made.json()
    mended = api.patch(made["Location"], {"note": "после 18:00", "preferred": False}, etag=seen["ETag"])
    assert (mended.status_code, mended.json()["note"], mended.json()["preferred"]) == (200, "после 18:00", False)
    assert api.patch(made["Location"], {"note": "утром"}, etag=seen["ETag"]).status_code == 412
    assert api.send("DELETE", made["Location"]).status_code == 428
    gone = api.send("DELETE", made["Location"], headers={"If-Match": mended["ETag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert api.get(made["Location"]).status_code == 404


def test_a_contact_that_is_none_or_known_is_pointed_at(api: Api, office: Office) -> None:
    party = office.lead().party
    where = f"agents/{party.pk}/contacts/"
    wrong = api.post(where, {"type": "phone", "value": "12"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/value")
    known = api.post(where, {"type": "phone", "value": party.contacts.get().value})
    assert (known.status_code, known.json()["code"], known.json()["errors"][0]["pointer"]) == (
        409, "duplicate", "#/value",
    )  # fmt: skip
    assert api.post(where, {"type": "fax", "value": "1"}).json()["errors"][0]["pointer"] == "#/type"
    first = api.get(where).json()["data"][0]["id"]
    assert api.patch(f"{where}{first}/", {"value": "x"}, etag="*").json()["errors"][0]["code"] == "unknown_field"


def test_a_consent_tells_by_what_it_is_proved_and_when_it_ends(api: Api, api_of: MakeApi, office: Office) -> None:
    where = f"clients/{office.lead(kind='client').party_id}/consents/"
    body = {"purpose": "transfer", "source": "paper", "text_version": "7", "text": "Согласен", "evidence": "скан 17"}
    made = api.post(where, body | {"expires_at": "2030-01-01T00:00:00Z"})
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["state"], told["evidence"], told["expires_at"]) == ("live", "скан 17", "2030-01-01T00:00:00Z")
    assert len(told["text_hash"]) == 64
    assert "text" not in told
    assert api_of(None, "clients:read").get(where).json()["data"][0]["evidence"] == ""


def test_a_consent_is_given_withdrawn_and_given_again(api: Api, office: Office, moment: Any) -> None:
    where = f"clients/{office.lead(kind='client').party_id}/consents/"
    body = {"purpose": "marketing", "source": "site", "text_version": "2026-01"}
    made = api.post(where, body | {"given_at": moment(-1)})
    assert made.status_code == 201, made.content
    assert (made.json()["live"], made.json()["withdrawn_at"]) == (True, None)
    twice = api.post(where, body)
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "#/purpose")
    gone = api.post(f"{made['Location']}withdraw/").json()
    assert (gone["live"], gone["withdrawn_at"] is None) == (False, False)
    assert api.post(f"{made['Location']}withdraw/").json() == gone
    assert api.get(made["Location"]).json() == gone
    assert api.post(where, body).status_code == 201
    assert len(api.get(where).json()["data"]) == 2
    ahead = api.post(where, body | {"purpose": "transfer", "given_at": moment(5)})
    assert (ahead.status_code, ahead.json()["errors"][0]["pointer"]) == (422, "#/given_at")


@pytest.mark.parametrize("part", ["contacts", "consents"])
def test_parts_of_hidden_parties_do_not_exist(api_of: MakeApi, office: Office, part: str) -> None:
    mine, hidden = office.lead().party, office.lead(office.sitora).party
    north = api_of(office.north)
    theirs = hidden.contacts.get().pk
    assert north.get(f"agents/{mine.pk}/{part}/").status_code == 200
    answers = [
        *(north.get(f"agents/{pk}/{part}/") for pk in (hidden.pk, MISSING, "x")),
        north.get(f"clients/{mine.pk}/{part}/"),
        north.get(f"agents/{mine.pk}/{part}/{theirs}/"),
        north.get(f"agents/{mine.pk}/{part}/{'9' * 30}/"),
        north.get(f"agents/{mine.pk}/{part}/²/"),
    ]
    assert {answer.status_code for answer in answers} == {404}


def test_parts_ask_for_the_right_to_their_noun(api_of: MakeApi, office: Office) -> None:
    where = f"agents/{office.lead().party_id}/contacts/"
    reader = api_of(None, "agents:read")
    line = reader.get(where).json()["data"][0]
    assert line["value"].startswith("+998 **")
    assert reader.post(where, {"type": "site", "value": "bank.uz"}).json()["scope"] == "agents:write"
    first = f"{where}{line['id']}/"
    assert reader.send("DELETE", first, headers={"If-Match": "*"}).json()["scope"] == "agents:write"
    assert api_of(None, "clients:read").get(where).json()["scope"] == "agents:read"


def test_contacts_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office) -> None:
    api, party = api_of(office.north), office.lead().party
    counts = []
    for _round in range(2):
        api.get(f"agents/{party.pk}/contacts/")
        with CaptureQueriesContext(connection) as caught:
            rows = api.get(f"agents/{party.pk}/contacts/").json()["data"]
        counts.append((len(rows), len(caught)))
        for number in range(5):
            add_contact(party=party, by=office.olim, draft=ContactDraft("site", f"bank{len(counts)}{number}.uz"))
    assert [rows for rows, _queries in counts] == [1, 6]
    assert counts[0][1] == counts[1][1] <= 6
