"""Goals: measurable or refused; an own metric is typed, a counted one never."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from backlog.choices import GoalStatus
from backlog.models import Goal, GoalValue
from backlog.services.goals import drop_goal, log_value, update_goal
from backlog.services.sprints import SprintClosed, close_sprint
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from tests.backlog.plan_desk import NOW, Desk

pytestmark = pytest.mark.django_db

OWN = {"metric": "own", "metric_name": "Обученные агенты", "unit": "агентов"}


def _fields(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {error.field for error in refused.value.errors}


def test_a_goal_without_a_metric_is_refused_and_says_why(desk: Desk) -> None:
    with pytest.raises(Invalid, match="метрику") as refused:
        desk.goal(metric="")
    assert _fields(refused) == {"metric"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"statement": "  "}, "statement"),
        ({"metric": "happiness"}, "metric"),
        ({"target": None}, "target"),
        ({"target": Decimal(3), "baseline": Decimal(3)}, "target"),
        ({"target": Decimal("1e15")}, "target"),
        ({"due_on": date(2026, 11, 30)}, "due_on"),
        ({"due_on": date(2026, 11, 22)}, "due_on"),
        ({"metric": "own", "unit": "штук"}, "metric_name"),
        ({"metric": "own", "metric_name": "Обученные"}, "unit"),
        ({"statement": "ц" * 301}, "statement"),
    ],
)
def test_what_cannot_be_measured_is_no_goal(desk: Desk, wrong: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.goal(**wrong)
    assert field in _fields(refused)
    assert not Goal.objects.exists()


def test_everything_wrong_is_said_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.goal(statement="", metric="", target=None)
    assert _fields(refused) == {"statement", "metric", "target"}


def test_a_unit_is_worth_the_products_margin_times_the_chance_of_its_stage(desk: Desk) -> None:
    goal = desk.goal(initiative=desk.office.initiative)
    chance = desk.office.stage("verbal_contract").probability
    assert goal.unit_margin == desk.office.product.margin * chance
    assert desk.goal(metric="done").unit_margin is None
    assert desk.goal(initiative=desk.office.initiative, unit_margin=Decimal(5)).unit_margin == Decimal(5)


def test_a_change_obeys_the_same_rules(desk: Desk) -> None:
    goal = desk.goal()
    with pytest.raises(Invalid):
        update_goal(goal=goal, by=desk.olim, changes={"target": Decimal(0)})
    with pytest.raises(Invalid):
        update_goal(goal=goal, by=desk.olim, changes={"status": "dropped"})
    changed = update_goal(goal=goal, by=desk.olim, changes={"target": Decimal(12)}, expected_version=goal.version)
    with pytest.raises(StaleVersion):
        update_goal(goal=goal, by=desk.olim, changes={"target": Decimal(15)}, expected_version=goal.version)
    assert changed.target == Decimal(12)


def test_open_actions_of_a_dropped_goal_stay_in_the_week(desk: Desk) -> None:
    goal = desk.goal()
    action = desk.action(goal=goal)
    assert drop_goal(goal=goal, by=desk.olim).status == GoalStatus.DROPPED
    action.refresh_from_db()
    assert (action.goal, action.segment, action.sprint) == (None, desk.office.segment, goal.sprint)
    assert drop_goal(goal=goal, by=desk.olim).status == GoalStatus.DROPPED


def test_a_counted_metric_is_not_typed_and_the_refusal_says_where_it_comes_from(desk: Desk) -> None:
    with pytest.raises(Invalid, match="этапов воронки"):
        log_value(goal=desk.goal(), value=Decimal(3), at=NOW, by=desk.olim)
    with pytest.raises(Invalid, match="итогов действий"):
        log_value(goal=desk.goal(metric="calls"), value=Decimal(3), at=NOW, by=desk.olim)


def test_a_value_is_written_once_for_a_moment(desk: Desk) -> None:
    goal = desk.goal(**OWN)
    for _ in range(2):
        log_value(goal=goal, value=Decimal(3), at=NOW, by=desk.olim, note="из таблицы")
    log_value(goal=goal, value=Decimal(4), at=NOW + timedelta(hours=1), by=desk.olim)
    assert GoalValue.objects.count() == 2


@pytest.mark.parametrize("value", [Decimal(-1), Decimal("1e13"), Decimal("NaN")])
def test_an_absurd_value_is_refused(desk: Desk, value: Decimal) -> None:
    with pytest.raises(Invalid):
        log_value(goal=desk.goal(**OWN), value=value, at=NOW, by=desk.olim)


def test_a_strangers_goal_cannot_be_changed(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        drop_goal(goal=desk.goal(), by=desk.office.sitora)


def test_goals_of_a_closed_week_stand(desk: Desk) -> None:
    goal = desk.goal()
    close_sprint(sprint=goal.sprint, by=desk.olim, at=NOW)
    with pytest.raises(SprintClosed):
        update_goal(goal=goal, by=desk.olim, changes={"target": Decimal(12)})
