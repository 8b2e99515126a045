"""Forecasts of a toy funnel in which the truth is known."""

import numpy as np
import pytest

from priority.forecast import Outcomes, forecast
from priority.hazards import hazards, known_at, win_within


def funnel(days: int = 200, per_day: int = 40, win: float = 0.02, leave: float = 0.03, seed: int = 1) -> Outcomes:
    """Leads come evenly; each day a lead is won or leaves by fixed chances."""
    luck = np.random.default_rng(seed)
    created = np.repeat(np.arange(float(days)), per_day)
    lives = luck.geometric(win + leave, len(created)) - 1
    won = luck.random(len(created)) < win / (win + leave)
    end = created + lives
    return Outcomes(created, np.where(won, end, np.inf), np.where(won, np.inf, end), np.full(len(created), 2.0))


def test_daily_chances_are_recovered_from_open_and_closed_leads() -> None:
    found = hazards(known_at(funnel(), 200.0))
    assert found.win[:6] == pytest.approx(0.02, rel=0.35)
    assert found.leave[:6] == pytest.approx(0.03, rel=0.35)


def test_chance_to_win_steps_through_the_days() -> None:
    found = hazards(known_at(funnel(), 200.0))
    expected = 0.02 / 0.05 * (1 - 0.95**28)
    assert win_within(found, 28)[0] == pytest.approx(expected, rel=0.25)
    assert win_within(found, 28)[0] > win_within(found, 7)[0] > win_within(found, 1)[0] > 0


def test_wins_to_come_fall_inside_the_band() -> None:
    inside, error = 0, []
    for seed in range(10):
        outcomes = funnel(seed=seed)
        said = forecast(outcomes, 150.0, 28)
        waiting = (outcomes.created < 150) & (np.minimum(outcomes.won, outcomes.lost) >= 150)
        came = ((outcomes.won < 178) & waiting).sum()
        inside += said.low80 <= came <= said.high80
        error.append(said.wins / came - 1)
        assert said.margin == pytest.approx(2 * said.wins)
        assert said.enough_history
    assert inside >= 7
    assert abs(np.mean(error)) < 0.15


def test_nothing_after_the_moment_changes_the_forecast() -> None:
    outcomes = funnel()
    at = 120.0
    cut = Outcomes(
        outcomes.created[outcomes.created < at],
        np.where(outcomes.won < at, outcomes.won, np.inf)[outcomes.created < at],
        np.where(outcomes.lost < at, outcomes.lost, np.inf)[outcomes.created < at],
        outcomes.margin[outcomes.created < at],
    )
    assert forecast(outcomes, at, 28) == forecast(cut, at, 28)


def test_dead_leads_are_not_counted_for_ever() -> None:
    young = funnel(days=60)
    old = Outcomes(*(np.concatenate((a, b)) for a, b in zip(
        (young.created, young.won, young.lost, young.margin),
        (np.full(500, -150.0), np.full(500, np.inf), np.full(500, np.inf), np.full(500, 2.0)), strict=True,
    )))  # fmt: skip
    assert forecast(old, 60.0, 28).wins < 1.35 * forecast(young, 60.0, 28).wins


def test_a_short_history_says_so() -> None:
    assert not forecast(funnel(days=60), 60.0, 7).enough_history


def test_no_leads_at_all_give_nothing_and_say_so() -> None:
    nothing = np.zeros(0)
    said = forecast(Outcomes(nothing, nothing, nothing, nothing), 10.0, 7)
    assert (said.wins, said.low80, said.margin, said.enough_history) == (0, 0, 0, False)


def test_a_horizon_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="one day"):
        forecast(funnel(days=5), 5.0, 0)
