"""The sandbox: a token that works, a receiver that judges as a bank's own should, and neither among real data."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import include, path

from accounts import tokens
from channels import signing
from common import clock
from demo import sandbox, signins
from demo.checks import no_sandbox_among_real_data
from demo.models import Receipt, Verdict
from tests.office import Office
from webhooks import keys
from webhooks.models import Delivery, Endpoint
from webhooks.numbering import number_all

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [path("sandbox/", include("web.sandbox.urls")), path("", include("salescrm.urls"))]
BASE = "http://127.0.0.1:8000"
HOOK = "/sandbox/receive/demo/"
BODY = json.dumps({"type": "lead.created", "data": {"id": "01"}}).encode()


@pytest.fixture(autouse=True)
def demonstration(settings: Any, tmp_path: Path, office: Office) -> None:
    settings.DEMO_MODE = settings.WEBHOOK_SANDBOX = True
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*"]
    settings.DATA_DIR = tmp_path
    office.adiba  # noqa: B018 - an administrator must be there


@pytest.fixture
def secret() -> str:
    sandbox.stand(base=BASE, at=clock.now())
    return keys.open_sealed(Endpoint.objects.get().secret)


def send(body: bytes = BODY, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().generic("POST", HOOK, body, content_type="application/json", headers=named).status_code


def signed(secret: str, *, seconds: int = 0) -> dict[str, str]:
    headers = signing.signed_headers("msg_1", BODY, secret=secret, at=int(clock.now().timestamp()) + seconds)
    return {name: value for name, value in headers.items() if name != "Content-Type"}


def test_the_token_works_at_once_and_is_told_where_the_signins_are() -> None:
    sandbox.stand(base=BASE, at=clock.now())
    token = sandbox.known_token()
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert any(token in line for line in signins.lines())
    assert token in Client().get("/login/").content.decode()
    assert sandbox.token_file().stat().st_mode & 0o077 == 0


def test_a_second_start_keeps_the_token_and_follows_the_port() -> None:
    sandbox.stand(base=BASE, at=clock.now())
    token = sandbox.known_token()
    sandbox.stand(base="http://127.0.0.1:9000", at=clock.now())
    assert sandbox.known_token() == token
    assert [endpoint.url for endpoint in Endpoint.objects.all()] == ["http://127.0.0.1:9000/sandbox/receive/demo/"]


def test_a_token_that_was_revoked_is_replaced() -> None:
    sandbox.stand(base=BASE, at=clock.now())
    token = sandbox.known_token()
    tokens.ApiToken.objects.update(revoked_at=clock.now())
    sandbox.stand(base=BASE, at=clock.now())
    assert sandbox.known_token() != token


def test_what_happened_before_is_not_sent_and_what_happens_after_is(office: Office) -> None:
    office.lead()
    sandbox.stand(base=BASE, at=clock.now())
    number_all()
    assert not Delivery.objects.exists()
    office.lead()
    number_all()
    assert Delivery.objects.exists()


def test_a_signed_delivery_is_taken_and_shown(secret: str, office: Office) -> None:
    assert send(**signed(secret)) == 204
    client = Client()
    client.force_login(office.olim)
    page = client.get("/sandbox/webhooks/").content.decode()
    assert "Подпись верна" in page
    assert "lead.created" in page
    assert "webhook-signature" in page
    fragment = client.get("/sandbox/webhooks/", headers={"HX-Request": "true"}).content.decode()
    assert "lead.created" in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize(
    ("spoil", "verdict"),
    [
        (lambda headers: headers | {"webhook-id": "msg_2"}, Verdict.FORGED),
        (lambda headers: headers | {"webhook-signature": ""}, Verdict.UNSIGNED),
        (lambda headers: headers | {"webhook-timestamp": "1700000000"}, Verdict.OLD),
    ],
)
def test_what_is_not_genuine_is_refused_and_shown_all_the_same(secret: str, spoil: Any, verdict: Verdict) -> None:
    assert send(**spoil(signed(secret))) == 400
    assert Receipt.objects.get().verdict == verdict


def test_one_changed_byte_is_noticed(secret: str) -> None:
    assert send(BODY.replace(b"01", b"02"), **signed(secret)) == 400


def test_only_the_last_ones_are_kept(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "KEPT", 3)
    for _time in range(5):
        send(**signed(secret))
    assert Receipt.objects.count() == 3


def test_where_no_endpoint_leads_nothing_is_taken(secret: str) -> None:
    assert Client().post("/sandbox/receive/other/", BODY, content_type="application/json").status_code == 404
    assert Client().post(HOOK, b"x" * 70_000, content_type="application/json").status_code == 413
    assert not Receipt.objects.exists()


def test_its_page_asks_for_a_signin() -> None:
    assert Client().get("/sandbox/webhooks/").status_code == 302


def test_among_real_data_it_is_refused(settings: Any) -> None:
    settings.DEMO_MODE = False
    assert [error.id for error in no_sandbox_among_real_data(None)] == ["demo.E001"]
    call_command("demo_sandbox")
    assert not Endpoint.objects.exists()


@pytest.mark.urls("salescrm.urls")
def test_without_the_setting_the_addresses_do_not_exist(secret: str) -> None:
    assert Client().post(HOOK, BODY, content_type="application/json").status_code == 404


def test_a_token_is_shown_nowhere_once_the_sandbox_is_off(settings: Any) -> None:
    sandbox.stand(base=BASE, at=clock.now())
    settings.WEBHOOK_SANDBOX = False
    assert sandbox.known_token() == ""
