"""Mail, against a real SMTP server."""

from typing import Any

import pytest

from channels.messages import Outgoing, Rejected, TryLater, Why
from channels.smtp import Smtp
from salescrm.settings import env
from tests.channels.servers import Mailbox, free_port

LETTER = Outgoing(id="019a-7", to="zafar@agent.test", subject="Отчёт об оценке", text="Добрый день, Зафар.")


def test_a_letter_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    sent = Smtp().send(LETTER)
    [letter] = mailbox.letters
    assert letter["Subject"] == "Отчёт об оценке"
    assert letter["To"] == "zafar@agent.test"
    assert letter["From"] == "Банк <crm@bank.test>"
    assert letter.get_content().strip() == "Добрый день, Зафар."  # type: ignore[attr-defined]
    assert sent.provider_id == letter["Message-ID"] == "<019a-7@bank.test>"


def test_the_same_id_twice_is_the_same_letter_to_every_mail_system(mailbox: Mailbox) -> None:
    assert Smtp().send(LETTER) == Smtp().send(LETTER)
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_headers_and_html_go_along(mailbox: Mailbox) -> None:
    Smtp().send(
        Outgoing(
            id="1", to="a@b.test", text="text", html="<p>html</p>", headers={"List-Unsubscribe": "<https://x.test>"}
        )
    )
    [letter] = mailbox.letters
    assert letter["List-Unsubscribe"] == "<https://x.test>"
    assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}


def test_a_second_header_cannot_be_slipped_in_by_the_subject(mailbox: Mailbox) -> None:
    Smtp().send(Outgoing(id="1", to="a@b.test", subject="Тема\r\nBcc: all@bank.test", text="x"))
    [letter] = mailbox.letters
    assert letter["Bcc"] is None
    with pytest.raises(Rejected) as refused:
        Smtp().send(Outgoing(id="1", to="a@b.test", text="x", headers={"X-A": "a\r\nBcc: all@bank.test"}))
    assert refused.value.reason == Why.BAD_MESSAGE


@pytest.mark.parametrize("address", ["", "zafar", "a@b", "a@b.test,c@d.test", "a@b.test\nBcc: x@y.test", "<a@b.test>"])
def test_what_is_no_address_is_rejected_before_the_server_is_asked(address: str, mailbox: Mailbox) -> None:
    with pytest.raises(Rejected) as refused:
        Smtp().send(Outgoing(id="1", to=address, text="x"))
    assert refused.value.reason == Why.UNKNOWN_RECIPIENT
    assert not mailbox.letters


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [("RCPT", "550 no such user", Why.UNKNOWN_RECIPIENT), ("DATA", "554 looks like spam", Why.BAD_MESSAGE)],
)
def test_a_final_no_of_the_server_is_final(command: str, answer: str, reason: Why, mailbox: Mailbox) -> None:
    mailbox.answers[command] = answer
    with pytest.raises(Rejected) as refused:
        Smtp().send(LETTER)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("command", "answer"),
    [("RCPT", "450 greylisted"), ("DATA", "452 full"), ("MAIL", "421 busy"), ("MAIL", "550 sender not allowed")],
)
def test_trouble_that_is_not_the_recipients_is_for_later(command: str, answer: str, mailbox: Mailbox) -> None:
    mailbox.answers[command] = answer
    with pytest.raises(TryLater):
        Smtp().send(LETTER)


def test_a_silent_server_is_left_after_the_timeout(mailbox: Mailbox, settings: Any) -> None:
    settings.CHANNEL_TIMEOUT, mailbox.silence = 0.2, 0.6
    with pytest.raises(TryLater) as later:
        Smtp().send(LETTER)
    assert later.value.reason == Why.UNREACHABLE


def test_a_refused_connection_is_for_later(mailbox: Mailbox, settings: Any) -> None:
    settings.SMTP_OPTIONS = env.smtp(f"smtp://127.0.0.1:{free_port()}")
    with pytest.raises(TryLater):
        Smtp().send(LETTER)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.bank.test", {"port": 25, "use_ssl": False, "use_tls": False}),
        ("smtp://crm:p%40ss@mail.bank.test?tls=starttls", {"port": 587, "use_tls": True, "password": "p@ss"}),
        ("smtps://crm:x@mail.bank.test", {"port": 465, "use_ssl": True, "use_tls": False, "username": "crm"}),
    ],
)
def test_one_address_holds_all_of_the_servers_settings(url: str, expected: dict[str, Any]) -> None:
    assert env.smtp(url).items() >= expected.items()


def test_a_wrong_address_of_the_server_stops_the_start_with_words() -> None:
    with pytest.raises(env.Unset, match="SMTP_URL"):
        env.smtp("http://mail.bank.test")
