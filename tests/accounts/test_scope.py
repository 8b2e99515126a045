"""Who sees whose work: the one rule, asked in every direction."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import services, tokens
from accounts.models import Team, User
from accounts.scope import may_see_owner, people, scope_of, subtree
from agents.models import Party, Segment
from common import clock
from common.errors import NotFound
from leads.access import get_lead_for
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db

SEES = {
    "olim": {"olim", "oksana"},
    "oksana": {"olim", "oksana"},
    "kamila": {"olim", "oksana"},
    "lola": set(),
    "nodira": {"olim", "oksana", "anvar"},
    "nargiza": {"anvar"},
    "anvar": {"anvar"},
    "sardor": {"sitora"},
    "sitora": {"sitora"},
    "adiba": {"olim", "oksana", "anvar", "sitora"},
    "aziz": {"olim", "oksana", "anvar", "sitora"},
}


@pytest.fixture
def leads(office: Office) -> dict[str, Lead]:
    return {name: office.lead(getattr(office, name)) for name in ("olim", "oksana", "anvar", "sitora")}


@pytest.mark.parametrize("who", SEES)
def test_each_sees_these_leads_and_no_others(office: Office, leads: dict[str, Lead], who: str) -> None:
    visible = set(Lead.objects.visible_to(getattr(office, who)))
    assert visible == {leads[name] for name in SEES[who]}


@pytest.mark.parametrize("who", SEES)
def test_the_same_rule_holds_for_the_parties(office: Office, leads: dict[str, Lead], who: str) -> None:
    visible = set(Party.objects.visible_to(getattr(office, who)))
    assert visible == {leads[name].party for name in SEES[who]}


def test_a_lead_generator_sees_his_own_and_what_he_handed_over(office: Office) -> None:
    mine = office.lead(office.lola)
    handed = office.lead(office.olim, lead_generator_id=office.lola.pk)
    office.lead(office.olim)
    assert set(Lead.objects.visible_to(office.lola)) == {mine, handed}


def test_a_stranger_sees_nothing(office: Office, leads: dict[str, Lead]) -> None:
    assert leads
    assert not Lead.objects.visible_to(AnonymousUser()).exists()
    assert not Segment.objects.visible_to(AnonymousUser()).exists()


def test_who_was_shut_out_sees_nothing(office: Office, leads: dict[str, Lead]) -> None:
    assert leads
    office.adiba.is_active = False
    assert not Lead.objects.visible_to(office.adiba).exists()


def test_hidden_and_missing_are_the_same_answer(office: Office, leads: dict[str, Lead]) -> None:
    answers = []
    for pk in (leads["sitora"].pk, "01890000-0000-7000-8000-000000000000", "no id at all"):
        with pytest.raises(NotFound) as refusal:
            get_lead_for(office.olim, pk)
        answers.append((refusal.value.message, refusal.value.code, refusal.value.status))
    assert len(set(answers)) == 1
    assert get_lead_for(office.olim, leads["oksana"].pk) == leads["oksana"]


def test_a_service_account_sees_its_team_and_below_or_the_whole_bank(office: Office, leads: dict[str, Lead]) -> None:
    scopes = ["leads:read"]
    north = tokens.issue(account="abs-north", scopes=scopes, days=1, at=clock.now(), team=office.north).token.user
    bank = tokens.issue(account="abs", scopes=scopes, days=1, at=clock.now()).token.user
    assert set(Lead.objects.visible_to(north)) == {leads[name] for name in ("olim", "oksana", "anvar")}
    assert set(Lead.objects.visible_to(bank)) == set(leads.values())


def test_a_banks_segment_is_everybodys_and_a_teams_is_seen_below_it(office: Office) -> None:
    wide = Segment.objects.create(kind="agent", name="Все агенты")
    assert office.segment.team == office.north
    seen = {name: set(Segment.objects.visible_to(getattr(office, name))) for name in ("anvar", "sitora", "lola")}
    assert seen == {"anvar": {wide, office.segment}, "sitora": {wide}, "lola": {wide, office.segment}}


def test_moving_to_another_team_changes_the_sight_at_once(office: Office, leads: dict[str, Lead]) -> None:
    services.update_user(user=office.oksana, by=office.adiba, changes={"team": office.south})
    moved = User.objects.get(pk=office.oksana.pk)
    assert set(Lead.objects.visible_to(moved)) == {leads["oksana"], leads["sitora"]}


def test_hanging_a_team_elsewhere_changes_the_sight_of_its_heads(office: Office, leads: dict[str, Lead]) -> None:
    services.update_team(team=office.north_auto, by=office.adiba, changes={"parent": office.south})
    assert leads["anvar"] not in Lead.objects.visible_to(User.objects.get(pk=office.nodira.pk))
    assert leads["anvar"] in Lead.objects.visible_to(User.objects.get(pk=office.sardor.pk))


def test_a_subtree_is_a_team_and_all_below_it(office: Office) -> None:
    deep = Team.objects.create(name="North-Auto-1", parent=office.north_auto)
    assert subtree(office.north.pk) == {office.north.pk, office.north_auto.pk, deep.pk}


def test_a_ring_of_teams_does_not_hang_the_rule(office: Office) -> None:
    """The service refuses rings; a base that got one by hand must still answer."""
    Team.objects.filter(pk=office.bank.pk).update(parent=office.north_auto)
    assert office.south.pk in subtree(office.north.pk)


def test_work_goes_only_to_those_one_sees(office: Office) -> None:
    assert may_see_owner(office.olim, office.oksana)
    assert not may_see_owner(office.olim, office.sitora)
    assert office.anvar in people(office.nodira)
    assert office.sitora not in people(office.nodira)


def test_people_to_choose_from_are_active_and_human(office: Office) -> None:
    tokens.issue(account="abs", scopes=["leads:read"], days=1, at=clock.now(), team=office.north)
    services.update_user(user=office.oksana, by=office.adiba, changes={"is_active": False})
    everyone = [office.olim, office.lola, office.kamila, office.nodira]
    assert set(people(office.nodira)) == set(everyone)


def test_a_scope_costs_one_query_a_request(office: Office, django_assert_num_queries) -> None:
    user = User.objects.select_related("team").get(pk=office.olim.pk)
    with django_assert_num_queries(1):
        scope_of(user)
        scope_of(user)
