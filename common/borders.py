"""To which hosts outside the bank data leaves, and whether the bank has named them (``ALLOWED_OUTSIDE_HOSTS``).

A law may keep people's data in the country: then the list names whom it may be sent to, a production with another host
does not start, and no webhook goes elsewhere. An empty list is no rule. Read before Django is set up: no import of it.
"""

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

BOT_API = "https://api.telegram.org"
_URLS = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "WEBHOOK_URL", "OIDC_ISSUER", "LDAP_URL", "UPLOAD_SCANNER")
ANY_PUBLIC = "*"


def ways_out(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(variable, host) of each place outside that the settings send people's data to."""
    urls = {name: environ.get(name, "") for name in _URLS}
    if environ.get("TELEGRAM_BOT_TOKEN"):
        urls["TELEGRAM_API_URL"] = environ.get("TELEGRAM_API_URL") or BOT_API
    for name, url in urls.items():
        host = urlsplit(url.replace("tcp:", "tcp://", 1) if url.startswith("tcp:") else url).hostname or ""
        if host and not is_inside(host):
            yield name, host
    for entry in filter(None, (part.strip() for part in environ.get("WEBHOOK_HOSTS", "").split(","))):
        host = urlsplit(f"//{entry.removesuffix(':*')}").hostname or ""
        if host and host != ANY_PUBLIC and not is_inside(host):
            yield "WEBHOOK_HOSTS", host


def is_named(host: str, allowed: Collection[str]) -> bool:
    """Whether data may go there: the list is empty, the host is inside, named, or below a name with a leading dot."""
    name = host.lower().rstrip(".")
    entries = {entry.strip().lower() for entry in allowed} - {""}
    below = any(entry.startswith(".") and name.endswith(entry) for entry in entries)
    return not entries or is_inside(name) or name in entries or below


def is_inside(host: str) -> bool:
    """A neighbour by a name without a dot, or an address that is not of the open Internet."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan"))
