"""Where something may be sent: the one guard against requests to places inside (SSRF).

An address is judged twice: its spelling (``target_of``, no network), and whatever its name resolves to at the moment
of sending (``is_public``, asked by ``wire.post``, which then connects to that very address).
"""

import ipaddress
import re
import socket
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from common import borders

LONGEST_URL = 500
ANY_PUBLIC = "*"
PUBLIC_PORTS = frozenset({443, 8443})
RESOLVE_SECONDS = 3.0
# Plain ASCII, no user, no fragment, no backslash: parsers read the same in it.
_URL = re.compile(
    r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?([/?][!-\[\]-~]*)?", re.IGNORECASE | re.ASCII
)
_INSIDE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
_resolvers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")


class BadAddress(ValueError):
    """Nothing is sent there. The text tells people what to mend; ``code`` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Target:
    """A URL whose spelling is in order. ``named``: the operator listed this host, so it may be a private one."""

    url: str
    host: str
    port: int
    named: bool


def target_of(url: str, hosts: Collection[str]) -> Target:
    """Read a URL strictly. Raises BadAddress.

    ``hosts`` are names that the operator allows (``name``, ``name:port`` or ``name:*``); ``*`` is every public one,
    over https.
    """
    found = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if found is None or "#" in url:
        raise BadAddress(
            "url", _("Нужен адрес вида https://имя/путь: латиницей, без имени пользователя, пробелов и решётки.")
        )
    scheme, host = found[1].lower(), found[2].lower().strip("[]").rstrip(".")
    port = int(found[3]) if found[3] else (443 if scheme == "https" else 80)
    named = _is_named(host, port, scheme, hosts)
    _check_host(host)
    if not borders.is_named(host, settings.ALLOWED_OUTSIDE_HOSTS):
        raise BadAddress("abroad", _("Данные людей туда отправлять нельзя: узла нет в списке разрешённых банком."))
    if not named:
        _check_foreign(host, port, scheme, hosts)
    if not 1 <= port <= 65535:
        raise BadAddress("port", _("Такого порта нет."))
    return Target(url, host, port, named)


def _is_named(host: str, port: int, scheme: str, hosts: Collection[str]) -> bool:
    """Listed with a port (``*``: any): for that port; without: for the scheme's own."""
    known = {entry.strip().lower().rstrip(".") for entry in hosts}
    spelled = f"[{host}]" if ":" in host else host
    usual = port == (443 if scheme == "https" else 80)
    return not known.isdisjoint({f"{spelled}:{port}", f"{spelled}:*"}) or (usual and spelled in known)


def _check_host(host: str) -> None:
    """Only one spelling of a number is an address; ``127.1``, ``0x7f000001`` and ``2130706433`` are tricks."""
    last = host.rpartition(".")[2]
    if ":" in host or last.isdigit() or last.startswith("0x"):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise BadAddress("host", _("Адрес узла записан необычно. Запишите имя или обычный IP-адрес.")) from None
    elif not host or any(not part or len(part) > 63 for part in host.split(".")) or len(host) > 253:
        raise BadAddress("host", _("Имя узла записано с ошибкой."))


def _check_foreign(host: str, port: int, scheme: str, hosts: Collection[str]) -> None:
    if ANY_PUBLIC not in {entry.strip() for entry in hosts}:
        raise BadAddress(
            "host_not_listed", _("Этого узла нет в списке разрешённых. Его дополняет администратор сервера.")
        )
    if scheme != "https":
        raise BadAddress("https", _("Нужен https: по открытому каналу подпись видна всем."))
    if port not in PUBLIC_PORTS:
        raise BadAddress("port", _("Порт — 443 или 8443; другой разрешает администратор сервера."))
    inside = "." not in host if not _is_number(host) else not is_public(host)
    if inside or host.endswith(_INSIDE):
        raise BadAddress("private", _private_text())


def _private_text() -> str:
    return _("Это адрес внутренней сети. Такие адреса разрешает администратор сервера.")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def check_resolved(target: Target) -> None:
    """Raises BadAddress where the name stands for a private address now. A name that nobody knows passes: it is asked
    anew before each sending, and this is only to tell a person early."""
    if target.named:
        return
    found = _resolvers.submit(addresses_of, target.host, target.port)
    try:
        addresses = found.result(RESOLVE_SECONDS)
    except (OSError, TimeoutError, UnicodeError):
        return
    if not all(is_public(address) for address in addresses):
        raise BadAddress("private", _private_text())


def addresses_of(host: str, port: int) -> list[str]:
    """What a name stands for. Raises OSError."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address lies in the open Internet, also when it is written as IPv6 around an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or _wrapped(found)
        if inner is None and found not in _UNICAST:
            return False
        found = inner or found
    return found.is_global and not found.is_multicast


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address in a NAT64 or an IPv4-compatible one."""
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
