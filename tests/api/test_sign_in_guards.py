"""What the API asks of a browser's session and of bad tokens."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import stepup, tokens
from accounts.models import ApiToken
from common import clock
from tests.office import Office

pytestmark = pytest.mark.django_db
BAD = {"Authorization": "Bearer crm_test_0123456789abcdef." + "A" * 43}


def test_five_bad_tokens_are_told_and_the_sixth_waits_while_a_good_one_passes(
    office: Office, client: Client, settings: Any
) -> None:
    settings.API_GUESSES = 5
    good = tokens.issue(account="abs", scopes=["leads:read"], days=3, at=clock.now(), team=office.north).plain
    answers = [client.get("/api/v1/me/", headers=BAD) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_guesses"
    assert int(answers[-1]["Retry-After"]) <= 900
    assert client.get("/api/v1/me/", headers={"Authorization": f"Bearer {good}"}).status_code == 200


def test_a_session_whose_proof_is_old_is_told_so_and_a_token_is_not_asked(office: Office, client: Client) -> None:
    client.force_login(office.adiba)

    def ask() -> Any:
        return client.post("/api/v1/webhook-endpoints/", {}, content_type="application/json")

    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        refused = ask()
    assert (refused.status_code, refused.json()["code"]) == (403, "reauth_required")
    assert ask().json()["code"] == "invalid"


def test_the_door_lets_tokens_through() -> None:
    class Call:
        auth = ApiToken()

    stepup.demand(Call())
