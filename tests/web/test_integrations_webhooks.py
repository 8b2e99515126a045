"""«Вебхуки» in the settings: made, checked, followed in the log, sent again."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import service_accounts
from accounts.models import User
from common import clock
from tests.office import Office
from tests.web.pressing import form_of as form_in
from tests.webhooks.conftest import Desk, due_now
from tests.webhooks.receiver import Reply, receiving
from webhooks import keys, numbering
from webhooks.models import Delivery, Endpoint
from webhooks.services.endpoints import create_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def inside(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*"]
    settings.WEBHOOK_TIMEOUT = 0.5


@pytest.fixture
def admin(office: Office) -> Client:
    client = Client()
    client.force_login(office.adiba)
    return client


@pytest.fixture
def account(office: Office) -> User:
    return service_accounts.create(by=office.adiba, name="Хранилище", team=office.north)


@pytest.fixture
def endpoint(office: Office, account: User) -> Endpoint:
    return create_endpoint(by=office.adiba, url="http://127.0.0.1:9/hook", account=account).endpoint


def url(name: str, *args: object) -> str:
    return reverse(f"integrations:{name}", args=args)


def filled(client: Client, path: str, **more: Any) -> dict[str, Any]:
    form = form_in(client.get(path).content.decode(), path)
    assert form is not None
    return form.data() | more


def turn(office: Office) -> None:
    Desk(office, None).turn()  # type: ignore[arg-type]


def test_a_webhook_is_made_and_its_secret_shown_once(admin: Client, account: User) -> None:
    path = url("webhook_create")
    form = filled(admin, path, url="http://127.0.0.1:9/in", account=str(account.pk), types=["lead.created"])
    page = admin.post(path, form)
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", unescape(page.content.decode()))
    assert found is not None
    made = Endpoint.objects.get()
    assert keys.open_sealed(made.secret) == found[0]
    assert made.types == ["lead.created"]
    again = admin.post(path, form)
    assert again.status_code == 302
    assert Endpoint.objects.count() == 1
    for where in (url("webhooks"), url("webhook", made.pk), url("webhook_edit", made.pk)):
        assert found[0] not in unescape(admin.get(where).content.decode())


def test_an_address_inside_is_refused_beside_the_field_and_nothing_typed_is_lost(
    admin: Client, account: User, settings: Any
) -> None:
    settings.WEBHOOK_HOSTS = ["*"]
    path = url("webhook_create")
    page = admin.post(path, filled(admin, path, url="https://10.0.0.1/in", account=str(account.pk), description="АБС"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "внутренней сети" in text
    assert "https://10.0.0.1/in" in text
    assert "АБС" in text
    assert not Endpoint.objects.exists()


def test_a_test_ping_shows_in_the_log_with_its_answer(admin: Client, office: Office, account: User) -> None:
    with receiving() as line:
        made = create_endpoint(by=office.adiba, url=line.url, account=account)
        line.secret = made.secret
        line.moods = lambda _number: Reply(500, b"<b>broken</b>")
        page = admin.get(url("webhook", made.endpoint.pk)).content.decode()
        ping = form_in(page, url("webhook_ping", made.endpoint.pk))
        assert ping is not None
        assert admin.post(url("webhook_ping", made.endpoint.pk), ping.data()).status_code == 302
        turn(office)
        delivery = Delivery.objects.get()
        log = admin.get(url("webhook", made.endpoint.pk)).content.decode()
        assert "ждёт повтора" in log
        for words, found in ((str(delivery.event.uid), True), ("не номер", False)):
            part = admin.get(url("webhook", made.endpoint.pk), {"q": words}).content.decode()
            assert (f"delivery-{delivery.pk}" in part) is found
        shown = admin.get(url("webhook_delivery", delivery.pk)).content.decode()
        assert "ответ 500" in shown
        assert "&lt;b&gt;broken" in shown
        assert str(delivery.event.uid) in shown
        line.moods = lambda _number: Reply()
        admin.post(url("webhook_delivery_replay", delivery.pk))
        turn(office)
        assert "доставлено" in admin.get(url("webhook_delivery", delivery.pk)).content.decode()
        assert list(line.effects.values()) == [1]


def test_the_words_of_a_failure_are_for_people(admin: Client, office: Office, endpoint: Endpoint) -> None:
    admin.post(url("webhook_ping", endpoint.pk))
    turn(office)
    page = admin.get(url("webhook_delivery", Delivery.objects.get().pk)).content.decode()
    assert "соединение отклонено" in page


def test_it_is_paused_resumed_and_switched_off(admin: Client, endpoint: Endpoint) -> None:
    for state, words in (("paused", "на паузе"), ("active", "работает"), ("disabled", "отключён")):
        assert admin.post(url("webhook_state", endpoint.pk), {"state": state}).status_code == 302
        endpoint.refresh_from_db()
        assert endpoint.state == state
        assert words in admin.get(url("webhook", endpoint.pk)).content.decode()
    assert admin.post(url("webhook_state", endpoint.pk), {"state": "dreaming"}).status_code == 422


def test_an_edit_on_what_others_changed_meanwhile_is_not_saved(admin: Client, endpoint: Endpoint) -> None:
    path = url("webhook_edit", endpoint.pk)
    form = filled(admin, path, description="Моё")
    admin.post(path, filled(admin, path, description="Чужое"))
    page = admin.post(path, form)
    assert page.status_code == 409
    endpoint.refresh_from_db()
    assert endpoint.description == "Чужое"


def test_the_secret_is_replaced_on_a_page_of_its_own(admin: Client, endpoint: Endpoint) -> None:
    path = url("webhook_rotate", endpoint.pk)
    page = admin.post(path, filled(admin, path)).content.decode()
    endpoint.refresh_from_db()
    assert keys.open_sealed(endpoint.secret) in unescape(page)
    assert endpoint.has_two_secrets(clock.now())
    assert "подписывает вместе с новым" in admin.get(url("webhook", endpoint.pk)).content.decode()


def test_dead_letters_are_counted_and_sent_again(admin: Client, office: Office, endpoint: Endpoint) -> None:
    admin.post(url("webhook_ping", endpoint.pk))
    turn(office)
    Delivery.objects.update(state="dead")
    page = admin.get(url("webhook", endpoint.pk)).content.decode()
    assert "не доставлено за трое суток" in page
    assert "1 не доставлено" in admin.get(url("webhooks")).content.decode()
    admin.post(url("webhook_revive", endpoint.pk))
    assert Delivery.objects.get().state == "waiting"


def test_a_span_is_sent_again(admin: Client, office: Office, endpoint: Endpoint) -> None:
    office.lead()
    numbering.number_all()
    Delivery.objects.update(state="delivered")
    path = url("webhook_replay", endpoint.pk)
    answer = admin.post(path, filled(admin, path, since="2020-01-01T00:00", until="2099-01-01T00:00"))
    assert answer.status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}
    wrong = admin.post(path, filled(admin, path, since="2026-02-01T00:00", until="2026-01-01T00:00"))
    assert wrong.status_code == 422
    assert "позже начала" in wrong.content.decode()
    due_now()


def test_an_auditor_reads_and_others_stay_out(office: Office, endpoint: Endpoint) -> None:
    client = Client()
    client.force_login(office.aziz)
    page = client.get(url("webhook", endpoint.pk))
    assert page.status_code == 200
    assert "Сменить секрет" not in page.content.decode()
    assert client.post(url("webhook_ping", endpoint.pk)).status_code == 403
    client.force_login(office.nodira)
    assert client.get(url("webhooks")).status_code == 403
