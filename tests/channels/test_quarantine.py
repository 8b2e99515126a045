"""A restored copy says nothing to anybody until it is released."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType

import pytest

from audit.attribution import attributed
from channels import quarantine, registry
from channels.messages import Outgoing
from channels.models import Stand
from common import clock
from jobs.models import Job, JobState
from jobs.registry import JobRun, Kind, install
from jobs.services import Duty, owe, run_one
from monitoring.runs import watched
from salescrm.subscriptions import JOBS, LEAVING
from tests.office import Office
from webhooks import dispatching

LETTER = Outgoing(id="one", to="somebody@bank.test", subject="Тема", text="Текст")


@pytest.fixture(autouse=True)
def nothing_stays_known() -> Iterator[None]:
    yield
    quarantine._known = quarantine.State()


def become_a_copy() -> None:
    """What a dump loaded elsewhere finds: the name of its original's home."""
    quarantine.settle()
    Stand.objects.update(home="7000000000000000001/5", cleared="7000000000000000001/5")
    quarantine.look()


@pytest.mark.django_db(transaction=True)
def test_no_channel_sends_from_a_copy_and_each_does_once_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    for channel in registry.channels().values():
        monkeypatch.setattr(channel, "send", lambda outgoing, code=channel.code: taken.append(code))
        monkeypatch.setattr(channel, "missing", lambda: ())
    become_a_copy()
    for code in registry.channels():
        with pytest.raises(quarantine.Quarantined):
            registry.send(code, LETTER)
    assert taken == []

    quarantine.release()
    for code in registry.channels():
        registry.send(code, LETTER)
    assert taken == list(registry.channels())


@pytest.mark.django_db(transaction=True)
def test_without_the_gate_a_copy_would_send(monkeypatch: pytest.MonkeyPatch) -> None:
    become_a_copy()
    monkeypatch.setattr(registry, "demand_open", lambda: None)
    assert registry.send("email", LETTER) is not None


@pytest.mark.django_db
def test_jobs_that_carry_something_out_wait_with_their_attempts_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[JobRun] = []
    kinds = watched({name: Kind(sent.append, atomic=False) for name in LEAVING}, leaving=LEAVING)
    install(kinds)
    try:
        become_a_copy()
        at = clock.now() - timedelta(minutes=1)
        owe([Duty(name, f"test:{name}", {}, at) for name in LEAVING])
        while run_one():
            continue
        assert sent == []
        assert {(job.state, job.attempts) for job in Job.objects.all()} == {(JobState.READY, 0)}
        assert all(job.due_at > clock.now() for job in Job.objects.all())

        quarantine.release()
        Job.objects.update(due_at=at)
        while run_one():
            continue
        assert len(sent) == len(LEAVING)
    finally:
        install(attributed(watched(JOBS, leaving=LEAVING)))


def _calls_a_channel(module: ModuleType) -> bool:
    return any(value is registry.send or value is registry for value in vars(module).values())


@pytest.mark.django_db
def test_every_kind_that_sends_is_held() -> None:
    """A new kind of job whose handler lives in a module that calls the channels must be among those that wait."""
    senders = {name for name, kind in JOBS.items() if _calls_a_channel(sys.modules[kind.work.__module__])}
    assert senders == LEAVING


@pytest.mark.django_db
def test_the_relay_takes_no_delivery_from_a_copy(office: Office) -> None:
    from tests.web.world import World

    at = World(office)._listening
    records = at()
    from webhooks.models import Delivery, Endpoint

    Delivery.objects.filter(pk=records["delivery"]).update(state="waiting", next_at=clock.now() - timedelta(minutes=1))
    Endpoint.objects.update(state="active", quiet_until=None)
    become_a_copy()
    assert dispatching.lease(busy={}, room=10) == []
    quarantine.release()
    assert len(dispatching.lease(busy={}, room=10)) == 1


@pytest.mark.django_db
def test_a_fresh_database_is_at_home_and_a_marked_one_is_not() -> None:
    assert quarantine.state() == quarantine.State()
    quarantine.settle()
    assert quarantine.state() == quarantine.State()
    quarantine.begin()
    assert quarantine.state() == quarantine.State(quarantined=True, sealed=True)
    quarantine.settle()
    assert quarantine.state().quarantined, "to start a web process is not to release"
    quarantine.unseal()
    assert quarantine.state() == quarantine.State(quarantined=True, sealed=False)


def test_the_only_doors_to_the_world_are_the_channels() -> None:
    """Whatever opens a connection outwards stands below the gate, or is named here with its reason."""
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    rooms = [path.parent for path in root.glob("*/__init__.py")]
    allowed = {
        "channels/wire.py", "channels/smtp.py",  # behind the gate of the registry and of the relay
        "webhooks/sending.py",  # what the relay leased, which leases nothing in a copy
        "runner/launch.py", "api/health/views.py",  # our own address, our own Redis
        "audit/anchors.py",  # asks the quarantine itself: of a copy's chain nothing is told
        "accounts/oidc_service.py",  # the bank's own sign-in service: asks for its keys and tells nothing of customers
    }  # fmt: skip
    outward = re.compile(
        r"^\s*(?:import|from) (?:smtplib|http\.client|urllib\.request|requests|httpx|aiohttp|django\.core\.mail)\b"
        r"|from channels\.wire import .*\bpost\b",
        re.MULTILINE,
    )
    skipped = {"tests", "bench", "chaos", "tools"}
    found = {
        str(file.relative_to(root))
        for room in rooms
        if room.name not in skipped
        for file in room.rglob("*.py")
        if outward.search(file.read_text(encoding="utf-8"))
    }
    assert found - allowed <= {"channels/telegram.py", "channels/webhook.py"}
