"""Out of the house: at least once, under one id, to a real mail server and a stub that speaks the Bot API."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from common import clock
from jobs.models import Job
from notifications import texts
from notifications.choices import Mode, NoticeKind, Quiet
from notifications.models import Delivery, TelegramLink
from notifications.services import sending
from tests.channels.servers import BotApi, Mailbox
from tests.notifications.desk import NOON, choose, drain, states, tell
from tests.office import Office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def olim(office: Office) -> User:
    choose(office.olim, email=Mode.AT_ONCE, telegram=Mode.AT_ONCE)
    return User.objects.get(pk=office.olim.pk)


def link(user: User, chat: str = "4711") -> User:
    TelegramLink.objects.create(user=user, chat_id=chat, round=1, linked_at=clock.now())
    return User.objects.get(pk=user.pk)


def test_a_letter_has_the_step_its_time_and_a_link(olim: User, mailbox: Mailbox, settings: Any) -> None:
    settings.PUBLIC_URL = "https://crm.bank.test"
    tell(olim, "one", step="Позвонить директору")
    drain()
    (letter,) = mailbox.letters
    delivery = Delivery.objects.get()
    assert letter["To"] == "olim@bank.test"
    assert letter["Subject"].strip() == "Подошёл срок шага: Позвонить директору, 25.11 13:00"
    assert letter["Message-ID"] == f"<notice-{delivery.pk}@bank.test>"
    assert f"https://crm.bank.test/notifications/{delivery.notices.get().pk}/" in letter.get_content()
    assert (delivery.state, delivery.sent_at) == ("sent", clock.now())


def test_it_speaks_the_readers_language_and_zone(olim: User, mailbox: Mailbox) -> None:
    User.objects.filter(pk=olim.pk).update(timezone="Europe/Moscow")
    tell(User.objects.get(pk=olim.pk), "one")
    drain()
    assert "25.11 11:00" in mailbox.letters[0]["Subject"]


def test_telegram_gets_the_same(olim: User, bot: BotApi, settings: Any) -> None:
    settings.SMTP_URL = ""
    tell(link(olim), "one", step="Позвонить")
    drain()
    (said,) = bot.heard
    assert said.json["chat_id"] == 4711
    assert "Позвонить, 25.11 13:00" in said.json["text"]


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        ("Позвонить +998 90 123-45-67", "Позвонить …"),
        ("Сверить ИНН 301234567 с договором", "Сверить ИНН … с договором"),
        ("Набрать 8 (905) 123 45 67 после обеда", "Набрать … после обеда"),
        ("Отправить на ivan.petrov@mail.test", "Отправить на …"),
        ("Согласовать 15 % до 25.11 в 14:30", "Согласовать 15 % до 25.11 в 14:30"),
        ("Договор 45-12", "Договор 45-12"),
    ],
)
def test_no_phone_tax_id_or_address_leaves_the_house(step: str, kept: str) -> None:
    assert texts.without_numbers(step) == kept


def test_the_name_of_the_lead_stays_inside(office: Office, olim: User, mailbox: Mailbox) -> None:
    lead = office.lead(name="Иван Петров")
    tell(olim, "one", lead_id=lead.pk)
    drain()
    assert "Петров" not in mailbox.letters[0].as_string() + mailbox.letters[0]["Subject"]


def test_killed_between_sending_and_marking_it_goes_again_under_the_same_id(
    olim: User, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(olim, "one")
    dies = [True]
    close = sending._close

    def killed(*args: Any, **kwargs: Any) -> None:
        if dies and dies.pop():
            raise KeyboardInterrupt
        close(*args, **kwargs)

    monkeypatch.setattr(sending, "_close", killed)
    with pytest.raises(KeyboardInterrupt):
        drain()
    assert len(mailbox.letters) == 1
    Job.objects.filter(state="leased").update(state="ready", due_at=clock.now())
    drain()
    assert len(mailbox.letters) == 2
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1
    assert states() == ["sent"]


def test_a_silent_server_is_tried_again_later(olim: User, mailbox: Mailbox, noon: Any) -> None:
    mailbox.answers["DATA"] = "451 later"
    tell(olim, "one")
    drain()
    assert states() == ["waiting"]
    assert Delivery.objects.get().attempts == 1
    mailbox.answers.clear()
    noon.move_to(NOON + timedelta(minutes=10))
    drain()
    assert states() == ["sent"]
    assert len(mailbox.letters) == 1


def test_an_attempt_run_again_after_it_was_put_off_sends_nothing(olim: User, mailbox: Mailbox) -> None:
    mailbox.answers["DATA"] = "451 later"
    tell(olim, "one")
    drain()
    mailbox.answers.clear()
    delivery = Delivery.objects.get()
    sending.deliver(delivery_id=delivery.pk, attempt=0, at=clock.now())
    assert mailbox.letters == []
    assert Job.objects.filter(state="ready").count() == 1


def test_after_two_days_of_silence_it_is_given_up(olim: User, mailbox: Mailbox, noon: Any) -> None:
    mailbox.answers["DATA"] = "451 later"
    tell(olim, "one")
    for hour in range(0, 72, 2):
        noon.move_to(NOON + timedelta(hours=hour))
        drain()
    assert states() == ["dropped"]
    assert Delivery.objects.get().reason.startswith("given up")


def test_an_unknown_address_is_not_tried_again(olim: User, mailbox: Mailbox) -> None:
    mailbox.answers["RCPT"] = "550 nobody here"
    tell(olim, "one")
    drain()
    assert states() == ["dropped"]


def test_a_bot_shut_out_is_unlinked(olim: User, bot: BotApi, settings: Any) -> None:
    settings.SMTP_URL = ""
    bot.refuses(403, "Forbidden: bot was blocked by the user")
    tell(link(olim), "one")
    drain()
    assert states() == ["dropped"]
    assert TelegramLink.objects.get().chat_id == ""


def test_what_is_put_off_into_the_night_waits_for_the_morning(olim: User, mailbox: Mailbox, noon: Any) -> None:
    choose(olim, email=Mode.AT_ONCE, quiet=Quiet.CALENDAR)
    noon.move_to(NOON.replace(hour=18, minute=10))
    tell(User.objects.get(pk=olim.pk), "one")
    noon.move_to(NOON.replace(hour=21))
    drain()
    assert mailbox.letters == []
    noon.move_to((NOON + timedelta(days=1)).replace(hour=9))
    drain()
    assert len(mailbox.letters) == 1


def test_who_left_before_it_was_sent_gets_nothing(olim: User, mailbox: Mailbox) -> None:
    tell(olim, "one")
    User.objects.filter(pk=olim.pk).update(is_active=False)
    drain()
    assert mailbox.letters == []
    assert states() == ["dropped"]


def test_every_kind_has_words_outside(olim: User, mailbox: Mailbox) -> None:
    for kind in NoticeKind.values:
        tell(olim, kind, kind=kind)
    drain()
    assert len({letter["Subject"] for letter in mailbox.letters}) == len(NoticeKind.values)
