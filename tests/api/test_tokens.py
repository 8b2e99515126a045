"""Tokens at the door: which are taken, from where, until when, and what is told of them."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import service_accounts, tokens
from accounts.models import ApiToken
from common import clock
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_revoked_token_is_refused_from_the_next_call_on(api: Api, office: Office) -> None:
    assert api.get("leads/").status_code == 200
    tokens.revoke(token=ApiToken.objects.get(), at=clock.now(), by=office.adiba)
    assert code(api.get("leads/")) == (401, "token_invalid")


def test_a_shut_account_is_refused_from_the_next_call_on(api: Api, office: Office) -> None:
    assert api.get("leads/").status_code == 200
    account = ApiToken.objects.get().user
    service_accounts.update(account=account, by=office.adiba, changes={"is_active": False})
    assert code(api.get("leads/")) == (401, "token_invalid")


def test_both_secrets_open_while_a_rotation_lasts(api: Api, office: Office) -> None:
    issued = tokens.rotate(token=ApiToken.objects.get(), by=office.adiba, at=clock.now(), old_days=1, days=30)
    assert api.get("me/").status_code == Api(issued.plain).get("me/").status_code == 200
    ApiToken.objects.update(old_secret_until=clock.now() - timedelta(seconds=1))
    assert api.get("me/").status_code == 401
    assert Api(issued.plain).get("me/").status_code == 200


def test_a_token_of_another_stand_is_refused(api: Api, settings) -> None:
    settings.API_TOKEN_ENV = "prod"
    assert code(api.get("me/")) == (401, "token_invalid")


@pytest.mark.parametrize(
    ("listed", "status"), [([], 200), (["127.0.0.0/8"], 200), (["10.0.0.0/8"], 403), (["::1/128"], 403)]
)
def test_a_token_with_addresses_is_taken_from_them_only(
    api: Api, office: Office, listed: list[str], status: int
) -> None:
    tokens.restrict(token=ApiToken.objects.get(), by=office.adiba, addresses=listed)
    answer = api.get("me/")
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "address_refused"
        assert ApiToken.objects.get().last_used_at is None  # it was not used


def test_the_address_is_the_proxy_s_word_only_where_a_proxy_is_vouched_for(api: Api, office: Office, settings) -> None:
    tokens.restrict(token=ApiToken.objects.get(), by=office.adiba, addresses=["10.0.0.0/8"])
    said = {"X-Forwarded-For": "10.1.1.1"}
    assert api.get("me/", headers=said).status_code == 403
    settings.TRUSTED_PROXIES = 1
    assert api.get("me/", headers=said).status_code == 200


def test_the_use_of_a_token_is_kept_with_its_place(api: Api) -> None:
    before = clock.now()
    api.get("me/")
    token = ApiToken.objects.get()
    assert token.last_used_at >= before
    assert token.last_used_ip == "127.0.0.1"


def test_me_tells_what_an_integrator_asks_for(api_of: MakeApi, office: Office) -> None:
    api = api_of(office.north, "leads:read", "pii:read")
    token = ApiToken.objects.get()
    tokens.restrict(token=token, by=office.adiba, addresses=["127.0.0.1"])
    issued = tokens.rotate(token=token, by=office.adiba, at=clock.now(), old_days=2, days=30)
    told = Api(issued.plain).get("me/").json()["token"]
    assert (told["scopes"], told["addresses"]) == (["leads:read", "pii:read"], ["127.0.0.1/32"])
    assert told["old_secret_until"] < told["expires_at"]
    assert api.token.partition(".")[2] not in str(told)


def test_a_token_in_the_address_opens_nothing_and_is_written_down_nowhere(api: Api) -> None:
    answer = Api().get("leads/", access_token=api.token, token=api.token)
    assert answer.status_code == 401
    assert api.token.partition(".")[2] not in answer.content.decode()


def test_users_and_teams_are_those_of_the_caller_s_scope(api_of: MakeApi, office: Office) -> None:
    people = (office.olim, office.lola, office.anvar, office.sitora, office.adiba)
    office.olim.is_active = False
    office.olim.save(update_fields=["is_active"])
    api = api_of(office.north, "users:read")
    seen = {row["id"]: row for row in api.get("users/").json()["data"]}
    assert set(seen) == {str(person.pk) for person in people[:3]}  # no service accounts among them
    assert seen[str(office.olim.pk)] | {"email": ""} == seen[str(office.olim.pk)]
    assert (seen[str(office.olim.pk)]["name"], seen[str(office.olim.pk)]["active"]) == ("Olim", False)
    assert {row["name"] for row in api.get("teams/").json()["data"]} == {"North", "North-Auto"}
    assert {row["name"] for row in api.get("users/", active="true", role="product_owner").json()["data"]} == {"Anvar"}
    assert api.get(f"users/{office.sitora.pk}/").status_code == 404
    assert api.get(f"teams/{office.south.pk}/").status_code == 404
    whole = api_of(None, "users:read", "pii:read").get("users/", expand="team").json()["data"]
    assert {row["email"] for row in whole} == {person.email for person in people}
    assert {row["expanded"]["team"]["name"] for row in whole if row["team"]} == {"North", "North-Auto", "South"}


def test_a_lead_generator_sees_himself_and_the_name_of_his_team(office: Office) -> None:
    office.olim  # noqa: B018 - a colleague whom she does not see
    client = Client()
    client.force_login(office.lola, backend="allauth.account.auth_backends.AuthenticationBackend")
    api = Api(client=client)
    assert [row["name"] for row in api.get("users/").json()["data"]] == ["Lola"]
    assert [row["name"] for row in api.get("teams/").json()["data"]] == ["North"]
    assert api.get(f"users/{office.lola.pk}/").json()["email"] == office.lola.email
