"""Guesses are counted before they are looked at: many at once, from many addresses, from a known device."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from accounts import guesses, second_factor
from accounts.models import Guess
from common import clock
from tests.accounts.factors import SECRET, code_at, with_app
from tests.office import Office


def passes(**more: Any) -> bool:
    wanted = {"address": "10.0.0.1", "at": clock.now()} | more
    try:
        guesses.take("password", "olim@bank.test", **wanted)
    except guesses.TooManyGuesses:
        return False
    return True


def at_once(deeds: list[Callable[[], bool]], threads: int = 8) -> int:
    """How many of these, run side by side on connections of their own, came true."""

    def run(deed: Callable[[], bool]) -> bool:
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(run, deeds))


@pytest.mark.django_db
def test_five_pass_and_the_sixth_waits_a_quarter_of_an_hour() -> None:
    at = clock.now()
    assert [passes(at=at) for _n in range(6)] == [True] * 5 + [False]
    with pytest.raises(guesses.TooManyGuesses) as refused:
        guesses.take("password", "olim@bank.test", address="10.0.0.1", at=at + timedelta(minutes=5))
    assert refused.value.retry_after == 600
    assert passes(at=at + timedelta(minutes=15))


@pytest.mark.django_db
def test_knocking_in_vain_does_not_keep_the_door_shut_longer() -> None:
    at = clock.now()
    assert [passes(at=at) for _n in range(5)] == [True] * 5
    assert not passes(at=at + timedelta(minutes=14))
    assert passes(at=at + timedelta(minutes=15, seconds=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("span", "most"), [(guesses.EVERYWHERE, 10), (1_000, 100)])
def test_two_hundred_guesses_at_once_from_twenty_addresses_are_ten_that_are_looked_at(
    span: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second line is the control: without the count by person five from each of twenty would be looked at."""
    monkeypatch.setattr(guesses, "EVERYWHERE", span)
    looked_at = at_once([lambda n=n: passes(address=f"10.0.{n % 20}.1") for n in range(200)])
    assert looked_at == most


@pytest.mark.django_db
def test_a_known_device_is_not_shut_out_by_strangers_and_is_counted_itself() -> None:
    for number in range(30):
        passes(address=f"10.0.{number}.1")
    assert not passes(address="10.9.9.9")
    assert [passes(device="his-own") for _n in range(6)] == [True] * 5 + [False]
    assert passes(device="his-other")


@pytest.mark.django_db
def test_a_right_password_takes_back_one_guess_of_the_shared_count_and_no_more() -> None:
    for number in range(9):
        passes(address=f"10.0.{number}.1")
    guesses.take("password", "olim@bank.test", address="10.1.1.1", at=clock.now()).was_right()
    assert passes(address="10.0.50.1")
    assert not passes(address="10.0.51.1"), "the enemy's nine are counted as before"


@pytest.mark.django_db
def test_an_address_that_tries_everybody_is_stopped_at_a_hundred() -> None:
    def spray(number: int, address: str = "10.0.0.1") -> bool:
        try:
            guesses.take("password", f"person-{number}@bank.test", address=address, at=clock.now())
        except guesses.TooManyGuesses:
            return False
        return True

    assert sum(spray(number) for number in range(120)) == guesses.ADDRESS
    assert spray(1, "10.0.0.2")


@pytest.mark.django_db
def test_a_refused_guess_leaves_no_count_behind() -> None:
    for number in range(10):
        passes(address=f"10.0.{number}.1")
    before = dict(Guess.objects.values_list("bucket", "count"))
    assert not passes(address="10.0.0.1")
    assert dict(Guess.objects.values_list("bucket", "count")) == before


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("not an address", "not an address", True),
    ],
)
def test_an_ipv6_line_is_one_address(one: str, other: str, same: bool) -> None:
    assert (guesses.network_of(one) == guesses.network_of(other)) is same


@pytest.mark.django_db
def test_what_is_kept_names_nobody_and_goes_when_it_is_over() -> None:
    at = clock.now()
    passes(at=at)
    assert not any("olim" in row.bucket or "10.0" in row.bucket for row in Guess.objects.all())
    assert guesses.sweep(at=at) == 0
    assert guesses.sweep(at=at + timedelta(minutes=15)) == 3


@pytest.mark.django_db
def test_the_counts_do_not_ask_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(type(cache), name, lambda *_a, **_k: pytest.fail("the cache was asked"), raising=False)
    assert [passes() for _n in range(6)] == [True] * 5 + [False]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_send_the_same_code_at_once_exactly_one_wins(office: Office) -> None:
    user = office.olim
    codes = with_app(user)
    at = clock.now()
    code = code_at(SECRET, at.timestamp())
    won = at_once([lambda: bool(second_factor.code_passes(user, code, at=at))] * 20)
    assert won == 1
    assert at_once([lambda: bool(second_factor.code_passes(user, codes[0], at=at))] * 20) == 1


@pytest.mark.django_db(transaction=True)
def test_without_spending_it_all_twenty_would_win(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    user = office.olim
    with_app(user)
    monkeypatch.setattr(second_factor, "_spend", lambda *_: True)
    at = clock.now()
    code = code_at(SECRET, at.timestamp())
    assert at_once([lambda: bool(second_factor.code_passes(user, code, at=at))] * 20) == 20
