"""Value promised and measured: where a promise stands, how far it has come, what is refused."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from common import clock
from common.errors import Invalid
from leads.choices import Outcome, PromiseState
from leads.models import Lead, LossReason, ValuePromise
from leads.services import fact_batch, recording
from leads.services.fact_batch import MeasurementDraft
from leads.services.outcomes import close
from leads.value import bank_day, progress_of, state_case, state_of
from tests.office import Office

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def promise(office: Office, lead: Lead | None = None, **changed: Any) -> ValuePromise:
    values = {"metric": "Срок выдачи", "unit": "дн.", "baseline": Decimal(5), "target": Decimal(1),
              "direction": "down", "due_on": bank_day(clock.now()) + 10 * DAY}  # fmt: skip
    lead = lead or office.lead()
    return recording.record_promise(lead=lead, by=office.olim, at=clock.now(), **values | changed)


def measure(office: Office, row: ValuePromise, value: str, at: datetime | None = None) -> ValuePromise:
    recording.record_measurement(
        lead=row.lead, by=office.olim, at=clock.now(), value=Decimal(value), promise=row, measured_at=at
    )
    return ValuePromise.objects.get(pk=row.pk)


def refused(deed: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Invalid) as refusal:
        deed()
    assert refusal.value.message
    return refusal.value.errors[0].field, refusal.value.errors[0].code


def _bare(**columns: Any) -> ValuePromise:
    return ValuePromise(**{"due_on": TODAY, "promised_on": TODAY - 30 * DAY} | columns)


@pytest.mark.parametrize(
    ("due", "measured", "expected"),
    [
        (4, None, "waiting"),
        (3, None, "measure"),
        (0, None, "measure"),
        (-7, None, "measure"),
        (-8, None, "short"),
        (2, -1, "waiting"),
        (2, -2, "measure"),
        (0, -1, "waiting"),
        (0, 0, "short"),
        (-1, -1, "short"),
        (-1, -5, "short"),
        (-1, 0, "short"),
    ],
)
def test_where_an_unmet_promise_stands_by_its_day_and_its_last_measurement(
    due: int, measured: int | None, expected: str
) -> None:
    """Days from today; the measurement did not reach the target."""
    row = _bare(due_on=TODAY + due * DAY, measured_on=None if measured is None else TODAY + measured * DAY)
    assert state_of(row, Lead(outcome=Outcome.OPEN), TODAY) == expected


def test_the_condition_in_the_base_says_the_same_as_the_rule(office: Office) -> None:
    lost, open_ = office.lead(), office.lead()
    close(lead=lost, outcome=Outcome.LOST, by=office.olim, at=clock.now(), reason=LossReason.objects.first())
    lost.refresh_from_db()
    today, days = bank_day(clock.now()), (None, -9, -4, -3, -1, 0, 1)
    rows = [
        ValuePromise(
            lead=lead, metric=f"{due} {measured} {kept}", target=1, promised_on=today, due_on=today + due * DAY,
            measured_on=None if measured is None else today + measured * DAY,
            kept_on=today if kept else None,
        )
        for lead, due, measured, kept in product((lost, open_), range(-10, 6), days, (False, True))
    ]  # fmt: skip
    ValuePromise.objects.bulk_create(rows)
    found = dict(ValuePromise.objects.annotate(state=state_case(today)).values_list("pk", "state"))
    assert found == {row.pk: state_of(row, row.lead, today) for row in rows}
    assert set(found.values()) == set(PromiseState.values)


@pytest.mark.parametrize(
    ("columns", "value", "share", "of_way"),
    [
        ({"baseline": Decimal(5), "target": Decimal(1), "direction": "down"}, "1.4", "0.9", True),
        ({"baseline": None, "target": Decimal(1), "direction": "down"}, "1.25", "0.8", False),
        ({"baseline": None, "target": Decimal(15), "direction": "up"}, "6", "0.4", False),
        ({"baseline": Decimal(0), "target": Decimal(20), "direction": "up"}, "25", "1.25", True),
        ({"baseline": Decimal(10), "target": Decimal(20), "direction": "up"}, "8", "-0.2", True),
        ({"baseline": Decimal(5), "target": Decimal(5), "direction": "up"}, "5", None, True),
        ({"baseline": None, "target": Decimal(0), "direction": "down"}, "3", None, False),
        ({"baseline": None, "target": Decimal(2), "direction": "down"}, "0", None, False),
        ({"baseline": None, "target": Decimal(2), "direction": "up"}, "-1", None, False),
    ],
)
def test_the_share_of_the_way_is_right_or_there_is_none(
    columns: dict[str, Any], value: str, share: str | None, of_way: bool
) -> None:
    found = progress_of(_bare(**columns), Decimal(value))
    assert (found.share, found.of_way) == (None if share is None else Decimal(share), of_way)


def test_nothing_measured_has_no_share() -> None:
    assert progress_of(_bare(baseline=None, target=Decimal(1), direction="up"), None).share is None


def test_what_is_promised_must_be_better_than_what_was(office: Office) -> None:
    worse = {"baseline": Decimal(5), "target": Decimal(4), "direction": "up"}
    assert refused(lambda: promise(office, **worse)) == ("target", "not_better")
    falling = {"baseline": Decimal(1), "target": Decimal(5), "direction": "down"}
    assert refused(lambda: promise(office, **falling)) == ("target", "not_better")
    same = {"baseline": Decimal(5), "target": Decimal(5)}
    assert refused(lambda: promise(office, **same)) == ("target", "not_better")
    assert not ValuePromise.objects.exists()


def test_a_promise_may_be_given_without_a_baseline(office: Office) -> None:
    row = promise(office, baseline=None, target=Decimal(2), direction="down")
    assert measure(office, row, "2").kept_on == bank_day(clock.now())


def test_the_days_of_a_promise_follow_each_other(office: Office) -> None:
    today = bank_day(clock.now())
    assert refused(lambda: promise(office, promised_on=today + DAY)) == ("promised_on", "future")
    early = {"promised_on": today, "due_on": today - DAY}
    assert refused(lambda: promise(office, **early)) == ("due_on", "order")
    assert refused(lambda: promise(office, due_on=date(1, 1, 1))) == ("due_on", "range")
    assert refused(lambda: promise(office, due_on=date(9999, 12, 31))) == ("due_on", "range")
    late = promise(office, due_on=today - 5 * DAY)
    assert late.promised_on == today - 5 * DAY


def test_a_number_from_before_the_promise_is_its_baseline_and_no_fact(office: Office) -> None:
    row, at = promise(office), clock.now()
    found = refused(lambda: measure(office, row, "1", at - 2 * DAY))
    assert found == ("measured_at", "before_promise")
    assert refused(lambda: measure(office, row, "1", at + timedelta(hours=1))) == ("measured_at", "future")
    assert not row.measurements.exists()


def test_the_latest_measurement_decides_whatever_the_order_of_writing(office: Office) -> None:
    at, today = clock.now(), bank_day(clock.now())
    row = promise(office, promised_on=today - 30 * DAY, due_on=today - 20 * DAY)
    assert measure(office, row, "1", at - 2 * DAY).kept_on == bank_day(at - 2 * DAY)
    older = measure(office, row, "3", at - 5 * DAY)
    assert (older.kept_on, older.measured, older.measured_on) == (bank_day(at - 2 * DAY), Decimal(1),
                                                                bank_day(at - 2 * DAY))  # fmt: skip
    again = measure(office, row, "0.5", at - DAY)
    assert again.kept_on == bank_day(at - 2 * DAY), "kept since the first number of the run that still lasts"
    below = measure(office, row, "2", at)
    assert (below.kept_on, below.fell_short_on) == (None, today)


def test_of_two_numbers_of_one_moment_the_one_written_later_counts(office: Office) -> None:
    at, row = clock.now(), promise(office)
    measure(office, row, "1", at)
    assert measure(office, row, "3", at).kept_on is None
    assert measure(office, row, "1", at).kept_on == bank_day(at)


def test_a_lead_closed_before_the_day_takes_its_promises_with_it(office: Office) -> None:
    row, at = promise(office), clock.now()
    close(lead=row.lead, outcome=Outcome.ARCHIVED, by=office.olim, at=at, note="Не нужно")
    row = ValuePromise.objects.select_related("lead").get(pk=row.pk)
    assert state_of(row, row.lead, row.due_on + 30 * DAY) == PromiseState.DROPPED


def test_a_lead_lost_after_the_day_does_not_wipe_out_that_the_promise_fell_short(office: Office) -> None:
    today = bank_day(clock.now())
    row = measure(office, promise(office, promised_on=today - 9 * DAY, due_on=today - DAY), "3")
    close(lead=row.lead, outcome=Outcome.ARCHIVED, by=office.olim, at=clock.now(), note="Ушёл")
    row = ValuePromise.objects.select_related("lead").get(pk=row.pk)
    assert state_of(row, row.lead, today) == PromiseState.SHORT


def test_a_batch_of_measurements_is_taken_stock_of_too(office: Office) -> None:
    rows, at = [promise(office), promise(office)], clock.now()
    drafts = [
        MeasurementDraft(row, office.olim, at, {"value": Decimal(value)})
        for row, value in zip(rows, (1, 4), strict=True)
    ]
    fact_batch.record_measurements(drafts)
    found = {row.pk: (row.measured, row.kept_on) for row in ValuePromise.objects.all()}
    assert found == {rows[0].pk: (1, bank_day(at)), rows[1].pk: (4, None)}


def test_promises_are_seen_with_their_leads(office: Office) -> None:
    own, foreign = promise(office), promise(office, office.lead(office.sitora))
    seen = {person.name: set(ValuePromise.objects.visible_to(person)) for person in
            (office.olim, office.sitora, office.nodira, office.aziz, office.lola)}  # fmt: skip
    assert seen == {"Olim": {own}, "Sitora": {foreign}, "Nodira": {own}, "Aziz": {own, foreign}, "Lola": set()}
