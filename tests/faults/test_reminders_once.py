"""Many reminders of one minute, two workers and two beats of which some are killed and some restarted meanwhile:
one line in the bell each, one id outside each. ``REMINDERS=20000`` for a bank's Monday morning; 200 in the suite.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import User
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from funnel.choices import Origin
from jobs.models import Job, JobState
from leads.drafts import LeadDraft
from leads.services.intake import take_in
from notifications.choices import Mode, NoticeKind
from notifications.models import Delivery, Notice, Reminder
from notifications.services import reminders, sending
from tests.channels.conftest import mailbox
from tests.channels.servers import Mailbox
from tests.faults.broker import broker
from tests.faults.processes import ROOT, environment
from tests.faults.watching import until
from tests.notifications.desk import choose
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
__all__ = ["mailbox"]
REMINDERS = int(os.environ.get("REMINDERS", "200"))
PATIENCE = 120 + REMINDERS / 5
KINDS = (reminders.RING_JOB, sending.SEND_JOB)
# One process that has read the code forks a worker or a beat for every line it is given, each in a group of its own.
_NURSERY = """
import mmap, os, signal, sys
import django
django.setup()
from django.conf import settings
from jobs import keeping, services, stopping
from salescrm.celery import app
from salescrm.settings import env
settings.SMTP_URL, settings.MAIL_FROM, settings.CHANNEL_TIMEOUT = sys.argv[1], "crm@bank.test", 10
settings.SMTP_OPTIONS = env.smtp(sys.argv[1])
services.LEASE_SECONDS, keeping.EVERY_SECONDS = 3, 1
app.loader.import_default_modules()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
ARGUMENTS = {
    "worker": lambda n: ["worker", "--concurrency", "1", "--hostname", f"w{n}@test", "--loglevel", "WARNING"],
    "beat": lambda n: ["beat", "--schedule", f"{sys.argv[2]}/beat-{n}", "--pidfile", "", "--loglevel", "WARNING"],
}
for number, line in enumerate(sys.stdin):
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        stopping._told = mmap.mmap(-1, 1)  # each worker's own, as in processes that were started apart
        os.environ["CRM_PROCESS"] = line.strip()
        app.conf.worker_soft_shutdown_timeout = 1
        app.start(ARGUMENTS[line.strip()](number))
        os._exit(0)
    print(child, flush=True)
"""
Spawn = Callable[[str], int]


@contextmanager
def nursery(folder: Path, smtp: str, redis: str) -> Iterator[Spawn]:
    """Call it with «worker» or «beat» for the process id of a new one; whatever lives at the end is killed."""
    env = os.environ | environment(REDIS_URL=redis, REMAP_SIGTERM="SIGQUIT")
    born: list[int] = []
    with (folder / "nursery.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _NURSERY, smtp, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True, cwd=ROOT, env=env,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None

        def spawn(what: str) -> int:
            print(what, file=process.stdin, flush=True)
            while not (line := process.stdout.readline()).strip().isdigit():
                assert process.poll() is None, (folder / "nursery.log").read_text()[-2000:]
            born.append(int(line))
            return born[-1]

        try:
            yield spawn
        finally:
            for pid in born:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
            process.kill()
            process.communicate()


def planned(office: Office) -> None:
    """So many steps in ten minutes, whose rings are due at once; what others owe for these leads is dropped."""
    at = clock.now()
    step = {"next_action": "Позвонить", "next_action_at": at + timedelta(minutes=10)}
    for start in range(0, REMINDERS, 500):
        drafts = [
            LeadDraft(
                kind="agent", owner=office.olim, fields=step,
                party=PartyDraft(kind="agent", name=f"Лид {n}", contacts=(ContactDraft("phone", f"+99890{n:07}"),)),
            )
            for n in range(start, min(start + 500, REMINDERS))
        ]  # fmt: skip
        take_in(drafts=drafts, by=office.olim, at=at, origin=Origin.PAGE)
        Job.objects.exclude(kind__in=KINDS).delete()
    Job.objects.update(due_at=at - timedelta(minutes=1))
    assert Reminder.objects.filter(state="waiting").count() == REMINDERS


def sent() -> int:
    return Delivery.objects.filter(state="sent").count()


def restarted(spawn: Spawn, pids: list[int], number: int) -> None:
    """A worker and a beat are stopped, by force or in order, and others come in their place."""
    for pid in pids:
        os.kill(pid, number)
    pids[:] = [spawn("worker"), spawn("beat")]


def test_each_reminder_is_one_line_and_one_id_outside_whatever_is_restarted(
    office: Office, mailbox: Mailbox, tmp_path: Path
) -> None:
    choose(User.objects.get(pk=office.olim.pk), email=Mode.AT_ONCE)
    planned(office)
    started = time.monotonic()
    with broker() as redis, nursery(tmp_path, mailbox.url, redis.url) as spawn:
        first, second = [spawn("worker"), spawn("beat")], [spawn("worker"), spawn("beat")]
        for share, pids, number in (
            (0.2, first, signal.SIGKILL),
            (0.4, second, signal.SIGTERM),
            (0.6, first, signal.SIGKILL),
        ):
            until(lambda share=share: sent() >= REMINDERS * share, f"{share:.0%} are out", PATIENCE)
            restarted(spawn, pids, number)
        assert sent() < REMINDERS, "the last restart came too late to cut anything off"
        until(lambda: sent() >= REMINDERS, "all are out", PATIENCE)
        until(
            lambda: not Job.objects.filter(kind__in=KINDS).exclude(state=JobState.DONE).exists(),
            "all is done",
            PATIENCE,
        )
        took = time.monotonic() - started
    rung = Notice.objects.filter(kind=NoticeKind.STEP_DUE)
    assert rung.count() == rung.values("lead").distinct().count() == Notice.objects.count() == REMINDERS
    assert Reminder.objects.filter(state="done").count() == REMINDERS
    assert Delivery.objects.count() == REMINDERS
    ids = Counter(str(letter["Message-ID"]) for letter in mailbox.letters)
    assert len(ids) == REMINDERS
    again = sum(ids.values()) - REMINDERS
    assert again <= 3, "a worker that is stopped has one letter under way"
    print(
        f"{REMINDERS} reminders, three restarts: {took:.0f} s, {REMINDERS} lines, {len(ids)} ids, {again} letters twice"
    )
