"""Deeds on people and teams."""

import pytest

from accounts import services
from accounts.models import Team, User
from accounts.roles import Role
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db


def create(office: Office, by: User | None = None, **changes: object) -> User:
    fields = {"email": "New@Bank.Test", "name": "Новый", "role": Role.PRODUCT_OWNER, "team": office.north}
    return services.create_user(by=by or office.adiba, password=PASSWORD, **(fields | changes))


def test_a_mail_is_kept_in_one_spelling_and_taken_once(office: Office) -> None:
    assert create(office).email == "new@bank.test"
    with pytest.raises(services.EmailTaken):
        create(office, email="NEW@bank.test")


@pytest.mark.parametrize("who", ["olim", "nodira", "aziz", "lola"])
def test_only_an_administrator_makes_colleagues(office: Office, who: str) -> None:
    with pytest.raises(NotAllowed):
        create(office, by=getattr(office, who))


def test_a_weak_password_is_refused_with_the_reason(office: Office) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create_user(
            by=office.adiba, email="a@b.test", name="А", role=Role.AUDITOR, team=None, password="12345"
        )
    assert {error.field for error in refusal.value.errors} == {"password"}


def test_who_works_leads_needs_a_team(office: Office) -> None:
    with pytest.raises(Invalid):
        create(office, team=None)
    assert create(office, team=None, role=Role.AUDITOR).team is None
    with pytest.raises(Invalid):
        services.update_user(user=office.olim, by=office.adiba, changes={"team": None})


def test_a_stale_form_is_refused(office: Office) -> None:
    version = office.olim.version
    services.update_user(user=office.olim, by=office.adiba, changes={"name": "Олим"}, expected_version=version)
    with pytest.raises(StaleVersion):
        services.update_user(user=office.olim, by=office.adiba, changes={"name": "Алим"}, expected_version=version)


def test_an_administrator_does_not_shut_himself_out(office: Office) -> None:
    for changes in ({"is_active": False}, {"role": Role.AUDITOR}):
        with pytest.raises(Invalid):
            services.update_user(user=office.adiba, by=office.adiba, changes=changes)


def test_everyone_sets_his_own_and_nothing_else(office: Office) -> None:
    changed = services.update_preferences(user=office.olim, changes={"theme": "dark", "role": Role.ADMINISTRATOR})
    assert (changed.theme, changed.role) == ("dark", Role.PRODUCT_OWNER)


@pytest.mark.parametrize("changes", [{"timezone": "Mars/Base"}, {"language": "de"}, {"theme": "pink"}, {"name": " "}])
def test_an_unknown_choice_would_break_every_page_and_is_refused(office: Office, changes: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        services.update_preferences(user=office.olim, changes=changes)


def test_a_reset_password_replaces_the_old_one(office: Office) -> None:
    services.reset_password(user=office.olim, by=office.adiba, password="lake-lamp-lemon-17")
    user = User.objects.get(pk=office.olim.pk)
    assert user.check_password("lake-lamp-lemon-17")
    assert not user.check_password(PASSWORD)
    with pytest.raises(NotAllowed):
        services.reset_password(user=office.olim, by=office.nodira, password="lake-lamp-lemon-17")


@pytest.mark.parametrize("below", ["north", "north_auto"])
def test_a_team_never_hangs_below_itself(office: Office, below: str) -> None:
    assert office.north_auto
    with pytest.raises(services.TeamCycle):
        services.update_team(team=office.north, by=office.adiba, changes={"parent": getattr(office, below)})


def test_a_team_may_hang_anywhere_else(office: Office) -> None:
    moved = services.update_team(team=office.north_auto, by=office.adiba, changes={"parent": None})
    assert moved.parent is None
    moved = services.update_team(team=office.north, by=office.adiba, changes={"parent": moved})
    assert moved.parent == office.north_auto


def test_team_names_are_told_apart(office: Office) -> None:
    assert office.south
    with pytest.raises(Invalid):
        services.create_team(by=office.adiba, name="  South ")
    with pytest.raises(Invalid):
        services.update_team(team=office.north, by=office.adiba, changes={"name": "South"})
    with pytest.raises(Invalid):
        services.create_team(by=office.adiba, name="   ")
    assert Team.objects.filter(name="South").count() == 1
