"""Who stands at an edge of the rule: three to whom a record was lent, and one who was moved after he had signed in."""

from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts import services, sharing
from accounts.models import Share, Team, User
from accounts.roles import Role
from common import clock
from tests.office import PASSWORD, Office
from tests.web.policy import BORROWERS, MOVED
from tests.web.world import World

_NOUNS = {"lead": "lead", "agent": "party", "client": "party"}


def borrowers(world: World) -> dict[str, User]:
    """They work in a team of their own, and were each lent Olim's lead, his agent and his client."""
    east = Team.objects.create(name="East", parent=world.office.bank)
    made = {name: _person(name, east) for name in BORROWERS}
    for name, level in BORROWERS.items():
        for kind, noun in _NOUNS.items():
            _lend(world.office, made[name], noun, world.of["olim"][kind], level)
    return made


def _person(name: str, team: Team) -> User:
    return User.objects.create_user(
        f"{name}@bank.test", PASSWORD, name=name.title(), role=Role.PRODUCT_OWNER, team=team
    )


def _lend(office: Office, to: User, noun: str, subject: UUID, level: str) -> None:
    at = clock.now()
    days = {"until": at.astimezone(office.olim.zone).date() + timedelta(days=7), "reason": "Общий клиент", "at": at}
    share = sharing.lend(
        by=office.olim, owner=office.olim, noun=noun, subject=subject, email=to.email,
        level="work" if level == "over" else level, **days,
    )  # fmt: skip
    if level == "over":
        Share.objects.filter(pk=share.pk).update(until=at.date() - timedelta(days=2))


def moved(world: World, client: Client) -> None:
    """She signs in beside Olim and looks at his work; then she is moved to Sitora's team."""
    office = world.office
    person = _person(MOVED, office.north)
    client.force_login(person)
    assert client.get(reverse("leads:card", args=[world.of["olim"]["lead"]])).status_code == 200
    services.update_user(user=person, by=office.adiba, changes={"team": office.south})
    client.force_login(person)  # a change of the team ends her sessions; whether she is let in is not the matter here
