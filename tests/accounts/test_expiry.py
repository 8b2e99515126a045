"""Warnings that a token ends: each once, to those whom it concerns."""

from datetime import datetime, timedelta

import pytest

from accounts import expiry, tokens
from accounts.roles import Role
from accounts.tasks import warn_of_expiry
from common import clock
from notifications.models import Delivery, Notice
from tests.office import Office

pytestmark = pytest.mark.django_db


def issue(office: Office, days: int, at: datetime) -> tokens.Issued:
    account = tokens.issue(account="abs", scopes=["leads:read"], days=1, at=at - timedelta(days=2)).token.user
    return tokens.issue_for(user=account, by=office.adiba, scopes=["leads:read"], days=days, at=at)


def told() -> list[str]:
    return list(Notice.objects.order_by("at", "pk").values_list("user__name", flat=True))


def test_each_warning_is_given_once(office: Office) -> None:
    at = clock.now()
    issue(office, 90, at)
    given = [
        (days, sum(expiry.warn(at=at + timedelta(days=days, hours=hour)) for hour in (0, 1)))
        for days in (10, 59, 60, 70, 82, 83, 84, 88, 89, 90, 91)
    ]
    assert [days for days, count in given if count] == [60, 83, 89]
    assert {count for _days, count in given} == {0, 1}
    assert told() == ["Adiba"] * 3


def test_a_short_life_is_not_announced_the_moment_it_begins(office: Office) -> None:
    at = clock.now()
    issue(office, 5, at)
    assert expiry.warn(at=at) == 0
    assert expiry.warn(at=at + timedelta(days=4, hours=1)) == 1


def test_after_a_pause_only_the_most_urgent_warning_is_given(office: Office) -> None:
    at = clock.now()
    issue(office, 90, at)
    assert expiry.warn(at=at + timedelta(days=89, hours=12)) == 1
    assert expiry.warn(at=at + timedelta(days=89, hours=13)) == 0


def test_a_rotation_begins_the_warnings_anew(office: Office) -> None:
    at = clock.now()
    issued = issue(office, 60, at)
    assert expiry.warn(at=at + timedelta(days=31)) == 1
    tokens.rotate(token=issued.token, by=office.adiba, at=at + timedelta(days=32), old_days=1, days=60)
    assert expiry.warn(at=at + timedelta(days=33)) == 0
    assert expiry.warn(at=at + timedelta(days=63)) == 1


def test_nobody_is_told_of_what_is_revoked_shut_or_over(office: Office) -> None:
    at = clock.now()
    issued = issue(office, 60, at)
    tokens.revoke(token=issued.token, at=at)
    assert expiry.warn(at=at + timedelta(days=59, hours=1)) == 0
    other = issue(office, 60, at).token
    type(other.user).objects.filter(pk=other.user_id).update(is_active=False)
    assert expiry.warn(at=at + timedelta(days=59, hours=1)) == 0


def test_administrators_and_the_maker_hear_of_it_and_nobody_else(office: Office) -> None:
    at = clock.now()
    issued = issue(office, 60, at)
    office.olim, office.aziz  # noqa: B018 - there, and not told
    type(office.adiba).objects.create_user("second@bank.test", name="Second", role=Role.ADMINISTRATOR)
    issued.token.created_by = office.nodira
    issued.token.save(update_fields=["created_by"])
    assert expiry.warn(at=at + timedelta(days=31)) == 1
    assert sorted(told()) == ["Adiba", "Nodira", "Second"]


def test_the_letter_leaves_at_once_for_administrators_and_tells_no_secret(office: Office) -> None:
    at = clock.now() - timedelta(days=40)
    issued = issue(office, 60, at)
    warn_of_expiry()
    assert Delivery.objects.filter(user=office.adiba).count() == 1
    notice = Notice.objects.get()
    assert notice.facts["account"] == "abs"
    assert issued.plain.partition(".")[2] not in str(notice.facts)
