"""Who gets in, and what he may do and see."""

from datetime import timedelta

import pghistory.models
import pytest
from django.test import Client

from accounts import tokens
from accounts.models import ApiToken
from common import clock
from funnel import rollups
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db
LEAD = {"kind": "agent", "name": "Иван", "contacts": [{"type": "phone", "value": "+998901112233"}]}


def without_request_id(answer) -> dict:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def signed_in(user) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_caller_without_a_key_is_told_how_to_get_in(db) -> None:
    answer = Api().get("leads/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("plain", ["crm_0000000000000000.secret", "crm_", "", "crm_x.y.z", "\u00e9"])
def test_an_unknown_key_is_refused(db, plain: str) -> None:
    answer = Api().get("me/", headers={"Authorization": f"Bearer {plain}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_a_key_with_another_secret_is_refused(api: Api) -> None:
    key = api.token.partition(".")[0]
    assert Api(f"{key}.{'x' * 43}").get("me/").status_code == 401
    assert api.get("me/").status_code == 200


def test_an_expired_or_revoked_key_is_refused_at_once(api: Api) -> None:
    assert api.get("me/").status_code == 200
    token = ApiToken.objects.get()
    tokens.revoke(token=token, at=clock.now())
    assert api.get("me/").status_code == 401
    ApiToken.objects.update(revoked_at=None, expires_at=clock.now() - timedelta(seconds=1))
    assert api.get("me/").status_code == 401


def test_me_tells_the_scopes_and_never_the_secret(api_of: MakeApi, office: Office) -> None:
    api = api_of(office.north, "leads:read")
    told = api.get("me/").json()
    assert told["token"]["scopes"] == ["leads:read"]
    assert told["account"]["team"] == str(office.north.pk)
    assert api.token.partition(".")[2] not in str(told)


def test_a_missing_scope_is_named(api_of: MakeApi) -> None:
    api = api_of(None, "leads:read")
    assert api.get("leads/").status_code == 200
    written = api.post("leads/", LEAD)
    assert (written.status_code, written.json()["code"], written.json()["scope"]) == (
        403,
        "scope_missing",
        "leads:write",
    )
    for noun in ("agents", "clients", "segments", "initiatives", "stages", "imports", "products", "utps", "hypotheses"):
        answer = api.get(f"{noun}/")
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), noun
    assert api.get("funnel/", kind="agent").json()["scope"] == "funnel:read"


def test_a_key_that_only_writes_does_not_read(api_of: MakeApi) -> None:
    api = api_of(None, "leads:write")
    assert api.post("leads/", LEAD).status_code == 201
    assert api.get("leads/").status_code == 403


def test_a_team_s_key_sees_its_subtree_and_nothing_beside_it(api_of: MakeApi, office: Office) -> None:
    mine, below, foreign = office.lead(office.olim), office.lead(office.anvar), office.lead(office.sitora)
    api = api_of(office.north)
    seen = {row["id"] for row in api.get("leads/").json()["data"]}
    assert seen == {str(mine.pk), str(below.pk)}
    assert api.get("leads/", include="total").json()["total"] == 2
    assert str(foreign.party_id) not in {row["id"] for row in api.get("agents/").json()["data"]}
    rollups.refresh(at=clock.now())
    assert api.get("funnel/", kind="agent").json()["data"][0]["entered"] == 2
    bank = api_of()
    assert bank.get("leads/", include="total").json()["total"] == 3


def test_foreign_missing_and_malformed_ids_get_one_answer(api_of: MakeApi, office: Office) -> None:
    foreign = office.lead(office.sitora)
    api = api_of(office.north)
    missing = "01900000-0000-7000-8000-000000000000"
    for pattern in ("leads/{}/", "leads/{}/moves/"):
        answers = [api.get(pattern.format(pk)) for pk in (foreign.pk, missing, "no-id-at-all")]
        assert {answer.status_code for answer in answers} == {404}
        assert without_request_id(answers[0]) == without_request_id(answers[1]) == without_request_id(answers[2])
    for pattern in ("agents/{}/", "clients/{}/"):
        assert api.get(pattern.format(foreign.party_id)).status_code == 404
    refused = api.patch(f"leads/{foreign.pk}/", {"base": "чужое"}, etag='"1"')
    assert refused.status_code == 404
    foreign.refresh_from_db()
    assert foreign.base == ""


def test_a_write_cannot_point_at_rows_out_of_sight(api_of: MakeApi, office: Office) -> None:
    foreign = office.lead(office.sitora)
    api = api_of(office.north)
    hidden = [
        {"kind": "agent", "party": str(foreign.party_id)},
        LEAD | {"owner": str(office.sitora.pk)},
        LEAD | {"agent": str(foreign.party_id)},
    ]
    for body in hidden:
        answer = api.post("leads/", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "does_not_exist")
    missing = api.post("leads/", LEAD | {"owner": "01900000-0000-7000-8000-000000000000"})
    shown = api.post("leads/", LEAD | {"owner": str(office.sitora.pk)})
    assert without_request_id(missing) == without_request_id(shown)


def test_a_filter_does_not_tell_that_a_hidden_row_exists(api_of: MakeApi, office: Office) -> None:
    hidden = api_of(office.north).get("leads/", owner=str(office.sitora.pk))
    missing = api_of(office.north).get("leads/", owner="01900000-0000-7000-8000-000000000000")
    assert hidden.status_code == missing.status_code == 400
    assert hidden.json()["errors"][0]["code"] == missing.json()["errors"][0]["code"]


def test_a_person_may_use_his_session_and_writes_need_the_csrf_token(office: Office) -> None:
    client = signed_in(office.olim)
    api = Api(client=client)
    assert api.get("me/").json()["token"] is None
    refused = api.post("leads/", LEAD)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    client.cookies["csrftoken"] = "a" * 32
    assert api.post("leads/", LEAD, headers={"X-CSRFToken": "a" * 32}).status_code == 201


def test_an_auditor_reads_everything_and_writes_nothing(office: Office) -> None:
    lead = office.lead(office.sitora)
    client = Client()
    client.force_login(office.aziz, backend="allauth.account.auth_backends.AuthenticationBackend")
    api = Api(client=client)
    assert api.get(f"leads/{lead.pk}/").status_code == 200
    answers = [
        api.post("leads/", {"nonsense": True}),
        api.patch(f"leads/{lead.pk}/", {"base": "x"}, etag='"1"'),
        api.post(f"leads/{lead.pk}/moves/", {"to": "meeting"}),
        api.post(f"leads/{lead.pk}/close/", {"outcome": "archived", "reason": "x"}),
        api.post(f"leads/{lead.pk}/assign/", {"owner": None}),
        api.put("leads/by-external/core/1/", LEAD),
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_a_password_is_no_key(office: Office) -> None:
    import base64

    basic = base64.b64encode(f"{office.olim.email}:{PASSWORD}".encode()).decode()
    assert Api().get("me/", headers={"Authorization": f"Basic {basic}"}).status_code == 401


def test_the_audit_trail_names_the_service_account_and_its_key(api: Api) -> None:
    lead = api.post("leads/", LEAD).json()
    event = pghistory.models.Events.objects.filter(pgh_model="leads.LeadEvent", pgh_obj_id=lead["id"]).get()
    token = ApiToken.objects.get()
    assert event.pgh_context["user"] == str(token.user_id)
    assert event.pgh_context["token"] == token.key
    assert api.token.partition(".")[2] not in str(event.pgh_context)
