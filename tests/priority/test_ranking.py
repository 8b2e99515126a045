"""Lists of owners, proposed priorities, the day."""

import numpy as np

from priority.ranking import day_list, proposed_priority, rank


def test_each_owner_has_a_list_of_his_own_best_first_ties_by_id() -> None:
    found = rank(
        np.array([2, 1, 2, 1, 1]), np.array([5.0, 1.0, 7.0, 3.0, 3.0]), np.array([10, 11, 12, 14, 13]), np.ones(5)
    )
    assert found.order.tolist() == [4, 3, 1, 2, 0]
    assert found.place.tolist() == [1, 2, 3, 1, 2]
    assert found.before_hours.tolist() == [0, 1, 2, 0, 1]


def test_nobody_has_leads() -> None:
    none = np.zeros(0)
    assert len(rank(none, none, none, none).order) == 0


def test_priority_follows_from_the_place_and_the_moment_due() -> None:
    before = np.array([0.0, 5.5, 5.6, 38.0, 50.0, 50.0, 50.0])
    due = np.array([np.inf, np.inf, np.inf, np.inf, np.inf, 3.9, 5.0])
    proposed = proposed_priority(before, np.ones(7), due, np.array(6.0), np.array(30.0))
    assert proposed.tolist() == [1, 1, 2, 3, 3, 0, 1]


def test_what_is_overdue_comes_now_only_where_it_earns_its_place() -> None:
    high, low = proposed_priority(
        np.array([1.0, 99.0]), np.ones(2), np.array([-2.0, -2.0]), np.array(6.0), np.array(30.0)
    ).tolist()
    assert (high, low) == (0, 3)


def test_the_day_is_filled_from_the_top_until_its_hours_are_used() -> None:
    chosen, later = day_list(np.array([1.0, 9.0, 5.0]), np.full(3, 2.0), np.arange(3), np.zeros(3, bool), 4.0)
    assert chosen.tolist() == [1, 2]
    assert later.tolist() == [0]


def test_fixed_slots_and_priority_zero_are_in_whatever_they_are_worth() -> None:
    kept = np.array([True, False, False])
    chosen, later = day_list(np.array([0.1, 9.0, 5.0]), np.full(3, 2.0), np.arange(3), kept, 4.0)
    assert chosen.tolist() == [1, 0]
    assert later.tolist() == [2]


def test_a_long_step_that_does_not_fit_lets_shorter_ones_pass() -> None:
    chosen, later = day_list(np.array([9.0, 8.0, 7.0]), np.array([2.0, 5.0, 1.0]), np.arange(3), np.zeros(3, bool), 3.0)
    assert chosen.tolist() == [0, 2]
    assert later.tolist() == [1]
