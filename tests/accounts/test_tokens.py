"""Keys of bank systems."""

import base64
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import calls, tokens
from accounts.models import ApiToken, User
from accounts.roles import Role
from common import clock
from common.errors import Invalid, NotAllowed
from tests.accounts.test_calls import call
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
    "spoil",
    [
        lambda t: t[:-1], lambda t: t + "x", lambda t: "", lambda t: "crm_", lambda t: t.upper(),
        lambda t: t.replace("crm_test_", "crm_prod_"), lambda t: t.replace("crm_test_", "crm_"),
        lambda t: t.replace(".", "_"), lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
    ],
)  # fmt: skip
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


def test_the_time_and_place_of_use_are_written_at_most_once_a_minute(django_assert_num_queries) -> None:
    issued, at = issue(), clock.now()
    assert tokens.use_is_due(issued.token, at=at)
    with django_assert_num_queries(1):  # along with the call's row
        calls.write(call(at, ip="10.1.2.3"), used=issued.token.pk)
    token = ApiToken.objects.get()
    assert (token.last_used_at, token.last_used_ip) == (at, "10.1.2.3")
    assert not tokens.use_is_due(token, at=at + timedelta(seconds=30))
    assert tokens.use_is_due(token, at=at + timedelta(minutes=2))
    assert token.events.count() == 1  # a use is no change of the token


def test_a_token_says_its_stand_and_has_bits_enough(settings) -> None:
    settings.API_TOKEN_ENV = "demo"
    plain = issue().plain
    head, _dot, secret = plain.partition(".")
    assert head.startswith("crm_demo_")
    assert len(base64.urlsafe_b64decode(secret + "=")) * 8 >= 160
    assert tokens.authenticate(plain, at=clock.now()) is not None
    settings.API_TOKEN_ENV = "prod"
    assert tokens.authenticate(plain, at=clock.now()) is None


def test_two_secrets_live_until_the_chosen_moment(office: Office) -> None:
    first, at = issue(), clock.now()
    second = tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=3, days=90)
    assert second.plain.partition(".")[0] == first.plain.partition(".")[0]
    for days, old_lives in ((0, True), (2.9, True), (3, False)):
        moment = at + timedelta(days=days)
        assert (tokens.authenticate(first.plain, at=moment) is not None) == old_lives
        assert tokens.authenticate(second.plain, at=moment) is not None
    assert second.token.expires_at == at + timedelta(days=90)


def test_a_third_secret_ends_the_first(office: Office) -> None:
    first, at = issue(), clock.now()
    second = tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=30, days=90)
    third = tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=30, days=90)
    alive = [tokens.authenticate(one.plain, at=at) is not None for one in (first, second, third)]
    assert alive == [False, True, True]


def test_an_old_secret_never_outlives_its_own_end(office: Office) -> None:
    first, at = issue(days=2), clock.now()
    tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=30, days=90)
    assert tokens.authenticate(first.plain, at=at + timedelta(days=1)) is not None
    assert tokens.authenticate(first.plain, at=at + timedelta(days=3)) is None


def test_a_rotation_at_once_leaves_one_secret(office: Office) -> None:
    first, at = issue(), clock.now()
    second = tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=0, days=30)
    assert tokens.authenticate(first.plain, at=at) is None
    assert tokens.authenticate(second.plain, at=at) is not None


def test_revoking_ends_both_secrets(office: Office) -> None:
    first, at = issue(), clock.now()
    second = tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=30, days=90)
    tokens.revoke(token=first.token, by=office.adiba, at=at)
    assert [tokens.authenticate(one.plain, at=at) for one in (first, second)] == [None, None]
    with pytest.raises(Invalid):
        tokens.rotate(token=first.token, by=office.adiba, at=at, old_days=0, days=30)


@pytest.mark.parametrize("changes", [{"old_days": 31}, {"old_days": -1}, {"days": 0}, {"days": 366}])
def test_a_rotation_keeps_the_bounds(office: Office, changes: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        tokens.rotate(token=issue().token, by=office.adiba, at=clock.now(), **({"old_days": 1, "days": 30} | changes))


def test_only_administrators_give_change_and_take_tokens(office: Office) -> None:
    issued, at = issue(), clock.now()
    for person in (office.olim, office.aziz):
        with pytest.raises(NotAllowed):
            tokens.issue_for(user=issued.token.user, by=person, scopes=["leads:read"], days=1, at=at)
        with pytest.raises(NotAllowed):
            tokens.rotate(token=issued.token, by=person, at=at, old_days=1, days=1)
        with pytest.raises(NotAllowed):
            tokens.revoke(token=issued.token, by=person, at=at)
        with pytest.raises(NotAllowed):
            tokens.restrict(token=issued.token, by=person, addresses=[])
    assert tokens.authenticate(issued.plain, at=at) is not None


@pytest.mark.parametrize(
    ("listed", "ip", "taken"),
    [
        ([], "203.0.113.9", True), (["10.20.0.0/16"], "10.20.7.8", True), (["10.20.0.0/16"], "10.21.0.1", False),
        (["10.0.0.5"], "10.0.0.5", True), (["10.0.0.5"], "10.0.0.6", False), (["2001:db8::/32"], "2001:db8::7", True),
        (["10.20.0.0/16"], "::ffff:10.20.0.1", True), (["10.20.0.0/16"], "", False), (["10.0.0.5"], "unknown", False),
    ],
)  # fmt: skip
def test_a_token_is_taken_from_its_addresses_only(office: Office, listed: list[str], ip: str, taken: bool) -> None:
    token = tokens.restrict(token=issue().token, by=office.adiba, addresses=listed)
    assert tokens.admits(token, ip) is taken


def test_addresses_are_kept_in_one_form_and_wrong_ones_are_named(office: Office) -> None:
    token = issue().token
    assert tokens.restrict(token=token, by=office.adiba, addresses=[" 10.1.2.3/16 ", "10.1.0.0/16", ""]).addresses == [
        "10.1.0.0/16"
    ]
    with pytest.raises(Invalid, match=r"10\.1\.2\.300"):
        tokens.restrict(token=token, by=office.adiba, addresses=["10.1.2.300", "gateway.bank.local"])


def test_what_is_done_with_tokens_stands_in_the_audit_without_any_secret(office: Office) -> None:
    issued, at = issue(), clock.now()
    rotated = tokens.rotate(token=issued.token, by=office.adiba, at=at, old_days=1, days=30)
    tokens.revoke(token=issued.token, by=office.adiba, at=at)
    events = list(issued.token.events.order_by("pgh_id").values())
    assert [event["pgh_label"] for event in events] == ["insert", "update", "update"]
    hashes = set(ApiToken.objects.values_list("secret_hash", "old_secret_hash").get()) - {""}
    told = str(events)
    assert not [one for one in (*hashes, issued.plain[-43:], rotated.plain[-43:]) if one in told]


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
