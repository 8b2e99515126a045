"""Whose history a report counts: the team's of that time. Nobody sees another team's numbers, by no parameter."""

import pytest
from django.urls import reverse

from accounts.models import User
from common import clock
from leads.models import Lead
from leads.services import editing, moves
from tests.office import Office
from tests.web.reports_page import PAGES, ROOT, behind_it, csv_of, numbers, query_of, signed_in, text_of, wrong_numbers

pytestmark = pytest.mark.django_db
NAME = "Тайный дилер"
HIDDEN = "передан в другую команду"


@pytest.fixture
def handed_over(office: Office) -> Lead:
    """Olim of North took it in; Sitora of South has it now and held the meeting."""
    lead, at = office.lead(office.olim, name=NAME, segment_id=office.segment.pk, source_channel="Север"), clock.now()
    lead = editing.assign(lead=lead, owner=office.sitora, by=office.adiba, at=at)
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    return moves.move(lead=lead, to=office.stage("meeting"), by=office.sitora, at=clock.now(), facts=facts)


def entered(user: User, query: str = "") -> list[int]:
    side = signed_in(user).get(f"{ROOT}funnel/?{query}").context["sides"][0]
    return [line.entered.count for line in side.lines[:2]]


def test_a_number_stays_with_the_team_of_that_time(office: Office, handed_over: Lead) -> None:
    assert entered(office.nodira) == [1, 0]
    assert entered(office.olim) == [1, 0]
    assert entered(office.sardor) == [0, 1]
    assert entered(office.sitora) == [0, 1]
    assert entered(office.adiba) == [1, 1]


@pytest.mark.parametrize("name", PAGES)
def test_each_side_opens_the_rows_of_its_own_part(office: Office, handed_over: Lead, name: str) -> None:
    for who in (office.nodira, office.sardor, office.olim, office.sitora, office.adiba):
        assert not wrong_numbers(who, numbers(signed_in(who), name, "stage=meeting"))
        assert not wrong_numbers(who, numbers(signed_in(who), name))


def test_a_row_of_a_lead_that_went_away_has_neither_name_nor_link(office: Office, handed_over: Lead) -> None:
    client, rows = signed_in(office.nodira), f"{ROOT}rows/?stage=contact"
    text = text_of(client, rows)
    assert HIDDEN in text
    assert NAME not in text
    assert str(handed_over.pk) not in text
    assert csv_of(client, "rows", "stage=contact")[1][0] == HIDDEN
    assert not client.get(rows).context["list_url"]


def test_who_has_the_lead_now_reads_its_name_in_his_own_rows_alone(office: Office, handed_over: Lead) -> None:
    client = signed_in(office.sardor)
    assert NAME in text_of(client, f"{ROOT}rows/?stage=meeting")
    assert NAME not in text_of(client, f"{ROOT}rows/?stage=contact")


def test_rows_open_as_a_list_only_where_it_holds_the_same_leads(office: Office, handed_over: Lead) -> None:
    client = signed_in(office.sardor)
    url = client.get(f"{ROOT}rows/?stage=meeting").context["list_url"]
    assert url.startswith(reverse("leads:list"))
    assert query_of(url.partition("?")[2])["reached"] == "meeting"
    assert NAME in text_of(client, url)
    # Sitora sees the lead today, so a list by its first stage would show it; the row is North's.
    assert not client.get(f"{ROOT}rows/?stage=contact").context["list_url"]


@pytest.mark.parametrize("name", [*PAGES, "rows"])
def test_a_head_gets_nothing_of_another_team_by_its_id(office: Office, handed_over: Lead, name: str) -> None:
    for person, foreign in ((office.sardor, office.north), (office.nodira, office.south), (office.olim, office.south)):
        text = text_of(signed_in(person), f"{ROOT}{name}/?team={foreign.pk}&stage=contact")
        assert "Условие «Команда» не применено" in text
        assert foreign.name not in text
    assert entered(office.sardor, f"team={office.north.pk}") == [0, 1]


def test_nothing_of_that_time_opens_rows_of_another_team(office: Office, handed_over: Lead) -> None:
    for parameter in (f"then_owner={office.olim.pk}", f"then_team={office.north.pk}", "then_source=Север",
                      f"then_segment={office.segment.pk}", "state=passed", "cohort=2000-01-03"):  # fmt: skip
        assert behind_it(office.sardor, f"stage=contact&period=all&{parameter}") == 0


def test_a_name_that_holds_no_row_of_mine_is_not_told(office: Office, handed_over: Lead) -> None:
    text = text_of(signed_in(office.sardor), f"{ROOT}rows/?stage=contact&then_owner={office.olim.pk}")
    assert "другой" in text
    assert office.olim.name not in text
    assert office.olim.name in text_of(signed_in(office.nodira), f"{ROOT}rows/?stage=contact")


def test_a_hidden_owner_is_refused_like_a_missing_one(office: Office, handed_over: Lead) -> None:
    client = signed_in(office.sardor)
    hidden = text_of(client, f"{ROOT}funnel/?owner={office.olim.pk}")
    missing = text_of(client, f"{ROOT}funnel/?owner=01a0e7d0-0000-7000-8000-000000000000")
    line = "Условие «Владелец» не применено"
    assert line in hidden
    assert line in missing


def test_the_bar_offers_no_row_that_the_reader_may_not_see(office: Office, handed_over: Lead) -> None:
    text = text_of(signed_in(office.sardor), f"{ROOT}funnel/")
    assert office.sitora.name in text
    for foreign in (office.olim.name, "North", office.segment.name):
        assert foreign not in text


def test_a_team_narrows_to_itself_and_all_below_it(office: Office) -> None:
    office.lead(office.olim)
    office.lead(office.anvar)
    assert entered(office.nodira) == [2, 0]
    assert entered(office.nodira, f"team={office.north_auto.pk}") == [1, 0]
    assert entered(office.adiba, f"team={office.north.pk}") == [2, 0]
    client = signed_in(office.nodira)
    lines = client.get(f"{ROOT}compare/?by=team").context["lines"]
    assert {(line.name, line.tally.entered) for line in lines} == {("North", 1), ("North-Auto", 1)}
    assert not wrong_numbers(office.nodira, numbers(client, "compare", "by=team"))


def test_a_person_who_changed_the_team_leaves_his_history_there(office: Office) -> None:
    office.lead(office.olim)
    office.olim.team = office.south
    office.olim.save()
    office.lead(office.olim)
    assert entered(office.nodira) == [1, 0]
    assert entered(office.sardor) == [1, 0]
    line = signed_in(office.nodira).get(f"{ROOT}compare/").context["lines"][0]
    assert (line.name, line.entered.count) == (office.olim.name, 1)
    assert not wrong_numbers(office.nodira, numbers(signed_in(office.nodira), "compare"))
