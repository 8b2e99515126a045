"""Service accounts: whose name a bank system calls under."""

import pytest

from accounts import service_accounts, tokens
from accounts.models import User
from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed, NotFound
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_an_account_is_named_scoped_and_cannot_sign_in(office: Office) -> None:
    account = service_accounts.create(by=office.adiba, name="  АБС   банка ", team=office.north, rate_limit=100)
    assert (account.name, account.team, account.rate_limit) == ("АБС банка", office.north, 100)
    assert not account.has_usable_password()
    assert account.email.endswith("@service.invalid")


def test_two_accounts_cannot_share_a_name_and_a_person_may_be_called_so(office: Office) -> None:
    service_accounts.create(by=office.adiba, name="Olim")
    office.olim  # noqa: B018 - made here: a namesake
    with pytest.raises(Invalid):
        service_accounts.create(by=office.adiba, name="OLIM")


@pytest.mark.parametrize("changes", [{"name": "  "}, {"rate_limit": 0}, {"rate_limit": 100_001}])
def test_a_nameless_or_boundless_account_is_refused(office: Office, changes: dict) -> None:
    with pytest.raises(Invalid):
        service_accounts.create(by=office.adiba, **({"name": "АБС"} | changes))
    account = service_accounts.create(by=office.adiba, name="АБС")
    with pytest.raises(Invalid):
        service_accounts.update(account=account, by=office.adiba, changes=changes)


def test_a_shut_account_calls_no_more_and_again_when_it_is_opened(office: Office) -> None:
    at = clock.now()
    account = service_accounts.create(by=office.adiba, name="АБС")
    issued = tokens.issue_for(user=account, by=office.adiba, scopes=["leads:read"], days=5, at=at)
    service_accounts.update(account=account, by=office.adiba, changes={"is_active": False})
    assert tokens.authenticate(issued.plain, at=at) is None
    service_accounts.update(account=account, by=office.adiba, changes={"is_active": True})
    assert tokens.authenticate(issued.plain, at=at) is not None
    labels = [event["is_active"] for event in account.events.order_by("pgh_id").values()]
    assert labels == [True, False, True]


def test_a_change_that_did_not_see_the_last_one_is_refused(office: Office) -> None:
    account = service_accounts.create(by=office.adiba, name="АБС")
    service_accounts.update(account=account, by=office.adiba, changes={"rate_limit": 5}, expected_version=1)
    with pytest.raises(StaleVersion):
        service_accounts.update(account=account, by=office.adiba, changes={"rate_limit": 6}, expected_version=1)


def test_auditors_read_administrators_change_others_neither(office: Office) -> None:
    account = service_accounts.create(by=office.adiba, name="АБС")
    assert list(service_accounts.listed(office.aziz)) == [account]
    for person in (office.aziz, office.nodira, office.olim):
        with pytest.raises(NotAllowed):
            service_accounts.create(by=person, name="Сайт")
        with pytest.raises(NotAllowed):
            service_accounts.update(account=account, by=person, changes={"is_active": False})
    with pytest.raises(NotAllowed):
        service_accounts.listed(office.nodira)


def test_a_person_is_no_service_account(office: Office) -> None:
    with pytest.raises(NotFound):
        service_accounts.get_account(office.adiba, office.olim.pk)
    with pytest.raises(User.DoesNotExist):
        service_accounts.update(account=office.olim, by=office.adiba, changes={"is_active": False})
