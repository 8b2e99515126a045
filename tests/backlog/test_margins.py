"""Margins of different currencies are compared by the bank's rates, or not at all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import CurrencyRate, Product
from agents.rates import rates_on, without_rate
from agents.services.rates import remove_rate, set_rate
from backlog.models import LeadScore
from backlog.ranking import hours, rank_all, recount_rates
from backlog.ranking.book import margins
from backlog.services.goals import unit_margin
from common import clock
from common.errors import Invalid, NotAllowed
from leads.value import bank_day
from tests.backlog.test_ranking import filled
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def rate(office: Office, currency: str = "USD", per_unit: str = "12650.5", since: date = DAY) -> CurrencyRate:
    return set_rate(by=office.adiba, currency=currency, since=since, per_unit=Decimal(per_unit), today=DAY)


def dollars(margin: str = "100") -> Product:
    return Product.objects.create(code="mortgage", name="Ипотека", margin=Decimal(margin), currency="USD")


def test_a_margin_in_dollars_is_worth_its_soums(office: Office) -> None:
    soums, abroad = office.product, dollars()
    rate(office)
    known = margins(DAY)
    assert known.products == {soums.pk: 420000.0, abroad.pk: 1265050.0}
    assert known.usual == (420000 + 1265050) / 2


def test_without_a_rate_a_product_stands_at_the_usual_margin(office: Office) -> None:
    soums, abroad = office.product, dollars("5000000")
    known = margins(DAY)
    assert known.products == {soums.pk: 420000.0}
    assert known.of(abroad.pk, None) == 420000.0
    assert without_rate(DAY) == [("USD", 1)]
    rate(office)
    assert without_rate(DAY) == []


def test_a_rate_holds_from_its_day_until_the_next(office: Office) -> None:
    rate(office, per_unit="12000", since=DAY - timedelta(days=10))
    later = rate(office, per_unit="13000", since=DAY)
    assert rates_on(DAY - timedelta(days=11)) == {"UZS": Decimal(1)}
    assert rates_on(DAY - timedelta(days=1))["USD"] == 12000
    assert rates_on(DAY + timedelta(days=9))["USD"] == 13000
    remove_rate(by=office.adiba, rate=later)
    assert rates_on(DAY)["USD"] == 12000


def test_said_again_for_a_day_it_mends_the_rate(office: Office) -> None:
    first = rate(office)
    assert rate(office, per_unit="12700").pk == first.pk
    assert [row.per_unit for row in CurrencyRate.objects.all()] == [Decimal(12700)]


@pytest.mark.parametrize(
    ("currency", "per_unit", "since", "field"),
    [
        ("UZS", "1", DAY, "currency"),
        ("EUR", "1", DAY, "currency"),
        ("USD", "0", DAY, "per_unit"),
        ("USD", "-5", DAY, "per_unit"),
        ("USD", "NaN", DAY, "per_unit"),
        ("USD", "1.00001", DAY, "per_unit"),
        ("USD", "1", date(2019, 12, 31), "since"),
        ("USD", "1", DAY + timedelta(days=32), "since"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(
    office: Office, currency: str, per_unit: str, since: date, field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        rate(office, currency, per_unit, since)
    assert [error.field for error in wrong.value.errors] == [field]


def test_only_an_administrator_says_a_rate(office: Office) -> None:
    with pytest.raises(NotAllowed):
        set_rate(by=office.nodira, currency="USD", since=DAY, per_unit=Decimal(1), today=DAY)


def test_the_margins_cost_three_queries_for_any_number_of_products(office: Office) -> None:
    rate(office)
    for number in range(9):
        Product.objects.create(code=f"p-{number}", name=f"П {number}", margin=Decimal(number), currency="RUB")
    with CaptureQueriesContext(connection) as queries:
        margins(DAY)
    assert len(queries) == 3


def test_a_new_rate_ranks_anew_and_the_same_one_leaves_every_row_untouched(office: Office) -> None:
    filled(office)
    office.product.currency = "USD"
    office.product.save()
    morning = hours.morning_of(clock.now())
    today = bank_day(morning)
    say = {"by": office.adiba, "currency": "USD", "since": today, "today": today}
    set_rate(**say, per_unit=Decimal(10))
    recount_rates(at=morning)
    assert rank_all(at=morning, cause="test") > 0
    set_rate(**say, per_unit=Decimal(10))
    assert rank_all(at=morning, cause="test") == 0
    before = dict(LeadScore.objects.values_list("pk", "score"))
    set_rate(**say, per_unit=Decimal(20))
    assert rank_all(at=morning, cause="test") > 0
    after = dict(LeadScore.objects.values_list("pk", "score"))
    assert any(after[pk] > score for pk, score in before.items())


def test_a_goal_s_unit_is_worth_soums_or_nothing(office: Office) -> None:
    office.product.currency = "USD"
    office.product.save()
    initiative = office.initiative
    assert unit_margin("verbal_contract", office.segment, initiative) is None
    plain = office.stage("verbal_contract").probability * office.product.margin
    today = bank_day(clock.now())
    set_rate(by=office.adiba, currency="USD", since=today, per_unit=Decimal(2), today=today)
    assert unit_margin("verbal_contract", office.segment, initiative) == (plain * 2).quantize(Decimal("0.01"))
