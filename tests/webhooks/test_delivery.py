"""Delivering to a receiver that verifies by the ``standardwebhooks`` package: signatures, schedule, health."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts.models import User
from common import clock
from notifications.models import Delivery as Letter
from notifications.models import Notice
from notifications.texts import compose
from tests.webhooks.conftest import Desk, due_now
from tests.webhooks.receiver import Receiver, Reply
from webhooks import dispatching, numbering, schedule, sending
from webhooks.choices import DeliveryState, EndpointState, Stop
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.services import endpoints, replaying

pytestmark = pytest.mark.django_db


def one_delivery(hooks: Desk, endpoint: Endpoint) -> Delivery:
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    numbering.number_all()
    return Delivery.objects.get(endpoint=endpoint)


def silent(receiver: Receiver, *replies: Reply) -> None:
    receiver.moods = lambda number: replies[min(number, len(replies)) - 1]


def test_an_event_is_delivered_signed_and_thin(hooks: Desk) -> None:
    _endpoint, line = hooks.endpoint(types=["lead.created"])
    lead = hooks.office.lead()
    assert hooks.turn() == 1
    [told] = line.heard
    assert told["type"] == "lead.created"
    assert told["data"] == {
        "id": str(lead.pk), "sequence": 1, "actor": str(hooks.office.olim.pk), "origin": told["data"]["origin"],
    }  # fmt: skip
    assert told["timestamp"].endswith("Z")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.DELIVERED, 1, 204)
    assert line.headers[0]["webhook-id"] == str(delivery.event.uid)


def test_what_was_changed_is_old_or_is_another_s_is_not_believed(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    one_delivery(hooks, endpoint)
    [parcel] = dispatching.lease(busy={}, room=1)
    body, at = b'{"type":"ping"}', int(clock.now().timestamp())
    headers = sending.signed(parcel, body, at=at)
    Webhook(line.secret).verify(body, headers)
    _other, stranger = hooks.endpoint()
    wrong = [
        (line.secret, body.replace(b"ping", b"pong"), headers),
        (line.secret, body, headers | {"webhook-id": "other"}),
        (line.secret, body, sending.signed(parcel, body, at=at - 600)),
        (line.secret, body, headers | {"webhook-timestamp": str(at - 10)}),
        (stranger.secret, body, headers),
    ]
    for secret, given, signed in wrong:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(given, signed)


def test_while_a_secret_is_replaced_either_verifies(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    former = line.secret
    made = endpoints.rotate_secret(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    assert made.secret != former
    one_delivery(hooks, endpoint)
    hooks.turn()
    assert len(line.heard) == 1
    assert len(line.headers[0]["webhook-signature"].split()) == 2
    Endpoint.objects.update(old_secret_until=clock.now() - timedelta(seconds=1))
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    hooks.turn()
    assert line.refused == 1
    line.secret = made.secret
    due_now()
    hooks.turn()
    assert len(line.headers[1]["webhook-signature"].split()) == 1


def test_secrets_are_not_kept_in_plain_text(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM webhooks_endpoint e")
        kept = cursor.fetchone()[0]
        cursor.execute("SELECT to_jsonb(e)::text FROM webhooks_endpointevent e")
        audited = cursor.fetchone()[0]
    assert line.secret.removeprefix("whsec_") not in kept + audited
    assert endpoint.secret not in audited


def test_a_secret_of_another_system_key_is_a_failure_that_is_named(hooks: Desk, settings: Any) -> None:
    endpoint, line = hooks.endpoint()
    one_delivery(hooks, endpoint)
    settings.SECRET_KEY = "another" * 8
    hooks.turn()
    assert (Attempt.objects.get().error, line.heard) == ("secret_lost", [])
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests-" + "x" * 40]
    due_now()
    hooks.turn()
    assert len(line.heard) == 1


@pytest.mark.parametrize(
    ("reply", "status", "error"),
    [
        (Reply(500, b"\xd0\x9e\xd0\xb9\x00!"), 500, ""),
        (Reply(302, headers={"Location": "/elsewhere"}), 302, ""),
        (Reply(silence=0.8), None, "TimeoutError"),
        (Reply(cut=True), None, "RemoteDisconnected"),
        (Reply(404), 404, ""),
    ],
)
def test_a_failure_is_kept_with_its_answer_and_tried_again_under_the_same_id(
    hooks: Desk, reply: Reply, status: int | None, error: str
) -> None:
    endpoint, line = hooks.endpoint()
    delivery = one_delivery(hooks, endpoint)
    silent(line, reply, Reply())
    before = clock.now()
    assert hooks.turn() == 1
    tried = Attempt.objects.get()
    assert (tried.status, tried.error) == (status, error)
    assert tried.body == ("Ой!" if status == 500 else "")
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.WAITING
    assert timedelta(seconds=4) < delivery.next_at - before < timedelta(seconds=5 * (1 + schedule.JITTER) + 3)
    due_now()
    hooks.turn()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)
    assert set(line.deliveries) == {str(delivery.event.uid)}


def test_the_schedule_spans_three_days_and_ends_in_the_dead_letters(hooks: Desk) -> None:
    assert timedelta(days=2.8) < timedelta(seconds=sum(schedule.RETRIES)) < timedelta(days=3.2)
    endpoint, line = hooks.endpoint()
    delivery = one_delivery(hooks, endpoint)
    silent(line, Reply(500))
    for number in range(len(schedule.RETRIES) + 1):
        assert Attempt.objects.count() == number
        due_now()
        hooks.turn()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DEAD
    silent(line, Reply())
    assert replaying.replay_dead(endpoint=endpoint, by=hooks.office.adiba) == 1
    hooks.turn()
    assert list(line.effects.values()) == [1]


def test_pauses_differ_a_little() -> None:
    pauses = {schedule.pause_after(1) for _n in range(20)}
    assert len(pauses) > 10
    assert all(5 <= pause <= 5 * (1 + schedule.JITTER) for pause in pauses if pause)


def test_the_quiet_that_a_receiver_asks_for_holds_for_all_that_is_owed_to_it(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    silent(line, Reply(429, headers={"Retry-After": "120"}))
    one_delivery(hooks, endpoint)
    hooks.turn()
    delivery = Delivery.objects.get()
    assert timedelta(seconds=110) < delivery.next_at - clock.now() < timedelta(seconds=125)
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    assert hooks.turn() == 0
    Endpoint.objects.update(quiet_until=clock.now() - timedelta(seconds=1))
    assert hooks.turn() == 1


def test_a_receiver_that_is_gone_is_disabled_at_once_and_its_owner_told(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    Endpoint.objects.update(owner=hooks.office.nodira)
    silent(line, Reply(410))
    one_delivery(hooks, endpoint)
    hooks.turn()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.stopped_why) == (EndpointState.DISABLED, Stop.GONE)
    notice = Notice.objects.get(kind="webhook_stopped")
    assert (notice.user, notice.facts["host"]) == (hooks.office.nodira, "127.0.0.1")
    hooks.office.lead()
    hooks.turn()
    assert Delivery.objects.count() == 1


def test_the_letter_about_it_names_the_host_and_not_the_address(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    Endpoint.objects.update(owner=hooks.office.nodira, url=line.url.replace("127.0.0.1", "localhost") + "?token=hidden")
    silent(line, Reply(410))
    one_delivery(hooks, endpoint)
    hooks.turn()
    letter = compose(Letter.objects.get(user=hooks.office.nodira), "nodira@bank.test")
    assert letter.subject == "Вебхук остановлен: localhost"
    assert "hidden" not in letter.text


def failing(hooks: Desk, *, failures: int, hours: float) -> Endpoint:
    endpoint, line = hooks.endpoint()
    silent(line, Reply(500))
    one_delivery(hooks, endpoint)
    since = clock.now() - timedelta(hours=hours)
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=failures, failing_since=since)
    hooks.turn()
    endpoint.refresh_from_db()
    return endpoint


def test_an_endpoint_that_failed_for_a_day_pauses_and_every_administrator_is_told(hooks: Desk) -> None:
    endpoint = failing(hooks, failures=19, hours=24.1)
    assert (endpoint.state, endpoint.stopped_why) == (EndpointState.PAUSED, Stop.FAILING)
    assert [notice.user for notice in Notice.objects.all()] == [hooks.office.adiba]
    hooks.office.lead()
    hooks.turn()
    assert Delivery.objects.filter(state=DeliveryState.WAITING).count() == 3
    endpoints.set_state(endpoint=endpoint, by=hooks.office.adiba, state=EndpointState.ACTIVE)
    due_now()
    assert hooks.turn() >= 1


@pytest.mark.parametrize(("failures", "hours"), [(18, 48), (500, 23)])
def test_a_few_failures_or_a_short_trouble_pause_nobody(hooks: Desk, failures: int, hours: float) -> None:
    assert failing(hooks, failures=failures, hours=hours).state == EndpointState.ACTIVE
    assert not Notice.objects.exists()


def test_a_success_forgets_the_failures_before_it(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    silent(line, Reply(500), Reply())
    one_delivery(hooks, endpoint)
    hooks.turn()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.version) == (1, 1)
    due_now()
    hooks.turn()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)
    assert endpoint.last_ok_at is not None


def test_a_lost_lease_writes_nothing(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    delivery = one_delivery(hooks, endpoint)
    [mine] = dispatching.lease(busy={}, room=1)
    assert dispatching.lease(busy={}, room=1) == []
    due_now()
    [theirs] = dispatching.lease(busy={}, room=1)
    dispatching.finish([sending.send(mine)])
    assert not Attempt.objects.exists()
    dispatching.finish([sending.send(theirs)])
    delivery.refresh_from_db()
    assert (delivery.attempts, line.deliveries[str(delivery.event.uid)], sum(line.effects.values())) == (1, 2, 1)


def test_a_renewed_lease_is_not_taken_and_a_released_one_is(hooks: Desk) -> None:
    endpoint, _line = hooks.endpoint()
    one_delivery(hooks, endpoint)
    held = dispatching.lease(busy={}, room=1)
    due_now()
    dispatching.renew(held)
    assert dispatching.lease(busy={}, room=1) == []
    dispatching.release(held)
    assert len(dispatching.lease(busy={}, room=1)) == 1


def test_so_much_is_leased_for_an_endpoint_and_a_single_one_while_it_fails(hooks: Desk) -> None:
    one, _line = hooks.endpoint()
    two, _other = hooks.endpoint()
    for _n in range(dispatching.QUEUE + 2):
        for endpoint in (one, two):
            endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    numbering.number_all()
    Endpoint.objects.filter(pk=two.pk).update(failures=3)
    leased = [parcel.endpoint_id for parcel in dispatching.lease(busy={}, room=100)]
    assert (leased.count(one.pk), leased.count(two.pk)) == (dispatching.QUEUE, 1)
    busy = {one.pk: dispatching.QUEUE - 1, two.pk: 1}
    assert [parcel.endpoint_id for parcel in dispatching.lease(busy=busy, room=100)] == [one.pk]


def test_a_span_is_sent_again_with_the_same_ids_and_to_a_younger_endpoint_too(hooks: Desk) -> None:
    old, first = hooks.endpoint(hooks.office.north, types=["lead.created"])
    began = clock.now()
    hooks.office.lead(hooks.office.olim)
    hooks.office.lead(hooks.office.sitora)
    hooks.turn()
    young, second = hooks.endpoint(hooks.office.north, types=["lead.created"])
    for endpoint in (old, young):
        sent = replaying.replay_span(
            endpoint=endpoint, by=hooks.office.adiba, since=began, until=clock.now() + timedelta(minutes=1)
        )
        assert sent == 1
    hooks.turn()
    assert list(first.deliveries.values()) == [2]
    assert (list(first.effects.values()), len(second.heard)) == ([1], 1)
    assert set(first.deliveries) == set(second.deliveries)


def test_a_ping_reaches_its_endpoint_alone_and_no_feed(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint(types=["lead.created"])
    _other, stranger = hooks.endpoint()
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    hooks.turn()
    assert (line.types, stranger.types) == (["ping"], [])
    assert not Event.objects.told().exists()


def test_an_owner_who_left_does_not_stop_the_relay(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    Endpoint.objects.update(owner=hooks.office.nodira)
    User.objects.filter(pk=hooks.office.nodira.pk).update(is_active=False)
    silent(line, Reply(410))
    one_delivery(hooks, endpoint)
    hooks.turn()
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.DISABLED
