"""Carrying a kept message out: once, in the order of its object, under the account of its source."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pghistory
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from common import clock
from common.errors import FieldError, Invalid, Refused
from inbox.choices import State
from inbox.models import Arrival
from inbox.reading import parsed
from inbox.services.deeds import DEEDS, Told
from inbox.services.receiving import duty_of
from jobs.registry import JobRun
from jobs.services import owe
from jobs.versions import StaleMessage

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 6
"""With the pauses of ``jobs`` a trouble of ours is waited out for an hour and a half."""
_ERROR_LENGTH = 500


def work_from_job(run: JobRun) -> None:
    """Effect and «done» are one transaction; a refusal is written down in another, when the effect is gone."""
    pk, at = UUID(run.payload["arrival"]), clock.now()
    try:
        carry_out(pk=pk, at=at)
    except Refused as refusal:
        _settle(pk, State.FAILED, at, words_of(refusal))
    except Exception:
        if run.attempts < MOST_ATTEMPTS:
            raise
        log.exception("An incoming message could not be carried out: %s", pk)
        _settle(pk, State.FAILED, at, _("Сбой на нашей стороне. Попробуйте ещё раз или сообщите администратору."))


@transaction.atomic
def carry_out(*, pk: UUID, at: datetime) -> State:
    """Do what the message asks for. One that is settled already stays as it is. Raises Refused."""
    arrival = Arrival.objects.select_for_update(no_key=True, of=("self",)).select_related("source__account").get(pk=pk)
    if arrival.state != State.RECEIVED:
        return State(arrival.state)
    state, words = _judge(arrival)
    if state is State.RECEIVED:
        try:
            with transaction.atomic():
                state = _do(arrival, at)
        except StaleMessage as newer:  # told by another way in: the API, or another source of the same system
            state, words = State.STALE, newer.message
    _settle(pk, state, at, words)
    return state


@transaction.atomic
def try_again(*, arrival: Arrival, by: User, at: datetime) -> Arrival:
    """Put a failed message back into the queue; any other stays as it is, so that a double press does no harm."""
    demand_administrator(by)
    failed = Arrival.objects.filter(pk=arrival.pk, state=State.FAILED)
    if failed.update(state=State.RECEIVED, error="", done_at=None, tries=F("tries") + 1):
        arrival.refresh_from_db(fields=["state", "error", "done_at", "tries"])
        owe([duty_of(arrival, at)])
    return arrival


def words_of(refusal: Refused) -> str:
    """What to mend, with the places: «owner: такого сотрудника нет»."""
    return ("; ".join(_places(refusal.errors)) or refusal.message)[:_ERROR_LENGTH]


def _places(errors: Iterable[FieldError]) -> list[str]:
    return [f"{one.field}: {one.message}" for one in errors]


def _judge(arrival: Arrival) -> tuple[State, str]:
    """What is not carried out, and why. RECEIVED means that nothing stands against it."""
    source = arrival.source
    if not parsed(bytes(arrival.body)):
        raise Invalid(_("Тело — не объект JSON."))
    if arrival.type not in DEEDS:
        return State.IGNORED, _("Такие сообщения здесь не исполняются.")
    if source.types and arrival.type not in source.types:
        return State.IGNORED, _("Источнику не разрешены такие сообщения.")
    if not source.account.is_active:
        raise Invalid(_("Учётная запись источника отключена."))
    _wait_for_others(arrival)
    if _is_late(arrival):
        return State.STALE, _("О том же объекте уже исполнено сообщение новее.")
    return State.RECEIVED, ""


def _wait_for_others(arrival: Arrival) -> None:
    """Two messages about one object are carried out one after another, or the older could overtake the judgement."""
    name = f"inbox:{arrival.source_id}:{arrival.type}:{arrival.object}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _is_late(arrival: Arrival) -> bool:
    if arrival.sequence is None or not arrival.object:
        return False
    same = Arrival.objects.filter(source_id=arrival.source_id, type=arrival.type, object=arrival.object)
    return same.filter(state=State.DONE, sequence__gt=arrival.sequence).exists()


def _do(arrival: Arrival, at: datetime) -> State:
    whole, account = parsed(bytes(arrival.body)), arrival.source.account
    data = whole.get("data")
    if not isinstance(data, dict):
        raise Invalid(_("В сообщении нет объекта data."))
    told = Told(whole=whole, data=data, source=arrival.source.code, by=account, at=at)
    with pghistory.context(user=str(account.pk), inbox=str(arrival.pk)):
        return DEEDS[arrival.type](told)


def _settle(pk: UUID, state: State, at: datetime, words: str) -> None:
    Arrival.objects.filter(pk=pk).update(state=state, error=words[:_ERROR_LENGTH], done_at=at)
