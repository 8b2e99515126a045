"""Small readers of the environment: one place that knows how a URL becomes Django's dictionaries."""

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from common.pooling import TRY_SECONDS, try_again
from runner.state import read_urls

MOST_DAYS = 36_500
_LIMITS = (
    "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 "
    # A killed worker's statement lets go of its locks within seconds, not at the end of its time.
    "-c client_connection_check_interval=5000"
)
# A migration may work long, but must not wait long for a lock that others queue behind.
_LIMITS_OF_PREPARING = "-c lock_timeout=2000"


class Unset(RuntimeError):
    """A variable that this mode cannot run without is not set."""


def required(name: str) -> str:
    """The variable's value. Raises Unset with words an operator can act on."""
    value = os.environ.get(name, "")
    if not value:
        raise Unset(f"Set the environment variable {name}: this mode does not start without it.")
    return value


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def days(name: str, default: str, *, of: Collection[str]) -> dict[str, int]:
    """Days by what they hold for, ``marketing=1095,transfer=365``; set to nothing, for none. Raises Unset for a word
    that is not among ``of`` and for days below 1: a slip of the pen must not make a term endless."""
    found = {}
    for pair in names(name, default):
        what, _equals, number = (part.strip() for part in pair.partition("="))
        if what not in of or not number.isdecimal() or not 1 <= int(number) <= MOST_DAYS:
            raise Unset(f"{name}: write name=days (1 to {MOST_DAYS}), separated by commas. Names: {', '.join(of)}.")
        found[what] = int(number)
    return found


def smtp(url: str) -> dict[str, object]:
    """Django's mail backend for ``smtp://user:password@host:587?tls=starttls``, ``smtps://…``, or for
    ``file:///folder``, which keeps the letters there and sends nothing."""
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"backend": "django.core.mail.backends.filebased.EmailBackend", "file_path": unquote(parts.path)}
    secure = parts.scheme == "smtps"
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Unset("SMTP_URL must look like smtp://user:password@host:587?tls=starttls or smtps://…")
    starttls = dict(parse_qsl(parts.query)).get("tls") == "starttls"
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname,
        "port": parts.port or (465 if secure else 587 if starttls else 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": starttls and not secure,
    }


def service_url(variable: str, key: str, data_dir: Path) -> str:
    """The URL from the environment, else the one of the embedded service that runs here, else nothing."""
    return os.environ.get(variable) or read_urls(data_dir).get(key, "")


def database(url: str, *, pool: bool) -> dict[str, object]:
    """Django's database dictionary for a ``postgresql://`` URL; a pool only where asked (never in workers)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, object] = {
        "application_name": os.environ.get("CRM_PROCESS", "salescrm"),
        "connect_timeout": 5,
        "options": _LIMITS_OF_PREPARING if os.environ.get("CRM_PROCESS") in {"prepare", "migrate"} else _LIMITS,
    }
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"]
    if pool:
        again = {"reconnect_timeout": TRY_SECONDS, "reconnect_failed": try_again}
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5, **again}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": query.get("port", str(parts.port or "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
