"""One's own password: which are good, how it is changed, and that it is looked at as it was typed."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common import clock
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db
WRONG = "not-the-password"


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/login/", {"login": email, "password": password})


def test_a_new_password_keeps_this_session_and_ends_the_others(office: Office, client: Client) -> None:
    other = Client()
    sign_in(client, office.olim.email)
    sign_in(other, office.olim.email)
    words = {"oldpassword": PASSWORD, "password1": "lake-lamp-lemon-17", "password2": "lake-lamp-lemon-17"}
    assert client.post("/account/password/", words)["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert sign_in(Client(), office.olim.email, "lake-lamp-lemon-17").status_code == 302


@pytest.mark.parametrize("chosen", ["только строчные буквы", " spaces at the ends ", "Ё" + "ж" * 200, "🔑" * 12])
def test_a_password_is_of_any_signs_and_looked_at_exactly_as_it_was_typed(
    office: Office, client: Client, chosen: str
) -> None:
    """And it stays good: nobody is made to change it by the calendar."""
    client.force_login(office.olim)
    words = {"oldpassword": PASSWORD, "password1": chosen, "password2": chosen}
    assert client.post("/account/password/", words).status_code == 302
    with time_machine.travel(clock.now() + timedelta(days=800), tick=True):
        assert sign_in(Client(), office.olim.email, chosen)["Location"] == "/"
    for other in (chosen.strip() if chosen != chosen.strip() else f"{chosen} ", chosen.swapcase() + "x", chosen[:-1]):
        assert sign_in(Client(), office.olim.email, other).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("oldpassword", WRONG, "Нынешний пароль не подходит"),
        ("password2", "another-long-one-1", "Пароли различаются"),
        ("password1", "short", "12"),
        ("password1", "qwerty123456", "распростран"),
    ],
)
def test_a_bad_new_password_is_told(office: Office, client: Client, field: str, value: str, message: str) -> None:
    client.force_login(office.olim)
    words = {"oldpassword": PASSWORD, "password1": "lake-lamp-lemon-17", "password2": "lake-lamp-lemon-17"}
    answer = client.post("/account/password/", words | {field: value})
    assert answer.status_code == 422
    assert message in answer.content.decode()
