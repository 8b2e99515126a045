"""Where the law keeps people's data: hosts that the bank did not name get nothing, by whatever way."""

from typing import Any
from unittest.mock import patch

import pytest

from channels.addresses import BadAddress, target_of
from channels.messages import TryLater
from channels.wire import post
from common.borders import is_named
from salescrm import checks


@pytest.mark.parametrize(
    ("host", "allowed", "may"),
    [
        ("hooks.example.org", [], True), ("hooks.example.org", ["bank.uz"], False), ("bank.uz.", ["Bank.UZ"], True),
        ("in.bank.uz", ["bank.uz"], False), ("in.bank.uz", [".bank.uz"], True), ("evilbank.uz", [".bank.uz"], False),
        ("redis", ["bank.uz"], True), ("10.1.2.3", ["bank.uz"], True), ("93.184.216.34", ["bank.uz"], False),
    ],
)  # fmt: skip
def test_a_host_is_named_whole_or_below_a_dot(host: str, allowed: list[str], may: bool) -> None:
    assert is_named(host, allowed) is may


def test_no_webhook_is_made_for_or_sent_to_a_host_that_was_not_named(settings: Any) -> None:
    settings.ALLOWED_OUTSIDE_HOSTS = ["in.bank.uz"]
    assert target_of("https://in.bank.uz/hook", ["*"]).host == "in.bank.uz"
    with pytest.raises(BadAddress) as refused:
        target_of("https://hooks.example.org/in", ["*", "hooks.example.org"])
    assert refused.value.code == "abroad"
    with patch("channels.wire._connect") as asked, pytest.raises(TryLater):
        post("https://hooks.example.org/in", b"{}", {}, allow_private=False)
    assert not asked.called
    settings.ALLOWED_OUTSIDE_HOSTS = []
    assert target_of("https://hooks.example.org/in", ["*"]).host == "hooks.example.org"


def test_the_check_names_what_leaves_the_country(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtps://crm:secret@mail.example.com")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:a")
    settings.ALLOWED_OUTSIDE_HOSTS = []
    told = {(one.id, one.msg.split(":")[0]) for one in checks.what_leaves()}
    assert told >= {("crm.I001", "SMTP_URL"), ("crm.I001", "TELEGRAM_API_URL")}
    settings.ALLOWED_OUTSIDE_HOSTS = ["mail.example.com"]
    told = {(one.id, one.msg.split(":")[0]) for one in checks.what_leaves()}
    assert {("crm.I001", "SMTP_URL"), ("crm.E001", "TELEGRAM_API_URL")} <= told
    assert "secret" not in repr(checks.what_leaves())
