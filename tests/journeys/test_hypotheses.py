"""A verdict from the list of running tests, by the keyboard alone, on the layout that people really have."""

import pytest

from agents.models import Segment, Utp
from hypotheses.models import Hypothesis
from tests.hypotheses.bench import running
from tests.journeys.conftest import Desk
from tests.journeys.pressing import RussianKeys, focused
from tests.office import Office

pytestmark = pytest.mark.browser


def started(office: Office, name: str) -> Hypothesis:
    """A running test of a segment of its own: two tests never share leads."""
    segment = Segment.objects.create(kind="agent", name=name, team=office.north)
    utp = Utp.objects.create(segment=segment, statement=f"Обещание: {name}", team=office.north)
    return running(office, segment=segment, utps=[utp])


def test_a_key_decides_the_test_in_hand_and_no_other(desk: Desk) -> None:
    office = desk.house.office
    first, second = started(office, "Первые"), started(office, "Вторые")
    page = desk.page("olim")
    page.goto("/hypotheses/")
    keys = RussianKeys(page)
    rows = page.locator("[data-row]")
    place = [row.get_attribute("id") for row in rows.all()].index(f"hypothesis-{second.pk}")
    keys.press(*["J"] * (place + 1))
    assert second.code in focused(page)
    with page.expect_navigation():
        keys.press("2")
    # So early the rule has nothing to say: the reason is asked for, and what was pressed is kept.
    reason = page.locator("[name=reason]")
    reason.wait_for()
    assert page.locator("[name=decision]:checked, [name=decision][type=hidden]").input_value() == "refuted"
    page.keyboard.press("Tab")
    assert focused(page).startswith("A Почему"), "from the list of what to mend the link leads to the sentence"
    page.keyboard.press("Enter")
    page.keyboard.type("Никто не дошёл до встречи")
    assert reason.input_value() == "Никто не дошёл до встречи"
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    verdicts = dict(Hypothesis.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", "verdict"))
    assert verdicts == {first.pk: "", second.pk: "refuted"}
    assert page.url.endswith("/hypotheses/"), "back to the list that the reader works through"
    assert page.locator(f"#hypothesis-{second.pk}").count() == 0


def test_a_digit_in_the_sentence_is_a_digit(desk: Desk) -> None:
    office = desk.house.office
    row = started(office, "Третьи")
    page = desk.page("olim")
    page.goto("/hypotheses/")
    page.locator(f"#hypothesis-{row.pk} [name=reason]").focus()
    page.keyboard.type("1 из 3")
    assert page.locator(f"#hypothesis-{row.pk} [name=reason]").input_value() == "1 из 3"
    assert Hypothesis.objects.get(pk=row.pk).verdict == ""
