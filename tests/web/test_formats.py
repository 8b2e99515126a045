"""The golden values of how figures, days and phones are written in three languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from web import formats as f

N = "\u00a0"
SUNDAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "text"),
    [("ru", f"1{N}234{N}567,89"), ("uz", f"1{N}234{N}567,89"), ("en", "1,234,567.89")],
)
def test_a_number_groups_its_digits_as_the_language_does(lang: str, text: str) -> None:
    assert f.number(Decimal("1234567.89"), lang) == text


def test_a_whole_number_has_no_fraction() -> None:
    assert f.number(Decimal("12.00")) == "12"
    assert f.number(7.0) == "7"


def test_a_negative_number_has_a_true_minus() -> None:
    assert f.number(-1500) == f"\u22121{N}500"


@pytest.mark.parametrize(("lang", "text"), [("ru", f"25,6{N}%"), ("uz", "25,6%"), ("en", "25.6%")])
def test_a_percent_is_spaced_in_russian_only(lang: str, text: str) -> None:
    assert f.percent(0.256, lang, 1) == text


def test_a_change_of_share_is_in_percentage_points() -> None:
    assert f.points(0.18) == f"+18{N}п. п."
    assert f.points(-0.02, "en") == f"\u22122{N}pp"


@pytest.mark.parametrize(
    ("lang", "uzs", "rub"),
    [
        ("ru", f"12{N}500{N}000{N}сум", f"12{N}500{N}000{N}₽"),
        ("uz", f"12{N}500{N}000{N}so\u02bbm", f"12{N}500{N}000{N}₽"),
        ("en", f"UZS{N}12,500,000", "₽12,500,000"),
    ],
)
def test_money_names_its_currency(lang: str, uzs: str, rub: str) -> None:
    assert f.money(12_500_000, "UZS", lang) == uzs
    assert f.money(12_500_000, "RUB", lang) == rub


def test_money_shows_tiyin_only_when_exact() -> None:
    assert f.money(Decimal("10.55")) == f"11{N}сум"
    assert f.money(Decimal("10.55"), exact=True) == f"10,55{N}сум"
    assert f.money(-5, "USD", "en") == "\u2212$5"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", f"12,5{N}млн{N}сум"),
        ("uz", f"12,5{N}mln{N}so\u02bbm"),
        ("en", f"UZS{N}12.5m"),
    ],
)
def test_short_money_keeps_one_decimal(lang: str, text: str) -> None:
    assert f.short_money(12_500_000, "UZS", lang) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9_999, f"9{N}999{N}сум"),
        (210_000_000, f"210{N}млн{N}сум"),
        (999_960_000, f"1{N}млрд{N}сум"),
        (52_000, f"52{N}тыс.{N}сум"),
    ],
)
def test_short_money_picks_its_scale(value: int, text: str) -> None:
    assert f.short_money(value) == text


@pytest.mark.parametrize(
    ("lang", "short", "long", "listed"),
    [
        ("ru", "22.11.2026", f"22{N}ноября 2026{N}г.", f"вс, 22{N}нояб."),
        ("uz", "22.11.2026", "22-noyabr, 2026", "Yak, 22-noy"),
        ("en", "22 Nov 2026", f"22{N}November 2026", f"Sun 22{N}Nov"),
    ],
)
def test_a_day_is_written_three_ways(lang: str, short: str, long: str, listed: str) -> None:
    assert f.day(SUNDAY, lang) == short
    assert f.long_day(SUNDAY, lang) == long
    assert f.list_day(SUNDAY, lang) == listed


def test_a_day_of_another_year_names_the_year() -> None:
    assert f.list_day(SUNDAY, today=date(2027, 1, 5)) == f"вс, 22{N}нояб. 2026"


def test_near_days_are_words() -> None:
    assert f.near_day(SUNDAY, SUNDAY) == "сегодня"
    assert f.near_day(date(2026, 11, 23), SUNDAY, "uz") == "ertaga"
    assert f.near_moment(NOON - timedelta(days=1), NOON, "en") == "yesterday, 12:00"


def test_a_week_is_named_by_iso() -> None:
    assert f.iso_week(date(2027, 1, 3)) == "2026-W53"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=40), f"40{N}мин"),
        (timedelta(hours=3, minutes=20), f"3{N}ч"),
        (timedelta(days=12), f"12{N}дн."),
    ],
)
def test_a_span_is_told_in_one_unit(span: timedelta, text: str) -> None:
    assert f.duration(span) == text


def test_what_was_and_what_will_be_are_told_apart() -> None:
    assert f.ago(NOON - timedelta(hours=3), NOON) == f"3{N}ч назад"
    assert f.ago(NOON + timedelta(days=2), NOON, "en") == f"in 2{N}d"
    assert f.ago(NOON, NOON, "uz") == "hozirgina"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("+998901234567", f"+998{N}90{N}123-45-67"),
        ("+79121234567", f"+7{N}912{N}123-45-67"),
        ("доб. 12", "доб. 12"),
    ],
)
def test_a_phone_is_grouped_and_the_unknown_kept(raw: str, text: str) -> None:
    assert f.phone(raw) == text


def test_a_phone_link_has_digits_only() -> None:
    assert f.dial("+998 90 123-45-67") == "tel:+998901234567"


def test_a_rate_carries_its_base_and_interval() -> None:
    assert f.rate(192, 310) == f"62{N}%, 192 из 310, интервал 56–67"


def test_a_rate_of_few_cases_is_no_percent() -> None:
    assert f.rate(2, 7) == "2 из 7"
    assert f.rate(2, 7, "uz") == "7 tadan 2 ta"
    assert f.rate(0, 0) == "0 из 0"


@pytest.mark.parametrize(
    ("count", "form"),
    [(1, "лид"), (2, "лида"), (5, "лидов"), (11, "лидов"), (21, "лид"), (112, "лидов")],
)
def test_russian_has_three_forms_of_a_noun(count: int, form: str) -> None:
    assert f.plural(count, "лид|лида|лидов") == form


def test_other_languages_have_two_forms_or_one() -> None:
    assert [f.plural(n, "lead|leads", "en") for n in (1, 5)] == ["lead", "leads"]
    assert [f.plural(n, "lid", "uz") for n in (1, 5)] == ["lid", "lid"]
