"""A bolder goal: by the day or by one's own best week, and the metrics that took others further."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from backlog.ambition import ENOUGH, harder
from backlog.models import Goal
from backlog.services.ambition import OfferGone, take_bolder, take_leading
from backlog.services.findings import publish_finding
from backlog.services.goals import create_goal, drop_goal, log_value
from backlog.services.sprints import close_sprint, open_sprint
from common.changes import StaleVersion
from common.errors import NotAllowed
from tests.backlog.plan_desk import MONDAY, NOW, Desk, tashkent
from tests.office import Office

pytestmark = pytest.mark.django_db
OWN = {"metric": "own", "metric_name": "Продажи", "unit": "шт."}
WEEK = timedelta(weeks=1)


def past(desk: Desk, owner: User, weeks: int, value: int, *more: tuple[str, int]) -> Goal:
    """A week of the past in which the owner's sales came to ``value``; ``more`` are leading metrics of his own."""
    sprint = open_sprint(owner=owner, day=MONDAY - weeks * WEEK, by=owner)
    at = NOW - weeks * WEEK + timedelta(hours=2)
    made = []
    for name, number in (("Продажи", value), *more):
        goal = create_goal(
            sprint=sprint, by=owner, statement=name, metric="own", metric_name=name, unit="шт.",
            target=Decimal(10), segment=desk.office.segment,
        )  # fmt: skip
        log_value(goal=goal, value=Decimal(number), at=at, by=owner)
        made.append(goal)
    return made[0]


def sales(desk: Desk, target: int = 5) -> Goal:
    return desk.goal(statement=f"{target} продаж за неделю", target=Decimal(target), **OWN)


class TestBolder:
    def test_five_a_week_becomes_five_a_day_for_the_days_that_are_left(self, desk: Desk) -> None:
        offer = harder(sales(desk), NOW)
        assert offer is not None
        assert offer.bolder is not None
        bolder = offer.bolder
        assert (bolder.target, bolder.days, bolder.per_day, bolder.best) == (25, 5, True, None)
        assert bolder.statement == "25 продаж за неделю"
        later = harder(sales(desk), tashkent(26, 10))
        assert later is not None
        assert later.bolder is not None
        assert (later.bolder.target, later.bolder.days) == (10, 2)

    def test_ones_own_best_week_bounds_it(self, desk: Desk) -> None:
        past(desk, desk.olim, 2, 7)
        past(desk, desk.olim, 1, 4)
        offer = harder(sales(desk), NOW)
        assert offer is not None
        assert offer.bolder is not None
        assert (offer.bolder.target, offer.bolder.best, offer.bolder.per_day) == (11, 7, False)

    def test_nothing_is_offered_where_the_goal_is_bold_or_the_week_is_at_its_end(self, desk: Desk) -> None:
        past(desk, desk.olim, 1, 4)
        assert harder(sales(desk, 6), NOW) is None
        assert harder(sales(desk), tashkent(27, 10)) is None
        dropped = drop_goal(goal=sales(desk), by=desk.olim)
        assert harder(dropped, NOW) is None
        goal = sales(desk)
        close_sprint(sprint=goal.sprint, by=desk.olim, at=NOW)
        goal.sprint.refresh_from_db()
        assert harder(goal, NOW) is None

    def test_an_own_metric_grows_from_its_baseline(self, desk: Desk) -> None:
        goal = desk.goal(statement="Со 100 до 110", baseline=Decimal(100), target=Decimal(110), **OWN)
        offer = harder(goal, NOW)
        assert offer is not None
        assert offer.bolder is not None
        assert (offer.bolder.target, offer.bolder.statement) == (150, "Со 100 до 150")

    def test_taking_it_twice_by_one_form_stretches_it_once(self, desk: Desk) -> None:
        goal = sales(desk)
        taken = take_bolder(goal=goal, by=desk.olim, at=NOW, expected_version=1)
        assert (taken.target, taken.statement) == (25, "25 продаж за неделю")
        with pytest.raises(StaleVersion):
            take_bolder(goal=goal, by=desk.olim, at=NOW, expected_version=1)
        with pytest.raises(NotAllowed):
            take_bolder(goal=goal, by=desk.office.sitora, at=NOW)

    def test_an_offer_that_is_gone_says_so(self, desk: Desk) -> None:
        goal = sales(desk)
        with pytest.raises(OfferGone):
            take_bolder(goal=goal, by=desk.olim, at=tashkent(27, 10))
        with pytest.raises(OfferGone):
            take_leading(goal=goal, key="meeting", by=desk.olim, at=NOW)


class TestLeading:
    @pytest.fixture
    def peers(self, desk: Desk) -> Callable[[User, int], None]:
        def fill(owner: User, trained: int) -> None:
            for weeks in range(1, 1 + ENOUGH):
                past(desk, owner, weeks, 8 + weeks, ("Обученные агенты", trained))
                past(desk, owner, weeks + ENOUGH, 2 + weeks)

        return fill

    def test_what_it_brought_to_others_stands_beside_those_without(
        self, desk: Desk, peers: Callable[[User, int], None]
    ) -> None:
        peers(desk.office.oksana, 12)
        offer = harder(sales(desk), NOW)
        assert offer is not None
        (one,) = offer.leading
        assert (one.name, one.with_it, one.without) == ("Обученные агенты", 10, 4)
        assert (one.weeks_with, one.weeks_without, one.target) == (3, 3, 12)

    def test_a_name_that_strangers_gave_is_not_told(self, desk: Desk, peers: Callable[[User, int], None]) -> None:
        peers(desk.office.sitora, 12)
        offer = harder(sales(desk), NOW)
        assert offer is not None
        assert offer.leading == ()

    def test_too_few_weeks_say_nothing(self, desk: Desk) -> None:
        past(desk, desk.office.oksana, 1, 20, ("Обученные агенты", 12))
        past(desk, desk.office.oksana, 2, 1)
        offer = harder(sales(desk), NOW)
        assert offer is not None
        assert offer.leading == ()

    def test_a_metric_that_took_nobody_further_is_not_offered(self, desk: Desk) -> None:
        for weeks in range(1, 1 + ENOUGH):
            past(desk, desk.office.oksana, weeks, 2, ("Обученные агенты", 12))
            past(desk, desk.office.oksana, weeks + ENOUGH, 9)
        offer = harder(sales(desk), NOW)
        assert offer is not None
        assert offer.leading == ()

    def test_a_finding_of_the_segment_speaks_for_its_metric(self, desk: Desk, office: Office) -> None:
        made = publish_finding(
            by=office.sitora, claim="Сначала встречи", metric="meeting", action_title="Встретиться",
            segment=office.segment,
        )  # fmt: skip
        offer = harder(sales(desk), NOW)
        assert offer is not None
        (one,) = offer.leading
        assert (one.metric, one.finding, one.with_it, one.target) == ("meeting", made, None, 5)

    def test_taken_it_is_one_more_goal_and_twice_is_once(self, desk: Desk, peers: Callable[[User, int], None]) -> None:
        peers(desk.office.oksana, 12)
        goal = sales(desk)
        offer = harder(goal, NOW)
        assert offer is not None
        key = offer.leading[0].key
        first = take_leading(goal=goal, key=key, by=desk.olim, at=NOW)
        assert take_leading(goal=goal, key=key, by=desk.olim, at=NOW) == first
        assert (first.metric_name, first.unit, first.target, first.segment) == (
            "Обученные агенты", "шт.", 12, desk.office.segment,
        )  # fmt: skip
        again = harder(goal, NOW)
        assert again is not None
        assert again.leading == ()
