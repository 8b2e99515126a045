"""A segment as a condition means itself and all that narrow it, and every number opens the rows it counts."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from agents.models import Segment
from common import clock
from funnel import rollups
from funnel.statistics import Rate
from leads.models import Lead
from tests.office import Office
from tests.web.parties import make_agent, signed_in, text_of
from tests.web.reports_page import numbers, wrong_numbers
from web.reports.words import interval

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch(office: Office) -> tuple[Segment, Segment, Segment]:
    """Two levels under «Оценщики», a lead in each of the three, and one lead in another segment."""
    top = office.segment
    make = Segment.objects.create
    middle = make(kind="agent", name="Оценщики: Ташкент", parent=top, owner=office.olim, team=office.north)
    low = make(kind="agent", name="Оценщики: Чиланзар", parent=middle, owner=office.olim, team=office.north)
    apart = make(kind="agent", name="Автосалоны", owner=office.olim, team=office.north)
    for segment in (top, middle, low, apart):
        office.lead(name=f"Лид: {segment.name}", segment_id=segment.pk)
    office.lead(name="Лид без сегмента")
    rollups.refresh(at=clock.now())
    return top, middle, low


def names(user: User, **query: object) -> set[str]:
    text = signed_in(user).get("/leads/", {"view": "all", **query}).content.decode()
    return {name.removeprefix("Лид: ") for name in re.findall(r"data-row-link>([^<]+)<", text)}


def test_the_list_takes_the_branch_and_nothing_beside_it(
    office: Office, branch: tuple[Segment, Segment, Segment]
) -> None:
    top, middle, low = branch
    assert names(office.olim, segment=top.pk) == {top.name, middle.name, low.name}
    assert names(office.olim, segment=middle.pk) == {middle.name, low.name}
    assert names(office.olim, segment=low.pk) == {low.name}
    assert names(office.olim, segment=[low.pk, "none"]) == {low.name, "Лид без сегмента"}
    assert names(office.olim, segment="none") == {"Лид без сегмента"}


def test_the_board_takes_the_branch(office: Office, branch: tuple[Segment, Segment, Segment]) -> None:
    text = text_of(signed_in(office.olim), f"/leads/board/?kind=agent&segment={branch[1].pk}")
    assert "Лид: Оценщики: Чиланзар" in text
    assert "Лид: Оценщики: Ташкент" in text
    assert "Лид: Оценщики<" not in text
    assert "Лид: Автосалоны" not in text


def test_the_funnel_counts_the_branch_and_opens_the_same_rows(
    office: Office, branch: tuple[Segment, Segment, Segment]
) -> None:
    for segment, count in zip(branch, (3, 2, 1), strict=True):
        found = numbers(signed_in(office.olim), "funnel", f"segment={segment.pk}")
        assert found[0][1] == count
        assert not wrong_numbers(office.olim, found)
    assert numbers(signed_in(office.olim), "funnel", "segment=none")[0][1] == 1


def test_the_segments_own_page_counts_what_its_links_open(
    office: Office, branch: tuple[Segment, Segment, Segment]
) -> None:
    top, middle, _low = branch
    office.initiative.segments.add(top)
    Lead.objects.update(initiative=office.initiative)
    make_agent(office, name="Агент ветви", segment_id=middle.pk)
    page = signed_in(office.olim).get(reverse("segments:detail", args=[top.pk]))
    assert (page.context["segment"].all_leads, page.context["children"][0].all_leads) == (3, 2)
    assert "Агент ветви" in page.content.decode()
    listed_ = signed_in(office.olim).get(reverse("segments:list")).context["listing"].page
    assert {row.name: row.live_leads for row in listed_}["Оценщики"] == 3
    inside = signed_in(office.olim).get(reverse("initiatives:detail", args=[office.initiative.pk]))
    assert [row.all_leads for row in inside.context["segments"]] == [3]
    assert names(office.olim, segment=top.pk, initiative=office.initiative.pk) == names(office.olim, segment=top.pk)


def test_agents_of_a_branch_are_listed_by_its_top(office: Office, branch: tuple[Segment, Segment, Segment]) -> None:
    make_agent(office, name="Агент ветви", segment_id=branch[2].pk)
    address = reverse("agents:list")
    assert "Агент ветви" in text_of(signed_in(office.olim), f"{address}?segment={branch[0].pk}")
    apart = Segment.objects.get(name="Автосалоны")
    assert "Агент ветви" not in text_of(signed_in(office.olim), f"{address}?segment={apart.pk}")


def test_an_interval_is_written_as_the_language_writes_percents(office: Office) -> None:
    told = []
    for lang in ("ru", "uz", "en"):
        with override(lang):
            told.append(interval(Rate(80, 100)))
    assert told == ["71–87\N{NO-BREAK SPACE}%", "71–87%", "71–87%"]
