"""A channel each, set up against a server of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from salescrm.settings import env
from tests.channels.servers import BotApi, Mailbox, Receiver, http_server, smtp_server


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with smtp_server() as box:
        settings.SMTP_URL = box.url
        settings.SMTP_OPTIONS = env.smtp(box.url)
        settings.MAIL_FROM = "Банк <crm@bank.test>"
        settings.CHANNEL_TIMEOUT = 1
        yield box


@pytest.fixture
def bot(settings: Any) -> Iterator[BotApi]:
    with http_server(BotApi()) as line:
        assert isinstance(line, BotApi)
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = line.url, line.token
        settings.CHANNEL_TIMEOUT = 0.5
        yield line


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with http_server(Receiver()) as line:
        assert isinstance(line, Receiver)
        settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = f"{line.url}/send?key=in-the-url", line.secret
        settings.WEBHOOK_ALLOW_PRIVATE = True
        settings.CHANNEL_TIMEOUT = 0.5
        yield line
