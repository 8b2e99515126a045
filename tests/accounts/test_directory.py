"""What may be asked of a directory. A real one is tried by ``test_directory_live.py``, where there is one to ask."""

from importlib.util import find_spec

import pytest

from accounts import directory, services
from salescrm.settings.directory import settings_of
from salescrm.settings.env import Unset
from tests.office import Office


@pytest.mark.parametrize(
    ("mail", "password"),
    [
        ("*", "x"), ("*@bank.test", "x"), ("a)(uid=*@bank.test", "x"), ("olim@bank.test\0", "x"), ("", "x"),
        ("olim@bank.test", ""), ("olim@bank.test", "pass\0word"), ("olim", "x"), ("a" * 65 + "@bank.test", "x"),
    ],
)  # fmt: skip
def test_a_question_that_could_say_more_than_it_asks_is_not_asked(mail: str, password: str) -> None:
    assert not directory.may_be_asked(mail, password)


def test_a_plain_mail_with_a_password_is() -> None:
    assert directory.may_be_asked("olim.karimov+crm@bank.test", "any words (*)")


@pytest.mark.django_db
def test_only_open_accounts_of_people_are_asked_about(office: Office) -> None:
    assert directory.known(office.olim.email.upper())
    services.update_user(user=office.oksana, by=office.adiba, changes={"is_active": False})
    assert not directory.known(office.oksana.email)
    assert not directory.known("nobody@bank.test")


@pytest.mark.skipif(find_spec("django_auth_ldap") is not None, reason="the package is there")
def test_without_the_package_the_start_is_refused_in_words() -> None:
    with pytest.raises(Unset, match="django-auth-ldap"):
        settings_of("ldaps://directory.bank.test")
