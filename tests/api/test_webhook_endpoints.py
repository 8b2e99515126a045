"""Endpoints over REST: a bank system registers its own address, rotates its secret, looks into its log."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import ApiToken, User
from common import clock
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office
from tests.webhooks.receiver import Reply, receiving
from webhooks import dispatching, keys, numbering, sending
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db
HERE = {"url": "http://127.0.0.1:9/hook"}


@pytest.fixture(autouse=True)
def inside(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*"]
    settings.WEBHOOK_TIMEOUT = 0.5


def turn() -> None:
    numbering.number_all()
    dispatching.finish([sending.send(parcel) for parcel in dispatching.lease(busy={}, room=50)])


def test_a_system_registers_its_address_and_gets_the_secret_once(api: Api) -> None:
    made = api.post("webhook-endpoints/", HERE | {"types": ["lead.created"], "description": "Хранилище"})
    assert made.status_code == 201
    told = made.json()
    assert told["secret"].startswith("whsec_")
    assert told["account"] == str(ApiToken.objects.get().user_id)
    shown = api.get(made["Location"])
    assert "secret" not in shown.json()
    assert shown["ETag"] == made["ETag"]
    assert keys.open_sealed(Endpoint.objects.get().secret) == told["secret"]


def test_a_repetition_makes_no_second_endpoint_and_shows_no_secret(api: Api) -> None:
    key = {"Idempotency-Key": "hook-1"}
    first = api.post("webhook-endpoints/", HERE, headers=key)
    second = api.post("webhook-endpoints/", HERE, headers=key)
    assert (first.json()["id"], second["Idempotency-Replayed"]) == (second.json()["id"], "true")
    assert (bool(first.json()["secret"]), second.json()["secret"]) == (True, None)
    assert Endpoint.objects.count() == 1


def test_a_trial_leaves_nothing(api: Api) -> None:
    assert api.post("webhook-endpoints/?validate_only=true", HERE).status_code == 201
    assert not Endpoint.objects.exists()


def test_a_system_sees_its_own_endpoints_alone(api_of: MakeApi, office: Office) -> None:
    mine, other = api_of(office.north), api_of(office.north)
    pk = mine.post("webhook-endpoints/", HERE).json()["id"]
    assert [row["id"] for row in mine.get("webhook-endpoints/").json()["data"]] == [pk]
    assert other.get("webhook-endpoints/").json()["data"] == []
    etag = mine.get(f"webhook-endpoints/{pk}/")["ETag"]
    refused = [
        other.get(f"webhook-endpoints/{pk}/"),
        other.patch(f"webhook-endpoints/{pk}/", {"state": "disabled"}, etag=etag),
        other.get(f"webhook-endpoints/{pk}/deliveries/"),
        *(other.post(f"webhook-endpoints/{pk}/{deed}/") for deed in ("rotate", "ping")),
        other.post(f"webhook-endpoints/{pk}/replay/", {"dead": True}),
    ]
    assert {answer.status_code for answer in refused} == {404}
    foreign = User.objects.exclude(pk=Endpoint.objects.get().account_id).filter(role="service").get()
    assert mine.post("webhook-endpoints/", HERE | {"account": str(foreign.pk)}).status_code == 400


def test_an_address_inside_is_refused_with_words(api: Api, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ["*"]
    answer = api.post("webhook-endpoints/", {"url": "https://127.0.0.1/"})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/url", "private")


def test_it_is_changed_paused_and_put_to_work_again(api: Api) -> None:
    made = api.post("webhook-endpoints/", HERE)
    path = made["Location"]
    changed = api.patch(path, {"types": ["lead.closed"], "state": "paused"}, etag=made["ETag"])
    assert (changed.json()["types"], changed.json()["state"], changed.json()["stopped_why"]) == (
        ["lead.closed"], "paused", "by_hand",
    )  # fmt: skip
    assert api.patch(path, {"state": "active"}, etag=made["ETag"]).status_code == 412
    assert api.patch(path, {"state": "active"}).status_code == 428
    assert api.post(f"{path}ping/").status_code == 422
    assert api.patch(path, {"state": "active"}, etag=changed["ETag"]).json()["state"] == "active"


def test_ping_rotation_log_and_replay(api: Api, office: Office) -> None:
    with receiving() as line:
        made = api.post("webhook-endpoints/", {"url": line.url}).json()
        line.secret, path = made["secret"], f"webhook-endpoints/{made['id']}/"
        line.moods = lambda number: Reply(500, b"broken") if number == 1 else Reply()
        assert api.post(f"{path}ping/").status_code == 202
        turn()
        [row] = api.get(f"{path}deliveries/").json()["data"]
        assert (row["type"], row["state"], row["attempts"], row["last_status"]) == ("ping", "waiting", 1, 500)
        assert row["tries"][0]["body"] == "broken"
        assert api.get(f"{path}deliveries/", state="dead").json()["data"] == []
        assert api.post(f"{path}replay/", {"delivery": row["id"]}).json() == {"count": 1}
        turn()
        assert line.types == ["ping"]
        rotated = api.post(f"{path}rotate/")
        assert rotated.json()["secret"] != made["secret"]
        began = clock.now() - timedelta(minutes=1)
        office.lead()
        turn()
        assert set(line.types) == {"ping", "lead.created", "agent.created"}
        span = {"since": began.isoformat(), "until": (clock.now() + timedelta(minutes=1)).isoformat()}
        assert api.post(f"{path}replay/", span).json() == {"count": 2}
        turn()
        assert max(line.deliveries.values()) == 2
        assert set(line.effects.values()) == {1}


def test_dead_letters_are_sent_again(api: Api) -> None:
    made = api.post("webhook-endpoints/", HERE).json()
    api.post(f"webhook-endpoints/{made['id']}/ping/")
    numbering.number_all()
    Delivery.objects.update(state="dead")
    assert len(api.get(f"webhook-endpoints/{made['id']}/deliveries/", state="dead").json()["data"]) == 1
    assert api.post(f"webhook-endpoints/{made['id']}/replay/", {"dead": True}).json() == {"count": 1}
    assert Delivery.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "body", [{}, {"dead": False}, {"since": "2026-01-01T00:00:00Z"}, {"dead": True, "delivery": "x"}]
)
def test_a_replay_says_just_one_thing(api: Api, body: dict[str, Any]) -> None:
    pk = api.post("webhook-endpoints/", HERE).json()["id"]
    assert api.post(f"webhook-endpoints/{pk}/replay/", body).status_code == 422


def test_the_right_to_webhooks_is_asked_for(api_of: MakeApi) -> None:
    answer = api_of(None, "leads:read").post("webhook-endpoints/", HERE)
    assert (answer.status_code, answer.json()["scope"]) == (403, "webhooks")
