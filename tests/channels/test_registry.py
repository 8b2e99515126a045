"""The one door by which messages leave."""

from typing import Any

import pytest
from django.db import transaction

from channels.messages import Outgoing
from channels.registry import NotConfigured, channel, channels, send
from tests.channels.servers import BotApi, Mailbox, Receiver

OUT = Outgoing(id="1", to="7", text="x")


def test_what_is_not_set_up_is_refused_with_the_names_of_its_variables(settings: Any) -> None:
    settings.MAIL_FROM = ""
    assert set(channels()) == {"email", "telegram", "webhook"}
    for code, variable in {"email": "MAIL_FROM", "telegram": "TELEGRAM_BOT_TOKEN", "webhook": "WEBHOOK_SECRET"}.items():
        with pytest.raises(NotConfigured, match=variable):
            channel(code)


def test_a_channel_that_nobody_knows_is_refused() -> None:
    with pytest.raises(NotConfigured):
        channel("pigeon")


def test_a_secret_that_cannot_sign_counts_as_not_set(settings: Any, receiver: Receiver) -> None:
    assert channel("webhook")
    settings.WEBHOOK_SECRET = "whsec_не base64"
    with pytest.raises(NotConfigured, match="WEBHOOK_SECRET"):
        channel("webhook")


@pytest.mark.django_db(transaction=True)
def test_a_message_leaves_by_the_channel_that_was_named(bot: BotApi, mailbox: Mailbox) -> None:
    send("telegram", OUT)
    send("email", Outgoing(id="1", to="a@b.test", text="x"))
    assert (len(bot.heard), len(mailbox.letters)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_while_a_transaction_is_open(bot: BotApi) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        send("telegram", OUT)
    assert not bot.heard
