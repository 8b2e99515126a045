"""Cells become values in the forms that people write."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from common.errors import Invalid
from imports import parsing

TASHKENT = ZoneInfo("Asia/Tashkent")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234\u202f567,8", "1234567.80"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567.00"),
        ("12500000", "12500000.00"),
        ("12,5 млн", "12500000.00"),
        ("420 тыс. сум", "420000.00"),
        ("0,125", "0.12"),
    ],
)
def test_sums_are_read_in_every_usual_form(text: str, value: str) -> None:
    assert parsing.amount(text, "Сумма") == Decimal(value)


@pytest.mark.parametrize("text", ["много", "12 штук", "--5", "1,2,3.4.5", "NaN", "1e400"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parsing.amount(text, "Сумма")


@pytest.mark.parametrize("text", ["2026-02-03", "03.02.2026", "03/02/2026", "2026-02-03 00:00:00"])
def test_dates_are_read_in_every_usual_form(text: str) -> None:
    found = parsing.moment(text, "Дата", TASHKENT)
    assert found.isoformat() == "2026-02-03T00:00:00+05:00"


@pytest.mark.parametrize("text", ["31.02.2026", "0001-01-01", "9999-12-31", "вчера", "45000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parsing.moment(text, "Дата", TASHKENT)
