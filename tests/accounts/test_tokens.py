"""Keys of bank systems."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import tokens
from accounts.models import ApiToken, User
from accounts.roles import Role
from common import clock
from common.errors import Invalid
from tests.office import Office

pytestmark = pytest.mark.django_db


def issue(account: str = "abs", **changes: object) -> tokens.Issued:
    fields = {"scopes": ["leads:read"], "days": 30, "at": clock.now()}
    return tokens.issue(account=account, **(fields | changes))


def test_a_token_opens_for_its_account() -> None:
    issued = issue()
    found = tokens.authenticate(issued.plain, at=clock.now())
    assert found == issued.token
    assert (found.user.role, found.user.has_usable_password()) == (Role.SERVICE, False)


def test_the_secret_is_kept_nowhere() -> None:
    issued = issue()
    secret = issued.plain.split(".")[1]
    row = ApiToken.objects.values().get()
    events = list(issued.token.events.values())
    assert secret not in str(row)
    assert secret not in str(events)
    assert "secret_hash" not in events[0]


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "x", lambda t: "", lambda t: "crm_", lambda t: t.upper()]
)
def test_a_spoilt_token_opens_nothing(spoil) -> None:
    assert tokens.authenticate(spoil(issue().plain), at=clock.now()) is None


def test_an_expired_token_opens_nothing() -> None:
    issued = issue(days=1)
    assert tokens.authenticate(issued.plain, at=clock.now() + timedelta(hours=23)) is not None
    assert tokens.authenticate(issued.plain, at=clock.now() + timedelta(days=1)) is None


def test_a_revoked_token_opens_nothing_and_stays_revoked() -> None:
    issued, at = issue(), clock.now()
    tokens.revoke(token=issued.token, at=at)
    tokens.revoke(token=issued.token, at=at + timedelta(days=1))
    assert tokens.authenticate(issued.plain, at=at) is None
    assert ApiToken.objects.get().revoked_at == at


def test_a_closed_account_opens_nothing() -> None:
    issued = issue()
    User.objects.filter(pk=issued.token.user_id).update(is_active=False)
    assert tokens.authenticate(issued.plain, at=clock.now()) is None


@pytest.mark.parametrize("changes", [{"scopes": []}, {"scopes": ["root"]}, {"days": 0}, {"days": 366}])
def test_a_token_has_known_scopes_and_an_end(changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        issue(**changes)


def test_the_time_of_use_is_written_at_most_once_a_minute(django_assert_num_queries) -> None:
    issued, at = issue(), clock.now()
    tokens.authenticate(issued.plain, at=at)
    with django_assert_num_queries(1):
        tokens.authenticate(issued.plain, at=at + timedelta(seconds=30))
    tokens.authenticate(issued.plain, at=at + timedelta(minutes=2))
    assert ApiToken.objects.get().last_used_at == at + timedelta(minutes=2)


def test_an_account_keeps_its_team(office: Office) -> None:
    issue(team=office.north)
    assert issue(team=office.north).token.user == issue().token.user
    with pytest.raises(Invalid):
        issue(team=office.south)


def test_the_command_prints_the_token_once(office: Office) -> None:
    out = StringIO()
    call_command(
        "create_token",
        "--account",
        "bi",
        "--scopes",
        "leads:read, funnel:read",
        "--team",
        office.south.name,
        stdout=out,
    )
    found = tokens.authenticate(out.getvalue().strip(), at=clock.now())
    assert found is not None
    assert (found.scopes, found.user.team) == (["funnel:read", "leads:read"], office.south)


@pytest.mark.parametrize("wrong", [["--scopes", "root"], ["--scopes", "leads:read", "--team", "Nowhere"]])
def test_the_command_says_what_is_wrong(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("create_token", "--account", "bi", *wrong)
    assert not ApiToken.objects.exists()


def test_a_token_is_taken_back_by_its_public_part(office: Office) -> None:
    issued = tokens.issue(account="abs-2", scopes=["leads:read"], days=1, at=clock.now(), team=office.north)
    assert tokens.authenticate(issued.plain, at=clock.now()) is not None
    call_command("revoke_token", issued.token.key, stdout=StringIO())
    assert tokens.authenticate(issued.plain, at=clock.now()) is None
