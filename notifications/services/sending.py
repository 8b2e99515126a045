"""What leaves the house: written down with the line, sent by a job, at least once and always under one id."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.text import Truncator

from accounts.models import User
from channels.messages import Rejected, TryLater, Why
from channels.registry import NotConfigured, channels, send
from common import clock
from jobs import services as jobs
from jobs.registry import JobRun
from notifications.choices import BY_THE_CLOCK, DeliveryState, Mode, Quiet, Way
from notifications.models import Delivery, DeliveryLine, Notice, NotificationSettings, TelegramLink
from notifications.quiet import leaves_at
from notifications.services.preferences import settings_of
from notifications.texts import compose
from worktime.selectors import calendar_of

SEND_JOB = "send_notice"
PAUSES = (60, 300, 900, 3600)
GIVE_UP = timedelta(days=2)
"""A server that stays silent for so long has made the message old news."""


def address_of(user: User, way: str) -> str:
    """Where the person is reached by this way; empty where he is not, or the way is not set up here."""
    known = channels().get(way)
    if known is None or known.missing():
        return ""
    link: TelegramLink | None = getattr(user, "telegram_link", None)
    return user.email if way == Way.EMAIL else link.chat_id if link else ""


def send_out(*, notice: Notice, user: User, at: datetime) -> None:
    """Write down by which ways the line goes out; in the caller's transaction, so that neither is without the other."""
    chosen = settings_of(user)
    ways = [way for way in Way.values if chosen.mode(way, notice.kind) != Mode.NONE and address_of(user, way)]
    at_once = [way for way in ways if chosen.mode(way, notice.kind) == Mode.AT_ONCE]
    DeliveryLine.objects.bulk_create([
        DeliveryLine(notice=notice, user=user, way=way) for way in ways if way not in at_once
    ])  # fmt: skip
    if not at_once:
        return
    due = at if _on_time(chosen, notice) else leaves_at(at, chosen, calendar_of(user))
    for way in at_once:
        row = Delivery.objects.create(user=user, way=way, key=f"at_once:{way}:{notice.pk}", created_at=at)
        DeliveryLine.objects.create(notice=notice, user=user, way=way, delivery=row)
        owe_sending(row, due)


def _on_time(chosen: NotificationSettings, notice: Notice) -> bool:
    """Whether it leaves at its hour; only quiet hours that a person named himself hold it back."""
    return notice.kind in BY_THE_CLOCK and chosen.quiet != Quiet.OWN


def owe_sending(delivery: Delivery, due: datetime) -> None:
    """One job for each attempt: what was put off has a key of its own."""
    number = delivery.attempts
    payload = {"delivery": str(delivery.pk), "attempt": number}
    jobs.owe([jobs.Duty(SEND_JOB, f"{SEND_JOB}:{delivery.pk}:{number}", payload, due)])


def send_job(run: JobRun) -> None:
    """The job. It is not one transaction: a message that has left cannot be taken back.

    Killed between sending and marking, it sends again under the same id, by which the other side knows it.
    """
    deliver(delivery_id=UUID(run.payload["delivery"]), attempt=run.payload["attempt"], at=clock.now())


def deliver(*, delivery_id: UUID, attempt: int, at: datetime) -> None:
    """Send what still waits for this attempt, and mark it; or put it off, or give it up."""
    rows = Delivery.objects.select_related("user__notification_settings", "user__telegram_link")
    delivery = rows.filter(pk=delivery_id, state=DeliveryState.WAITING, attempts=attempt).first()
    if delivery is None:
        return
    user = delivery.user
    address = address_of(user, delivery.way)
    if not address or not user.is_active:
        _close(delivery, DeliveryState.DROPPED, at, reason="no address" if user.is_active else "no longer here")
        return
    due = leaves_at(at, settings_of(user), calendar_of(user))
    if due > at and not any(_on_time(settings_of(user), notice) for notice in delivery.notices.all()):
        _put_off(delivery, due, reason="quiet hours")
        return
    try:
        send(delivery.way, compose(delivery, address))
    except TryLater as refusal:
        _later(delivery, refusal, at)
    except (Rejected, NotConfigured) as refusal:
        _refused(delivery, refusal, at)
    else:
        _close(delivery, DeliveryState.SENT, at)


def _later(delivery: Delivery, refusal: TryLater, at: datetime) -> None:
    if at - delivery.created_at > GIVE_UP:
        _close(delivery, DeliveryState.DROPPED, at, reason=f"given up: {refusal}")
        return
    pause = max(refusal.retry_after, PAUSES[min(delivery.attempts, len(PAUSES) - 1)])
    _put_off(delivery, at + timedelta(seconds=pause), reason=str(refusal))


@transaction.atomic
def _put_off(delivery: Delivery, due: datetime, reason: str) -> None:
    """The next attempt is owed together with the count, so that a job run again finds its own attempt gone."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts)
    if waiting.update(attempts=F("attempts") + 1, reason=_short(reason)):
        delivery.attempts += 1
        owe_sending(delivery, due)


@transaction.atomic
def _refused(delivery: Delivery, refusal: Rejected | NotConfigured, at: datetime) -> None:
    """A chat that has shut the bot out is unlinked, so that the settings say so."""
    if delivery.way == Way.TELEGRAM and getattr(refusal, "reason", "") in {Why.BLOCKED, Why.UNKNOWN_RECIPIENT}:
        TelegramLink.objects.filter(user=delivery.user_id).update(chat_id="", linked_at=None)
    _close(delivery, DeliveryState.DROPPED, at, reason=str(refusal))


def _close(delivery: Delivery, state: DeliveryState, at: datetime, reason: str = "") -> None:
    sent_at = at if state == DeliveryState.SENT else None
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    waiting.update(state=state, sent_at=sent_at, reason=_short(reason))


def _short(reason: str) -> str:
    return Truncator(reason).chars(200)
