"""What production does not start with: each rule names the variable and what to do, and never its value."""

import os
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

from common.borders import is_named, ways_out
from salescrm.settings.env import Unset

SHORTEST_KEY, SHORTEST_TOKEN, SHORTEST_PASSWORD = 50, 24, 12
KNOWN_PASSWORDS = frozenset({"postgres", "salescrm", "password", "changeme", "secret", "demo-demo-demo", "redis"})
_ON = frozenset({"1", "true", "yes", "on"})


def refuse_insecure(environ: Mapping[str, str] = os.environ) -> None:
    """Raises Unset with all that is wrong, so that an operator mends it in one go."""
    if wrong := list(found(environ)):
        raise Unset("Production does not start like this:\n" + "\n".join(f"  {line}" for line in wrong))


def found(environ: Mapping[str, str]) -> Iterator[str]:
    """One line for each thing that is wrong."""
    for rule in (_switches, _keys, _eyes, _hosts, _addresses, _stores, _ways_out, _borders):
        yield from rule(environ)


def _switches(environ: Mapping[str, str]) -> Iterator[str]:
    for name in ("DEBUG", "DJANGO_DEBUG", "DEMO_MODE"):
        if environ.get(name, "").lower() in _ON:
            yield f"{name}: take it away, there is no such thing in production"
    if environ.get("DEMO_PASSWORD"):
        yield "DEMO_PASSWORD: take it away, it opens every account of the demonstration"


def _keys(environ: Mapping[str, str]) -> Iterator[str]:
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        value = environ.get(name, "")
        if len(value) < SHORTEST_KEY or len(set(value)) < 10:
            yield f"{name}: at least {SHORTEST_KEY} random characters, for instance from: openssl rand -hex 32"
    if environ.get("SECRET_KEY") and environ.get("SECRET_KEY") == environ.get("AUDIT_KEY"):
        yield "AUDIT_KEY: another one than SECRET_KEY, or whoever signs people in can rewrite the journal"
    for name in ("HEALTH_TOKEN", "METRICS_TOKEN", "TELEGRAM_HOOK_SECRET"):
        if 0 < len(environ.get(name, "")) < SHORTEST_TOKEN:
            yield f"{name}: at least {SHORTEST_TOKEN} random characters, or leave it empty"


def _eyes(environ: Mapping[str, str]) -> Iterator[str]:
    over = environ.get("FOUR_EYES_OVER") or "1000"
    if not over.isdigit() or int(over) < 1:
        yield "FOUR_EYES_OVER: a number above 0; more rows than these wait for a second person's consent"


def _hosts(environ: Mapping[str, str]) -> Iterator[str]:
    for host in environ.get("ALLOWED_HOSTS", "").split(","):
        if "*" in host or host.strip().startswith("."):
            yield "ALLOWED_HOSTS: full names only, no * and no leading dot"
    if not environ.get("TRUSTED_PROXIES", "").isdigit() or int(environ["TRUSTED_PROXIES"]) < 1:
        yield "TRUSTED_PROXIES: at least 1; TLS ends at a proxy, whose word on the caller and on https is taken"


def _addresses(environ: Mapping[str, str]) -> Iterator[str]:
    for name in ("PUBLIC_URL", "OIDC_ISSUER", "TELEGRAM_API_URL"):
        if environ.get(name) and urlsplit(environ[name]).scheme != "https":
            yield f"{name}: an https address"
    if not environ.get("PUBLIC_URL"):
        yield "PUBLIC_URL: the https address by which people outside reach the system"
    for origin in filter(None, environ.get("CSRF_TRUSTED_ORIGINS", "").split(",")):
        if not origin.strip().startswith("https://"):
            yield "CSRF_TRUSTED_ORIGINS: https addresses only"


def _stores(environ: Mapping[str, str]) -> Iterator[str]:
    database, redis = urlsplit(environ.get("DATABASE_URL", "")), urlsplit(environ.get("REDIS_URL", ""))
    for name, url in (("DATABASE_URL", database), ("REDIS_URL", redis)):
        if len(url.password or "") < SHORTEST_PASSWORD or url.password in KNOWN_PASSWORDS:
            yield f"{name}: a password of at least {SHORTEST_PASSWORD} characters that is nobody's default"
    if database.username == "postgres":
        yield "DATABASE_URL: a role of its own, not the superuser postgres"
    asked = dict(parse_qsl(database.query)).get("sslmode")
    if _is_elsewhere(database) and asked not in {"verify-ca", "verify-full"}:
        yield "DATABASE_URL: ?sslmode=verify-full, the database is on another machine"
    if _is_elsewhere(redis) and redis.scheme != "rediss":
        yield "REDIS_URL: rediss://, the broker is on another machine"


def _ways_out(environ: Mapping[str, str]) -> Iterator[str]:
    mail = urlsplit(environ.get("SMTP_URL", ""))
    if mail.scheme == "smtp" and dict(parse_qsl(mail.query)).get("tls") != "starttls" and _is_elsewhere(mail):
        yield "SMTP_URL: smtps://… or ?tls=starttls, the mail server is on another machine"
    gateway = urlsplit(environ.get("WEBHOOK_URL", ""))
    if gateway.scheme == "http" and environ.get("WEBHOOK_ALLOW_PRIVATE") != "1":
        yield "WEBHOOK_URL: an https address"


def _borders(environ: Mapping[str, str]) -> Iterator[str]:
    allowed = environ.get("ALLOWED_OUTSIDE_HOSTS", "").split(",")
    for name, host in ways_out(environ):
        if not is_named(host, allowed):
            yield f"{name}: a host of ALLOWED_OUTSIDE_HOSTS, or name this one there if the law lets data go to it"


def _is_elsewhere(url: SplitResult) -> bool:
    """Another machine: a name with a dot. One without is a neighbour in the containers' own network."""
    host = url.hostname or ""
    return ("." in host or ":" in host) and host not in {"127.0.0.1", "::1"}
