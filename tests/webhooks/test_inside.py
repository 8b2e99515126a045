"""Requests to places inside: thirty tries, each refused when the endpoint is made and again when something is sent.

A real server listens on this machine, the canary. It is never asked; where the guard is taken away, it is.
"""

import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from channels import addresses
from common import clock
from common.errors import Invalid
from tests.webhooks.conftest import Desk
from tests.webhooks.receiver import Receiver, Reply, receiving
from webhooks import keys, numbering
from webhooks.models import Attempt, Endpoint
from webhooks.services import endpoints

TRIES = [
    "https://127.0.0.1:{port}/", "https://127.1:{port}/", "https://127.0.0.1/", "https://[::1]:{port}/",
    "https://0x7f000001/", "https://0x7f.0.0.1/", "https://2130706433/", "https://0177.0.0.1/", "https://017700000001/",
    "https://127.000.000.001/", "https://169.254.169.254/latest/meta-data/", "https://localhost:{port}/",
    "https://localhost./", "https://LOCALHOST/", "https://a.localhost/", "http://hooks.example.org/",
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x", "ftp://127.0.0.1/", "https://hooks.example.org@127.0.0.1/",
    "https://127.0.0.1:{port}\\@hooks.example.org/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/", "https://[::127.0.0.1]/", "https://[2002:7f00:1::]/", "https://0.0.0.0:{port}/",
    "https://[::]/", "https://100.64.0.1/", "https://10.0.0.1/", "https://192.168.1.1/", "https://[fd00::1]/",
    "https://[fe80::1]/", "https://①②⑦.⓪.⓪.①/", "https://１２７.0.0.1/", "https://postgres:5432/",
    "https://redis:6379/", "https://hooks.example.org:6379/", "https://hooks.example.org:{port}/",
    "https://metadata.google.internal/", "https://flips.example.org/", "https://inside.example.org/",
    "https://127.0.0.1#@hooks.example.org/", "https://127.0.0.1%2f@hooks.example.org/", "https://hooks.example.org\t/",
    "https:/127.0.0.1/", "//127.0.0.1/", "javascript:alert(1)", "", "https://hooks.example.org:99999/",
]  # fmt: skip
PUBLIC = "https://hooks.example.org/in"


@pytest.fixture
def canary() -> Iterator[Receiver]:
    with receiving(Receiver(secret=keys.new_secret())) as line:
        yield line


def port(canary: Receiver) -> str:
    return canary.url.rpartition(":")[2].partition("/")[0]


def resolve(host: str, number: int, *_args: Any, **_kwargs: Any) -> list[Any]:
    """Every name of the tests leads to this machine but one, which is a public one."""
    try:
        socket.inet_aton(host)
    except OSError:
        address = "93.184.216.34" if host == "hooks.example.org" else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, number))]
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (socket.inet_ntoa(socket.inet_aton(host)), number))]


def test_there_are_thirty_tries_and_more() -> None:
    assert len(set(TRIES)) >= 30


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", TRIES)
def test_no_endpoint_is_made_for_a_place_inside(hooks: Desk, canary: Receiver, settings: Any, pattern: str) -> None:
    settings.WEBHOOK_HOSTS = ["*"]
    account = hooks.account()
    with patch("socket.getaddrinfo", resolve), pytest.raises(Invalid) as refused:
        endpoints.create_endpoint(by=hooks.office.adiba, url=pattern.format(port=port(canary)), account=account)
    assert [error.field for error in refused.value.errors] == ["url"]
    assert not Endpoint.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", TRIES)
def test_nothing_is_sent_to_a_place_inside(hooks: Desk, canary: Receiver, settings: Any, pattern: str) -> None:
    """As if the guard of making had been passed: the name led elsewhere then, or the row was written by hand."""
    endpoint, _line = hooks.endpoint()
    settings.WEBHOOK_HOSTS = ["*"]
    Endpoint.objects.update(url=pattern.format(port=port(canary)))
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    numbering.number_all()
    with patch("socket.getaddrinfo", resolve):
        hooks.turn()
    tried = Attempt.objects.get()
    assert tried.status is None
    assert tried.error.startswith("address_") or tried.error == "private_address"
    assert canary.connections == 0


@pytest.mark.django_db
def test_a_name_that_flips_to_this_machine_is_not_followed(hooks: Desk, canary: Receiver, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ["*"]
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    with patch("socket.getaddrinfo", lambda *_args, **_kwargs: public):
        made = endpoints.create_endpoint(
            by=hooks.office.adiba, url="https://flips.example.org/", account=hooks.account()
        )
    endpoints.ping(endpoint=made.endpoint, by=hooks.office.adiba, at=clock.now())
    numbering.number_all()
    with patch("socket.getaddrinfo", resolve):
        hooks.turn()
    assert Attempt.objects.get().error == "private_address"


@pytest.mark.django_db
def test_a_redirect_to_this_machine_is_not_followed(hooks: Desk, canary: Receiver) -> None:
    endpoint, line = hooks.endpoint()
    line.moods = lambda _number: Reply(302, headers={"Location": canary.url})
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    hooks.turn()
    assert Attempt.objects.get().status == 302
    assert canary.connections == 0


@pytest.mark.django_db
def test_without_the_guard_the_canary_is_asked(hooks: Desk, canary: Receiver, settings: Any) -> None:
    """The control: the tries above would arrive."""
    endpoint, _line = hooks.endpoint()
    settings.WEBHOOK_HOSTS = ["*"]
    Endpoint.objects.update(url=f"http://flips.example.org:{port(canary)}/")
    endpoints.ping(endpoint=endpoint, by=hooks.office.adiba, at=clock.now())
    numbering.number_all()
    open_door = patch.object(addresses, "_check_foreign", lambda *_args: None)
    blind = patch("channels.wire.is_public", lambda _address: True)
    with patch("socket.getaddrinfo", resolve), open_door, blind:
        hooks.turn()
    assert (canary.connections, canary.refused) == (1, 1)


def test_a_host_that_the_operator_lists_may_be_inside() -> None:
    hosts = ["gateway.bank.local", "10.0.0.7:8080", "[::1]:9000", "crm.bank.uz:*"]
    for url in (
        "https://gateway.bank.local/in", "http://gateway.bank.local/in", "http://10.0.0.7:8080/", "http://[::1]:9000/",
        "https://CRM.bank.uz:1/", "https://crm.bank.uz./",
    ):  # fmt: skip
        assert addresses.target_of(url, hosts).named, url
    for url in ("http://10.0.0.7/", "https://gateway.bank.local:444/", "https://other.bank.local/", PUBLIC):
        with pytest.raises(addresses.BadAddress):
            addresses.target_of(url, hosts)


def test_a_public_host_is_let_through_by_the_star_alone() -> None:
    assert not addresses.target_of(PUBLIC, ["*"]).named
    assert addresses.target_of("https://hooks.example.org:8443?a=1", ["*"]).port == 8443
    with pytest.raises(addresses.BadAddress):
        addresses.target_of(PUBLIC, [])


@pytest.mark.parametrize(
    "address",
    ["64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "::7f00:1", "2002:7f00:1::", "fec0::1", "100::1", "2001:db8::1", "::"],
)
def test_an_address_inside_is_known_in_ipv6_too(address: str) -> None:
    assert not addresses.is_public(address)
    assert addresses.is_public("2606:2800:220:1:248:1893:25c8:1946")
    assert addresses.is_public("64:ff9b::5db8:d822")
