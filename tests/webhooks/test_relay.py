"""The relay at work: a thousand events, receivers in every mood, and nobody waits for anybody else."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.webhooks.conftest import Desk
from tests.webhooks.receiver import Receiver, Reply
from webhooks import lanes, numbering, schedule
from webhooks.choices import DeliveryState
from webhooks.lanes import LANES
from webhooks.models import Delivery, Event
from webhooks.querysets import PING
from webhooks.relay import Relay

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def running() -> Iterator[Relay]:
    relay = Relay()
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(30)
        assert not thread.is_alive()


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def happen(count: int) -> None:
    """So many events of an object each, as a batch of leads would leave them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_event (uid, type, object_id, at, data) SELECT gen_random_uuid(), 'lead.created',"
            " gen_random_uuid(), now(), '{}' FROM generate_series(1, %s)",
            [count],
        )


def test_a_thousand_events_are_verified_and_have_one_effect_each(hooks: Desk, settings: Any) -> None:
    settings.WEBHOOK_TIMEOUT = 30  # on a busy machine an answer takes longer than the half second of the other tests
    _endpoint, line = hooks.endpoint()
    happen(1000)
    with running():
        wait_for(lambda: len(line.effects) == 1000)
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 1000)
    assert set(line.effects.values()) == {1}
    assert line.refused == 0
    assert max(line.deliveries.values()) == 1


def one_object_hundred_times(hooks: Desk) -> list[int]:
    """The numbers of its events in the order in which the receiver heard them; nothing is tried twice meanwhile."""
    _endpoint, line = hooks.endpoint(types=["lead.updated"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhooks_event (uid, type, object_id, at, data) SELECT gen_random_uuid(), 'lead.updated',"
            " '00000000-0000-7000-8000-000000000001', now(), '{}' FROM generate_series(1, 100)"
        )
    with running():
        wait_for(lambda: len(line.heard) == 100)
    assert max(line.deliveries.values()) == 1
    return [told["data"]["sequence"] for told in line.heard]


def most_overtaken(numbers: list[int]) -> int:
    """How many earlier events were still to come when a later one was heard, at most."""
    return max(sum(late < number for late in numbers[place:]) for place, number in enumerate(numbers))


def test_an_event_overtakes_no_more_of_its_object_than_are_under_way_beside_it(hooks: Desk, settings: Any) -> None:
    """What waits is taken in its order, so that however slow the machine, whatever an event overtakes is in another
    lane at that moment; its number tells the receiver what came late."""
    settings.WEBHOOK_TIMEOUT = 30  # a short patience would end in repetitions, which come in any order
    numbers = one_object_hundred_times(hooks)
    assert sorted(numbers) == list(range(1, 101))
    assert most_overtaken(numbers) < LANES


def test_a_lane_that_took_the_newest_first_would_be_found(
    hooks: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Backwards(deque[Any]):
        popleft = deque.pop

    settings.WEBHOOK_TIMEOUT = 30
    monkeypatch.setattr(lanes, "deque", Backwards)
    assert most_overtaken(one_object_hundred_times(hooks)) >= LANES


def test_a_receiver_in_trouble_delays_no_other(hooks: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five ways of trouble beside a healthy receiver: each event reaches it within a few seconds."""
    monkeypatch.setattr(schedule, "RETRIES", (0.2,) * 60)
    troubles = [
        Reply(500), Reply(429, headers={"Retry-After": "1"}), Reply(silence=2), Reply(cut=True),
        Reply(302, headers={"Location": "http://127.0.0.1:1/"}),
    ]  # fmt: skip
    sick = [hooks.endpoint(receiver=Receiver(moods=lambda _n, reply=reply: reply)) for reply in troubles]
    _endpoint, well = hooks.endpoint()
    with running():
        began = time.monotonic()
        for _n in range(10):
            happen(5)
            time.sleep(0.2)
        wait_for(lambda: len(well.heard) == 50, 10)
        late = time.monotonic() - began - 2
        for endpoint, _line in sick:
            rows = Delivery.objects.filter(endpoint=endpoint)
            assert rows.filter(attempts__gte=1).exists()
            assert not rows.filter(state=DeliveryState.DELIVERED).exists()
    assert late < 5, f"{late:.1f} s"


def test_receivers_that_mend_get_everything_in_the_end(hooks: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "RETRIES", (0.1,) * 60)
    moods = [Reply(500), Reply(cut=True), Reply(), Reply(302), Reply(silence=1), Reply()]
    _endpoint, line = hooks.endpoint(
        receiver=Receiver(moods=lambda number: moods[number % len(moods)] if number < 60 else Reply())
    )
    happen(40)
    with running():
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 40, 40)
    assert len(line.effects) == 40
    assert max(line.deliveries.values()) > 1


def test_two_relays_send_nothing_twice(hooks: Desk) -> None:
    _endpoint, line = hooks.endpoint()
    happen(200)
    with running(), running():
        wait_for(lambda: len(line.effects) == 200)
        wait_for(lambda: not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists())
    assert max(line.deliveries.values()) == 1


def test_a_relay_that_is_asked_to_stop_finishes_what_is_under_way(hooks: Desk, settings: Any) -> None:
    settings.WEBHOOK_TIMEOUT = 5
    _endpoint, line = hooks.endpoint(receiver=Receiver(moods=lambda _number: Reply(silence=0.7)))
    happen(4)
    with running():
        wait_for(lambda: len(line.effects) == 4)
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 4


def test_the_database_may_go_and_come_back(hooks: Desk) -> None:
    _endpoint, line = hooks.endpoint(receiver=Receiver(moods=lambda _number: Reply(silence=0.2)))
    happen(20)
    with running():
        wait_for(lambda: len(line.effects) > 2)
        for _n in range(3):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            time.sleep(0.3)
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 20)
    assert max(line.deliveries.values()) == 1


def test_without_endpoints_events_are_numbered_for_the_feed(office: Any) -> None:
    happen(3)
    with running():
        wait_for(lambda: Event.objects.filter(position__isnull=False).count() == 3)
    assert numbering.number_all() == 0
    assert not Event.objects.filter(type=PING).exists()
