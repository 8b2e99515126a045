"""Reminders when several do the same at once and processes are killed for real."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery.exceptions import OperationalError
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import User
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from funnel.choices import Origin
from jobs import tasks
from jobs.models import Job, JobState
from leads.drafts import LeadDraft
from leads.models import Lead
from leads.services import editing
from leads.services.intake import take_in
from notifications.choices import Mode, NoticeKind
from notifications.models import Delivery, DeliveryLine, Notice, Reminder
from notifications.services import digests, reminders, sending
from tests.channels.conftest import mailbox
from tests.channels.servers import Mailbox
from tests.concurrency.together import together
from tests.notifications.desk import choose, tell
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
__all__ = ["mailbox"]
ROOT = Path(__file__).resolve().parents[2]
# A worker's process that dies by SIGKILL at the given place, in the middle of its first job.
DIES = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from salescrm.settings import env
settings.SMTP_URL, settings.MAIL_FROM = sys.argv[2], "crm@bank.test"
settings.SMTP_OPTIONS = env.smtp(sys.argv[2])
from jobs import services
from notifications.services import sending
def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)
place = {"jobs": services, "sending": sending}[sys.argv[1].partition(".")[0]]
setattr(place, sys.argv[1].partition(".")[2], die)
while services.run_one(): pass
"""


def worker_killed_at(place: str, smtp: str) -> None:
    name = str(connection.settings_dict["NAME"])
    url = django_settings.DATABASE_URL.rpartition("/")[0] + f"/{name}"
    there = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "salescrm.settings.test"}
    command = [sys.executable, "-c", DIES, place, smtp]
    done = subprocess.run(command, cwd=ROOT, env=there, capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


def leases_run_out() -> None:
    assert Job.objects.filter(state=JobState.LEASED).update(lease_until=clock.now() - timedelta(minutes=1)) == 1


def near_step(office: Office) -> Lead:
    """A step so near that its ring is due at once."""
    at = clock.now()
    return editing.plan_next_step(
        lead=office.lead(), by=office.olim, at=at, step_at=at + timedelta(minutes=10), text="Позвонить"
    )  # fmt: skip


def all_due() -> None:
    """What this room owes; what others owe for the same events is their tests' matter."""
    Job.objects.exclude(kind__in=[reminders.RING_JOB, sending.SEND_JOB]).delete()
    Job.objects.filter(state=JobState.READY).update(due_at=clock.now() - timedelta(minutes=1))


def test_a_worker_killed_after_the_line_was_written_leaves_no_line_and_the_next_writes_one(
    office: Office, mailbox: Mailbox
) -> None:
    near_step(office)
    all_due()
    worker_killed_at("jobs._finish", mailbox.url)
    assert not Notice.objects.exists()
    assert Reminder.objects.get().state == "waiting"
    leases_run_out()
    tasks.drain()
    tasks.drain()
    assert [notice.kind for notice in Notice.objects.all()] == [NoticeKind.STEP_DUE]


def test_a_worker_killed_between_sending_and_marking_sends_again_under_the_same_id(
    office: Office, mailbox: Mailbox
) -> None:
    choose(office.olim, email=Mode.AT_ONCE)
    tell(User.objects.get(pk=office.olim.pk), "one")
    all_due()
    worker_killed_at("sending._close", mailbox.url)
    assert len(mailbox.letters) == 1
    assert Delivery.objects.get().state == "waiting"
    leases_run_out()
    tasks.drain()
    assert len(mailbox.letters) == 2
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1
    assert Delivery.objects.get().state == "sent"
    assert Notice.objects.count() == 1


def test_a_thousand_due_in_one_minute_ring_once_each_with_two_workers(office: Office) -> None:
    at = clock.now()
    step = {"next_action": "Позвонить", "next_action_at": at + timedelta(minutes=10)}
    drafts = [
        LeadDraft(
            kind="agent", owner=office.olim, fields=step,
            party=PartyDraft(kind="agent", name=f"Лид {n}", contacts=(ContactDraft("phone", office.phone()),)),
        )
        for n in range(1000)
    ]  # fmt: skip
    take_in(drafts=drafts, by=office.olim, at=at, origin=Origin.PAGE)
    assert Reminder.objects.filter(state="waiting").count() == 1000
    all_due()
    started = time.monotonic()
    together([tasks.drain] * 2)
    print(f"1000 reminders by two workers: {time.monotonic() - started:.1f} s")
    while Job.objects.filter(state=JobState.READY, due_at__lt=clock.now()).exists():
        tasks.drain()
    assert Notice.objects.values("lead").distinct().count() == Notice.objects.count() == 1000
    assert Reminder.objects.filter(kind="step", state="done").count() == 1000
    assert not Job.objects.filter(state=JobState.DEAD).exists()


def test_two_beats_make_one_digest(office: Office, mailbox: Mailbox) -> None:
    choose(office.olim, email=Mode.DIGEST)
    for key in ("one", "two"):
        tell(User.objects.get(pk=office.olim.pk), key)
    here = clock.now().astimezone(office.olim.zone)
    monday_noon = (here + timedelta(days=7 - here.weekday())).replace(hour=12)
    made = together([lambda: digests.gather(at=monday_noon)] * 4)
    assert sorted(made) == [0, 0, 0, 1]
    assert Delivery.objects.count() == 1
    assert DeliveryLine.objects.filter(delivery=Delivery.objects.get()).count() == 2


def test_two_who_tell_the_same_at_once_make_one_line_and_one_letter(office: Office) -> None:
    choose(office.olim, email=Mode.AT_ONCE)
    olim = User.objects.get(pk=office.olim.pk)
    told = together([lambda: tell(olim, "one")] * 5)
    assert sorted(told) == [False, False, False, False, True]
    assert (Notice.objects.count(), Delivery.objects.count(), Job.objects.count()) == (1, 1, 1)


def test_a_step_moved_while_it_rings_rings_once_at_most_and_never_as_overdue(office: Office) -> None:
    """Whoever is first. A ring that was planned for the old moment at the very same time finds it gone."""
    lead = near_step(office)
    all_due()
    later = clock.now() + timedelta(hours=5)
    together([
        tasks.drain,
        tasks.drain,
        lambda: editing.plan_next_step(lead=lead, by=office.olim, at=clock.now(), step_at=later, text="Позвонить"),
    ])  # fmt: skip
    for row in Reminder.objects.filter(state="waiting", moment=lead.next_action_at):
        reminders.ring(reminder_id=row.pk, number=row.round, at=clock.now() + timedelta(minutes=20))
    assert Notice.objects.count() <= 1
    assert not Notice.objects.filter(kind=NoticeKind.OVERDUE).exists()
    waiting = Reminder.objects.filter(state="waiting")
    assert [(row.kind, row.moment) for row in waiting] == [("step", later)]


def test_without_redis_reminders_are_planned_and_ring_once_it_is_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("no broker")

    with monkeypatch.context() as away:
        away.setattr(tasks.drain, "apply_async", refused)
        near_step(office)
    assert Reminder.objects.get().state == "waiting"
    all_due()
    tasks.drain()
    tasks.drain()
    assert Notice.objects.count() == 1
