"""An invitation ties one chat to one person: once, within the hour, and cannot be forged."""

from datetime import timedelta

import pytest

from accounts.models import User
from common import clock
from notifications.models import TelegramLink
from notifications.services import link_telegram, take_start, unlink_telegram
from notifications.services.telegram import invitation, invitation_url
from tests.office import Office

pytestmark = pytest.mark.django_db


def fresh(user: User) -> str:
    return invitation(user=User.objects.get(pk=user.pk), at=clock.now())


def link(token: str, chat: str | int = "4711", *, minutes: int = 0) -> User | None:
    return link_telegram(token=token, chat_id=chat, at=clock.now() + timedelta(minutes=minutes))


def chats() -> dict[str, str]:
    return {row.user.name: row.chat_id for row in TelegramLink.objects.select_related("user")}


def test_a_fresh_invitation_links(office: Office) -> None:
    assert link(fresh(office.olim), 4711) == office.olim
    assert chats() == {"Olim": "4711"}


def test_it_fits_what_telegram_lets_through(office: Office) -> None:
    token = fresh(office.olim)
    assert len(token) <= 64
    assert token.replace("-", "a").replace("_", "a").isalnum()


def test_it_is_good_once(office: Office) -> None:
    token = fresh(office.olim)
    assert link(token) is not None
    assert link(token, "4712") is None
    assert chats() == {"Olim": "4711"}


def test_all_invitations_given_before_end_with_the_first_use(office: Office) -> None:
    one, other = fresh(office.olim), fresh(office.olim)
    link(one)
    unlink_telegram(user=office.olim)
    assert link(other) is None
    assert chats() == {"Olim": ""}


def test_it_is_good_for_an_hour(office: Office) -> None:
    assert link(fresh(office.olim), minutes=61) is None
    assert link(fresh(office.olim), minutes=59) == office.olim


@pytest.mark.parametrize("place", [0, 10, 20, 30, 50])
def test_a_changed_sign_is_no_invitation(office: Office, place: int) -> None:
    token = fresh(office.olim)
    other = "A" if token[place] != "A" else "B"
    assert link(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 54, "A" * 54, "A" * 10_000, "=" * 54, "\x00"])
def test_nonsense_is_no_invitation(office: Office, token: str) -> None:
    assert link(token) is None


@pytest.mark.parametrize("chat", ["", "me", "1; DROP", "9" * 30])
def test_what_is_no_chat_is_not_linked(office: Office, chat: str) -> None:
    assert link(fresh(office.olim), chat) is None


def test_who_left_is_not_linked(office: Office) -> None:
    token = fresh(office.olim)
    User.objects.filter(pk=office.olim.pk).update(is_active=False)
    assert link(token) is None


def test_a_chat_belongs_to_one_person(office: Office) -> None:
    link(fresh(office.olim))
    link(fresh(office.oksana))
    assert chats() == {"Olim": "", "Oksana": "4711"}


def test_the_link_needs_the_bots_name(office: Office, settings: object) -> None:
    assert invitation_url(user=office.olim, at=clock.now()) == ""
    settings.TELEGRAM_BOT_NAME = "bank_crm_bot"  # type: ignore[attr-defined]
    assert invitation_url(user=office.olim, at=clock.now()).startswith("https://t.me/bank_crm_bot?start=")


def said(text: str) -> str:
    return take_start(text=text, chat_id="4711", at=clock.now())


def test_the_bots_start_button_links_and_says_so(office: Office) -> None:
    token = fresh(office.olim)
    assert said(f"/start {token}") == "Готово, Olim. Сюда будут приходить уведомления CRM."
    assert said(f"/start {token}").startswith("Ссылка не подошла")
    assert chats() == {"Olim": "4711"}


@pytest.mark.parametrize("text", ["", "/start", "/start ", "/start lead-17", "Здравствуйте", "/stop"])
def test_what_is_no_invitation_is_left_to_others(office: Office, text: str) -> None:
    assert said(text) == ""
