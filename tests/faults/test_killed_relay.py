"""A relay that is killed, again and again: every event arrives, under one id, with one effect."""

import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from runner.processes import Child, Program
from tests.faults.processes import ROOT, environment, send
from tests.office import Office
from tests.webhooks.conftest import Desk
from tests.webhooks.receiver import Receiver, Reply
from tests.webhooks.test_relay import happen, wait_for
from webhooks.choices import DeliveryState
from webhooks.models import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
KILLS = 10
EVENTS = 1000
# Constants of the process: leases that run out and pauses that end within the test.
_RELAY = """
import django
django.setup()
from webhooks import dispatching, schedule
from webhooks.relay import Relay
dispatching.LEASE_SECONDS = 1.5
schedule.RETRIES = (0.3,) * 60
Relay().run()
"""


def relay(folder: Path, number: int) -> Child:
    env = environment(CRM_PROCESS="relay", WEBHOOK_HOSTS="127.0.0.1:*", WEBHOOK_TIMEOUT="0.5")
    log = folder / f"relay-{number}.log"
    command = (sys.executable, "-c", _RELAY)
    return Child(Program(name="relay", command=command, log=log, env=env, cwd=ROOT, expendable=True))


def moods(number: int) -> Reply:
    """Mostly well; now and then 500, 429, silence, a cut line, a redirect."""
    trouble = {
        7: Reply(500), 19: Reply(429, headers={"Retry-After": "1"}), 31: Reply(silence=0.8), 43: Reply(cut=True),
        59: Reply(302, headers={"Location": "http://127.0.0.1:1/"}),
    }  # fmt: skip
    # The receiver takes its time, so that the kills find work under way.
    return trouble.get(number % 150, Reply(silence=0.01))


@pytest.fixture
def hooks(office: Office, settings: Any) -> Any:
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*"]
    with ExitStack() as stack:
        yield Desk(office, stack)


def test_a_relay_that_is_killed_ten_times_delivers_a_thousand_events_with_one_effect_each(
    hooks: Desk, tmp_path: Path
) -> None:
    _endpoint, line = hooks.endpoint(receiver=Receiver(moods=moods))
    happen(EVENTS)
    killed = 0
    for number in range(KILLS):
        seen = len(line.effects)
        child = relay(tmp_path, number)
        wait_for(lambda seen=seen: len(line.effects) >= min(seen + 20, EVENTS), 30)
        send(child, signal.SIGKILL)
        child.kill()
        killed += 1
        assert child.exit_code() == -signal.SIGKILL
    last = relay(tmp_path, KILLS)
    try:
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == EVENTS, 60)
    finally:
        last.stop()
    assert killed == KILLS
    assert (len(line.effects), set(line.effects.values())) == (EVENTS, {1})
    assert line.refused == 0
    uids = {str(uid) for uid in Delivery.objects.values_list("event__uid", flat=True)}
    assert set(line.deliveries) == uids
    # The control: the kills did cut deliveries off, whose repetitions the receiver knew by their ids.
    assert max(line.deliveries.values()) > 1
    assert sum(line.deliveries.values()) > EVENTS


def test_a_relay_asked_to_stop_leaves_with_nothing_leased(hooks: Desk, tmp_path: Path) -> None:
    _endpoint, line = hooks.endpoint(receiver=Receiver(moods=lambda _number: Reply(silence=0.1)))
    happen(30)
    program = Program(
        name="relay", command=(sys.executable, "manage.py", "relay"), log=tmp_path / "relay.log", cwd=ROOT,
        env=environment(CRM_PROCESS="relay", WEBHOOK_HOSTS="127.0.0.1:*"), expendable=True,
    )  # fmt: skip
    child = Child(program)
    wait_for(lambda: len(line.effects) >= 3, 30)
    send(child, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while child.exit_code() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert child.exit_code() == 0
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == len(line.deliveries)
