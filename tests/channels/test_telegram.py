"""Telegram, against a server that speaks the Bot API."""

from typing import Any

import pytest

from channels.messages import Outgoing, Rejected, TryLater, Why
from channels.telegram import Telegram
from tests.channels.servers import Answer, BotApi, free_port

NOTE = Outgoing(id="019a-7", to="700100", text="Добрый день, Зафар. <b>Это</b> не разметка")


def test_a_text_arrives_plain(bot: BotApi) -> None:
    sent = Telegram().send(NOTE)
    [heard] = bot.heard
    assert heard.json["chat_id"] == 700100
    assert heard.json["text"] == NOTE.text
    assert "parse_mode" not in heard.json
    assert sent.provider_id == "1"


def test_the_pause_that_the_bot_api_asks_for_is_kept(bot: BotApi) -> None:
    bot.refuses(429, "Too Many Requests: retry after 17", retry_after=17)
    with pytest.raises(TryLater) as later:
        Telegram().send(NOTE)
    assert later.value.retry_after == 17


def test_who_blocked_the_bot_is_not_written_to_again(bot: BotApi) -> None:
    bot.refuses(403, "Forbidden: bot was blocked by the user")
    with pytest.raises(Rejected) as refused:
        Telegram().send(NOTE)
    assert refused.value.reason == Why.BLOCKED


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("Bad Request: chat not found", Why.UNKNOWN_RECIPIENT),
        ("Bad Request: message text is empty", Why.BAD_MESSAGE),
    ],
)
def test_a_bad_request_says_whose_fault_it_is(description: str, reason: Why, bot: BotApi) -> None:
    bot.refuses(400, description)
    with pytest.raises(Rejected) as refused:
        Telegram().send(NOTE)
    assert refused.value.reason == reason


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failure_of_the_server_is_for_later(status: int, bot: BotApi) -> None:
    bot.refuses(status, "Internal")
    with pytest.raises(TryLater):
        Telegram().send(NOTE)


def test_silence_is_for_later(bot: BotApi) -> None:
    bot.answers = [Answer(200, {"ok": True}, silence=1.5)]
    with pytest.raises(TryLater) as later:
        Telegram().send(NOTE)
    assert later.value.reason == Why.UNREACHABLE


def test_a_refused_connection_is_for_later(bot: BotApi, settings: Any) -> None:
    settings.TELEGRAM_API_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(TryLater):
        Telegram().send(NOTE)


def test_a_redirect_is_not_followed(bot: BotApi) -> None:
    bot.answers = [Answer(302, {}, {"Location": f"{bot.url}/elsewhere"})]
    with pytest.raises(TryLater) as later:
        Telegram().send(NOTE)
    assert later.value.reason == Why.MISCONFIGURED
    assert len(bot.heard) == 1


@pytest.mark.parametrize("body", [None, "text", [1], {"ok": False}, {"ok": "true"}])
def test_an_answer_that_is_none_of_the_bot_apis_is_no_success(body: Any, settings: Any) -> None:
    from tests.channels.servers import Line, http_server

    with http_server(Line(answers=[Answer(200, body)])) as line:
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = line.url, "1:x"
        with pytest.raises(TryLater):
            Telegram().send(NOTE)


def test_a_wrong_token_is_the_operators_trouble_and_stands_in_no_error(bot: BotApi, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "8:another-token"
    with pytest.raises(TryLater) as later:
        Telegram().send(NOTE)
    assert later.value.reason == Why.MISCONFIGURED
    assert "another-token" not in f"{later.value} {later.value!r} {later.value.detail}"
    assert later.value.__cause__ is None


@pytest.mark.parametrize("address", ["", "@zafar", "zafar", "12a", "1" * 30])
def test_only_a_chats_number_is_an_address(address: str, bot: BotApi) -> None:
    with pytest.raises(Rejected):
        Telegram().send(Outgoing(id="1", to=address, text="x"))
    assert not bot.heard


def test_a_text_longer_than_telegram_takes_is_refused_here(bot: BotApi) -> None:
    with pytest.raises(Rejected) as refused:
        Telegram().send(Outgoing(id="1", to="7", text="я" * 4097))
    assert refused.value.reason == Why.BAD_MESSAGE
    assert not bot.heard
