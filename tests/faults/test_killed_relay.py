"""A relay that is killed, again and again: every event arrives, under one id, with one effect."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
# One process that has read the code forks a relay for every line it is given: a start costs nothing then. Its constants
# let leases run out and pauses end within the test.
_NURSERY = """
import os, sys
import django
django.setup()
from webhooks import dispatching, schedule
from webhooks.relay import Relay
dispatching.LEASE_SECONDS = 1.0
schedule.RETRIES = (0.3,) * 60
for _line in sys.stdin:
    child = os.fork()
    if child == 0:
        Relay().run()
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
"""


@contextmanager
def nursery(folder: Path) -> Iterator[Callable[[], int]]:
    """Call it for the process id of a new relay; the one before it must be dead."""
    env = environment(CRM_PROCESS="relay", WEBHOOK_HOSTS="127.0.0.1:*", WEBHOOK_TIMEOUT="0.5")
    with (folder / "relay.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            cwd=ROOT, env={**os.environ, **env},
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None

        def spawn() -> int:
            print(file=process.stdin, flush=True)
            return int(process.stdout.readline())

        yield spawn
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


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
    with nursery(tmp_path) as spawn:
        for _n in range(KILLS):
            seen, relay = len(line.effects), spawn()
            wait_for(lambda seen=seen: len(line.effects) >= seen + 20, 60)
            os.kill(relay, signal.SIGKILL)
        assert len(line.effects) < EVENTS, "the last kill came too late to cut anything off"
        relay = spawn()
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == EVENTS, 120)
        os.kill(relay, signal.SIGKILL)
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
