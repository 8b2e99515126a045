"""Many horizons and groups at once say what one forecast after another says."""

import numpy as np
import pytest

from priority.forecast import Outcomes, forecast
from priority.outlook import outlook, roads
from tests.priority.test_forecast import funnel


def shaken(seed: int) -> Outcomes:
    """A funnel with all that real logs bring: ends before the beginning, a win after a loss, several on one day."""
    luck, plain = np.random.default_rng(seed), funnel(days=230, per_day=6, seed=seed)
    count = len(plain.created)
    odd = luck.random(count)
    won = np.where(odd < 0.02, plain.created - 3, plain.won)
    lost = np.where((odd > 0.02) & (odd < 0.04), plain.won - 1, plain.lost)
    return Outcomes(plain.created + luck.random(count), won, lost, luck.random(count) * 100)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("at", [90.0, 171.0, 230.0])
def test_it_says_what_the_forecast_says_for_each_whole_week(seed: int, at: float) -> None:
    outcomes = shaken(seed)
    found = outlook(roads(outcomes, at), [7, 14, 28, 56])
    for point in found.points:
        said = forecast(outcomes, at, point.days)
        assert point.wins == pytest.approx(said.wins, rel=1e-6, abs=1e-9) or point.wins > said.wins
        if point.wins == pytest.approx(said.wins, rel=1e-6):
            assert (point.low80, point.high80) == pytest.approx((said.low80, said.high80), rel=1e-6)
            assert point.margins[0] == pytest.approx(said.margin, rel=1e-6)
        assert point.past_error == pytest.approx(said.past_error, rel=1e-6)
    month = forecast(outcomes, at, 28)
    assert found.enough_history == month.enough_history


def test_more_days_never_bring_less() -> None:
    found = outlook(roads(shaken(2), 200.0), range(1, 57))
    wins = [point.wins for point in found.points]
    assert wins == sorted(wins)
    assert wins[0] > 0


def test_groups_part_the_leads_and_money_of_each_currency_stays_apart() -> None:
    outcomes = shaken(3)
    money = np.stack([outcomes.margin, np.zeros(len(outcomes.margin))])
    money[1, ::2], money[0, ::2] = money[0, ::2], 0
    whole = roads(outcomes, 200.0, money)
    even, odd = (whole.of(np.arange(start, len(whole.born), 2)) for start in (0, 1))
    assert outlook(even, [28]).open + outlook(odd, [28]).open == outlook(whole, [28]).open
    assert all(margin > 0 for margin in outlook(whole, [28]).points[0].margins)


def test_nothing_after_the_moment_changes_it() -> None:
    outcomes, at = shaken(4), 150.0
    cut = outcomes.created < at
    known = Outcomes(
        outcomes.created[cut],
        np.where(outcomes.won < at, outcomes.won, np.inf)[cut],
        np.where(outcomes.lost < at, outcomes.lost, np.inf)[cut],
        outcomes.margin[cut],
    )
    assert outlook(roads(outcomes, at), [14, 28]) == outlook(roads(known, at), [14, 28])


def test_no_leads_give_nothing_and_say_so() -> None:
    nothing = np.zeros(0)
    found = outlook(roads(Outcomes(nothing, nothing, nothing, nothing), 10.0), [7, 28])
    assert [point.wins for point in found.points] == [0, 0]
    assert (found.open, found.enough_history) == (0, False)


def test_a_horizon_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="one day"):
        outlook(roads(funnel(days=20), 20.0), [0])
