"""The signed webhook, against a receiver that checks the signature."""

from typing import Any

import pytest

from channels import signing
from channels.messages import Outgoing, Rejected, TryLater, Why
from channels.webhook import Webhook
from channels.wire import is_public
from tests.channels.servers import Answer, Receiver, free_port

SMS = Outgoing(id="019a-7", to="+998901234567", subject="Оценка", text="Добрый день")


def test_a_signed_message_is_taken(receiver: Receiver) -> None:
    receiver.answers = [Answer(202, {"id": "gate-5"})]
    assert Webhook().send(SMS).provider_id == "gate-5"
    [heard] = receiver.heard
    assert heard.headers["webhook-id"] == "019a-7"
    assert heard.json["data"] == {"id": "019a-7", "to": "+998901234567", "subject": "Оценка", "text": "Добрый день"}


def test_the_same_id_twice_has_the_same_id_and_body(receiver: Receiver) -> None:
    Webhook().send(SMS)
    Webhook().send(SMS)
    first, second = receiver.heard
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


def test_another_secret_is_not_believed(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_SECRET = "whsec_" + "QUJD" * 8
    with pytest.raises(TryLater) as later:
        Webhook().send(SMS)
    assert later.value.reason == Why.MISCONFIGURED


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks specification."""
    body = b'{"test": 2432232314}'
    made = signing.sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("change", "moment"),
    [
        ({"webhook-id": "other"}, 1000),
        ({"webhook-timestamp": "999"}, 1000),
        ({"webhook-timestamp": "-1"}, 1000),
        ({"webhook-signature": "v1,AAAA"}, 1000),
        ({"webhook-signature": ""}, 1000),
        ({}, 2000),
    ],
)
def test_what_was_changed_or_is_old_is_not_genuine(change: dict[str, str], moment: int) -> None:
    headers = signing.signed_headers("m", b"{}", secret=Receiver.secret, at=1000)
    assert signing.is_genuine(headers, b"{}", secret=Receiver.secret, at=1000)
    assert not signing.is_genuine(headers | change, b"{}", secret=Receiver.secret, at=moment)


def test_no_secret_makes_nothing_genuine() -> None:
    headers = signing.signed_headers("m", b"{}", secret=Receiver.secret, at=1000)
    assert not signing.is_genuine(headers, b"{}", secret="", at=1000)
    assert not signing.is_genuine(headers, b"{}", secret="whsec_ключ", at=1000)


def test_the_pause_that_the_gateway_asks_for_is_kept(receiver: Receiver) -> None:
    receiver.answers = [Answer(429, {}, {"Retry-After": "42"})]
    with pytest.raises(TryLater) as later:
        Webhook().send(SMS)
    assert (later.value.retry_after, later.value.reason) == (42, Why.BUSY)


@pytest.mark.parametrize("asked", ["soon", "Wed, 21 Oct 2026 07:28:00 GMT", "-5", "99999999"])
def test_a_strange_pause_is_bounded(asked: str, receiver: Receiver) -> None:
    receiver.answers = [Answer(503, {}, {"Retry-After": asked})]
    with pytest.raises(TryLater) as later:
        Webhook().send(SMS)
    assert 1 <= later.value.retry_after <= 3600


def test_a_failure_of_the_gateway_is_for_later(receiver: Receiver) -> None:
    receiver.answers = [Answer(500)]
    with pytest.raises(TryLater):
        Webhook().send(SMS)


@pytest.mark.parametrize(("status", "reason"), [(404, Why.UNKNOWN_RECIPIENT), (422, Why.BAD_MESSAGE)])
def test_a_final_no_of_the_gateway_is_final(status: int, reason: Why, receiver: Receiver) -> None:
    receiver.answers = [Answer(status)]
    with pytest.raises(Rejected) as refused:
        Webhook().send(SMS)
    assert refused.value.reason == reason


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int, receiver: Receiver) -> None:
    receiver.answers = [Answer(status, {}, {"Location": f"{receiver.url}/elsewhere"})]
    with pytest.raises(TryLater):
        Webhook().send(SMS)
    assert [heard.path for heard in receiver.heard] == ["/send?key=in-the-url"]


def test_silence_is_for_later(receiver: Receiver) -> None:
    receiver.answers = [Answer(silence=1.5)]
    with pytest.raises(TryLater):
        Webhook().send(SMS)


def test_a_refused_connection_is_for_later_and_the_address_stands_in_no_error(
    receiver: Receiver, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WEBHOOK_URL = f"http://127.0.0.1:{free_port()}/send?key=in-the-url"
    with pytest.raises(TryLater) as later:
        Webhook().send(SMS)
    assert "in-the-url" not in f"{later.value!r}{later.value.detail}{caplog.text}"


def test_a_private_address_is_refused_unless_allowed(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    with pytest.raises(TryLater) as later:
        Webhook().send(SMS)
    assert later.value.reason == Why.MISCONFIGURED
    assert not receiver.heard


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
        "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "224.0.0.1",
    ],
)  # fmt: skip
def test_an_address_inside_is_known_in_every_spelling(address: str) -> None:
    assert not is_public(address)
    assert is_public("93.184.216.34")


def test_a_wrong_scheme_is_the_operators_trouble(settings: Any, receiver: Receiver) -> None:
    settings.WEBHOOK_URL = "file:///etc/passwd"
    with pytest.raises(TryLater) as later:
        Webhook().send(SMS)
    assert later.value.reason == Why.MISCONFIGURED
