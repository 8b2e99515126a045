"""What the tests of this room share: letting time pass, working off what is due, looking at what came of it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from common import clock
from jobs import services
from jobs.models import Job, JobState
from notifications.choices import DEFAULT_MODES, Mode, NoticeKind, Quiet, Way
from notifications.models import Delivery, Notice, NotificationSettings, Reminder
from notifications.services import notify
from notifications.services.preferences import save_settings

TASHKENT = ZoneInfo("Asia/Tashkent")
MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 25, 12, tzinfo=TASHKENT)
"""A Wednesday, in working time."""
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def drain() -> None:
    """Work off what is due by the clock of the test, one by one: leases know only the database's."""
    due = Job.objects.filter(state=JobState.READY, due_at__lte=clock.now()).order_by("due_at", "pk")
    while job := due.first():
        Job.objects.filter(pk=job.pk).update(due_at=LONG_AGO)
        services.run_one()


def lines(user: User | None = None, **conditions: Any) -> list[Notice]:
    rows = Notice.objects.filter(**conditions).order_by("at", "pk")
    return list(rows.filter(user=user) if user else rows)


def kinds(user: User | None = None) -> list[str]:
    return [notice.kind for notice in lines(user)]


def waiting() -> list[tuple[str, datetime]]:
    rows = Reminder.objects.filter(state="waiting").order_by("due_at")
    return [(row.kind, row.due_at) for row in rows]


def choose(user: User, *, email: str = Mode.NONE, telegram: str = Mode.NONE, **options: Any) -> NotificationSettings:
    """The same mode for every occasion; no quiet hours unless the test asks for them."""
    modes = {
        Way.EMAIL: dict.fromkeys(NoticeKind.values, email),
        Way.TELEGRAM: dict.fromkeys(NoticeKind.values, telegram),
    }
    chosen: dict[str, Any] = {"digest_at": time(9), "quiet": Quiet.NEVER, "quiet_from": None, "quiet_to": None}
    assert modes.keys() == DEFAULT_MODES.keys()
    return save_settings(user=User.objects.get(pk=user.pk), modes=modes, **chosen | options)


def tell(user: User, key: str, *, kind: str = NoticeKind.STEP_DUE, step: str = "Позвонить", **more: Any) -> bool:
    facts = {"step": step, "step_at": (clock.now() + timedelta(hours=1)).isoformat()}
    return notify(user_id=user.pk, kind=kind, key=key, at=clock.now(), facts=facts, **more)


def states(way: str = "") -> list[str]:
    rows = Delivery.objects.order_by("created_at", "pk")
    return [row.state for row in (rows.filter(way=way) if way else rows)]
