"""Every call leaves a row, whatever became of it, and nothing in it is about a person."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts import tokens
from accounts.models import ApiCall, ApiToken
from api import access_log
from common import clock
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
LEAD = {"kind": "agent", "name": "Азиз Каримов", "contacts": [{"type": "phone", "value": "+998901112233"}]}


def last() -> ApiCall:
    return ApiCall.objects.latest("id")


def test_a_call_is_kept_with_all_that_an_auditor_asks_for(api: Api) -> None:
    lead = api.post("leads/", LEAD, headers={"X-Request-Id": "auditor-0001"})
    row, token = last(), ApiToken.objects.get()
    assert (row.method, row.route, row.status, row.object_id) == ("POST", "/api/v1/leads/", 201, None)
    assert (row.token_key, row.user_id, row.ip, row.request_id) == (
        token.key,
        token.user_id,
        "127.0.0.1",
        "auditor-0001",
    )
    assert row.size == len(lead.content)
    assert abs(row.at - clock.now()) < timedelta(minutes=1)
    api.get(f"leads/{lead.json()['id']}/")
    assert (last().route, str(last().object_id)) == ("/api/v1/leads/{id}/", lead.json()["id"])


def test_what_is_refused_is_kept_like_what_is_done(api_of: MakeApi, settings, office: Office) -> None:
    api = api_of(None, "leads:read")
    Api().get("leads/")
    assert (last().status, last().user_id, last().token_key) == (401, None, "")
    api.get("agents/")
    assert (last().status, last().token_key) == (403, ApiToken.objects.get().key)
    api.get("leads/0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000/")
    assert last().status == 404
    api.send("DELETE", "leads/")
    assert (last().status, last().method) == (405, "DELETE")
    tokens.restrict(token=ApiToken.objects.get(), by=office.adiba, addresses=["10.0.0.1"])
    api.get("leads/")
    assert (last().status, last().token_key) == (403, ApiToken.objects.get().key)
    tokens.restrict(token=ApiToken.objects.get(), by=office.adiba, addresses=[])
    settings.API_RATE_LIMIT = 1
    api.get("leads/")
    assert (last().status, last().user_id) == (429, ApiToken.objects.get().user_id)


def test_a_call_that_fails_inside_is_kept_though_nobody_foresaw_it(db: None) -> None:
    request = RequestFactory().get("/api/v1/leads/", headers={"X-Forwarded-For": "10.0.0.1"})
    access_log.RecordCalls(lambda _request: HttpResponse("out of order", status=500))(request)
    assert (last().status, last().route, last().size) == (500, access_log.UNKNOWN, len("out of order"))


@pytest.mark.parametrize("path", ["leads/?q=%D0%90%D0%B7%D0%B8%D0%B7&limit=1", "leads/by-external/abs/+998901112233/"])
def test_no_name_and_no_number_gets_into_the_log(api: Api, path: str) -> None:
    api.post("leads/", LEAD)
    api.client.generic("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {api.token}"})
    api.client.generic("GET", "/api/v1/Азиз/+998901112233/", headers={"Authorization": f"Bearer {api.token}"})
    assert last().route == access_log.UNKNOWN
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row::text, ' ') FROM accounts_apicall row")
        told = cursor.fetchone()[0]
    assert not [secret for secret in ("Азиз", "901112233", "%D0", "q=", api.token.partition(".")[2]) if secret in told]


def test_a_person_s_call_by_session_stands_under_his_name(office: Office) -> None:
    client = Client()
    client.force_login(office.olim, backend="allauth.account.auth_backends.AuthenticationBackend")
    Api(client=client).get("leads/")
    assert (last().user_id, last().token_key) == (office.olim.pk, "")


def test_the_document_the_pages_and_the_probes_are_no_calls(office: Office) -> None:
    client = Client()
    for path in ("/api/v1/openapi.json", "/api/docs/", "/health/live/", "/login/"):
        assert client.get(path).status_code == 200
    assert not ApiCall.objects.exists()


def test_a_request_for_another_host_leaves_no_row(api: Api) -> None:
    assert api.get("me/", headers={"Host": "evil.example"}).status_code == 400
    assert not ApiCall.objects.exists()
    api.get("me/")
    assert last().status == 200


def test_a_proxy_s_nonsense_is_no_address_and_loses_no_row(api: Api, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    api.get("me/", headers={"X-Forwarded-For": "unknown"})
    assert (last().status, last().ip) == (200, None)


def test_text_that_no_database_takes_is_kept_without_it(api: Api) -> None:
    api.client.generic("GET", "/api/v1/leads/?q=%00", headers={"Authorization": f"Bearer {api.token}"})
    assert (last().status, last().route) == (400, access_log.UNKNOWN)


@pytest.mark.django_db(transaction=True)
def test_the_row_stands_when_the_deed_s_transaction_is_rolled_back(api: Api) -> None:
    """The log is written past the deed: a refused move leaves its row, and nothing else."""
    lead = api.post("leads/", LEAD).json()
    refused = api.post(f"leads/{lead['id']}/moves/", {"to": "signed_contract"})
    assert refused.status_code == 409
    assert (last().status, str(last().object_id)) == (409, lead["id"])
    assert not transaction.get_connection().in_atomic_block


def test_a_call_costs_one_statement_more(api: Api, django_assert_num_queries) -> None:
    api.get("me/")
    with django_assert_num_queries(2):  # the token with its account and team, the row of the log
        api.get("me/")
