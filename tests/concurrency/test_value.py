"""Two people who measure one promise at once: on PostgreSQL, with two connections."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backlog.models import Action
from common import clock
from leads.models import ValuePromise
from leads.services.recording import record_measurement, record_promise
from leads.services.value import judge_overdue
from leads.value import bank_day
from notifications.models import Notice
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
DAY = timedelta(days=1)


def _overdue(office: Office) -> ValuePromise:
    today = bank_day(clock.now())
    return record_promise(
        lead=office.lead(), by=office.olim, at=clock.now(), metric="Заявки", target=Decimal(10), due_on=today - 9 * DAY,
    )  # fmt: skip


def test_two_numbers_at_once_propose_one_action(office: Office) -> None:
    row, at = _overdue(office), clock.now()

    def measure(value: int) -> object:
        return record_measurement(lead=row.lead, by=office.olim, at=at, value=Decimal(value), promise=row)

    answers = together([lambda value=value: measure(value) for value in (3, 4, 5, 6)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Action.objects.filter(sprung_from__startswith=f"value:{row.pk.hex}:").count() == 1
    row.refresh_from_db()
    assert row.measured == row.measurements.first().value
    assert row.fell_short_on == bank_day(at)


def test_a_number_that_keeps_the_promise_leaves_no_action_whoever_came_first(office: Office) -> None:
    row, at = _overdue(office), clock.now()

    def measure(value: int, ago: int) -> object:
        moment = at - timedelta(minutes=ago)
        return record_measurement(
            lead=row.lead, by=office.olim, at=at, value=Decimal(value), promise=row, measured_at=moment
        )

    answers = together([lambda: measure(3, 5), lambda: measure(12, 1)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert not Action.objects.filter(status="planned").exists()
    row.refresh_from_db()
    assert (row.kept_on, row.fell_short_on) == (bank_day(at), None)


def test_the_days_look_and_a_number_at_once_propose_one_action(office: Office) -> None:
    row, at = _overdue(office), clock.now()
    answers = together([
        lambda: judge_overdue(promise_id=row.pk, at=at),
        lambda: judge_overdue(promise_id=row.pk, at=at),
        lambda: record_measurement(lead=row.lead, by=office.olim, at=at, value=Decimal(3), promise=row),
    ])  # fmt: skip
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Action.objects.count() == 1
    assert Notice.objects.filter(kind="promise").count() >= 1
