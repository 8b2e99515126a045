"""Two beats: every tick of the timetable run twice at once, and once more, changes nothing that one tick would not."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F

from accounts.models import User
from audit.models import Reach
from backlog.ranking.duties import ALL_JOB
from jobs.models import Job
from notifications.choices import Mode
from notifications.models import Delivery, DeliveryLine
from outreach.services.planning import PLAN_JOB
from salescrm.celery import app
from salescrm.timetable import TIMETABLE
from tests.concurrency.together import together
from tests.faults.watching import asked
from tests.notifications.desk import choose, tell
from tests.outreach.conftest import Desk, desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
__all__ = ["desk"]
TICKS: list[str] = [str(entry["task"]) for entry in TIMETABLE.values()]
# Ticks that owe or make, which have to change something in this office: else the walk would prove nothing.
MAKERS = {
    "backlog.tasks.owe_days_runs", "funnel.tasks.refresh_rollup", "notifications.tasks.gather_digests",
    "outreach.tasks.plan", "leads.tasks.owe_the_day", "documents.tasks.owe_the_day",
    "dashboards.tasks.owe_by_the_clock", "privacy.tasks.owe_retention", "audit.tasks.chain", "monitoring.tasks.beat",
}  # fmt: skip


def tick(name: str) -> Callable[[], object]:
    app.loader.import_default_modules()  # as a worker does at its start
    task: Callable[[], object] = app.tasks[name]
    return task


def everything() -> dict[str, int]:
    """Rows of every table of ours."""
    there = set(connection.introspection.table_names())
    tables = sorted(there & {model._meta.db_table for model in apps.get_models()})
    return {table: int(asked(f'SELECT count(*) FROM "{table}"')[0][0]) for table in tables}


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A Wednesday at noon: a campaign with agents, lines that wait for a digest, the hours of both rankings past."""
    for _n in range(3):
        desk.agent()
    desk.started(quota=2)
    Job.objects.all().delete()
    olim = desk.office.olim
    choose(olim, email=Mode.DIGEST)
    for key in ("one", "two"):
        tell(User.objects.get(pk=olim.pk), key)
    return desk


def held_up(name: str) -> None:
    """What a transaction of another database on this cluster, just begun, kept the chain from: the next ticks' part."""
    while name == "audit.tasks.chain" and Reach.objects.filter(done__lt=F("mark")).exists():
        tick(name)()


@pytest.mark.parametrize("name", TICKS)
def test_a_tick_of_two_beats_is_one_tick(busy: Desk, name: str) -> None:
    before = everything()
    answers = together([tick(name)] * 2)
    assert answers == [None, None]
    held_up(name)
    after = everything()
    assert (after != before) is (name in MAKERS)
    assert together([tick(name)] * 2) == [None, None]
    assert everything() == after


def test_two_beats_owe_one_night_one_morning_one_plan_and_one_digest(busy: Desk) -> None:
    answers = together([tick(name) for name in sorted(MAKERS)] * 2)
    assert answers == [None] * 2 * len(MAKERS)
    owed = Job.objects.filter(kind__in=[ALL_JOB, PLAN_JOB]).values_list("kind", flat=True)
    assert sorted(owed) == sorted([ALL_JOB, ALL_JOB, PLAN_JOB])
    assert Delivery.objects.count() == 1
    assert DeliveryLine.objects.filter(delivery=Delivery.objects.get()).count() == 2
