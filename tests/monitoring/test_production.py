"""Production refuses to start insecure; each rule is shown to be one by a start that breaks it alone."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from salescrm.settings.env import Unset
from salescrm.settings.refusals import found, refuse_insecure

ROOT = Path(__file__).resolve().parents[2]
REFUSALS = ROOT / "salescrm" / "settings" / "refusals.py"
KEY, OTHER = "k7Qp2xVn9Lr4Tz8Wb3Yd6Hs1Jf5Gm0Ac" * 2, "m0Ac5Gs1Jf6Hd3Yb8Wz4Tr9Ln2Vx7Qp" * 2
GOOD = {
    "SECRET_KEY": KEY,
    "AUDIT_KEY": OTHER,
    "ALLOWED_HOSTS": "crm.bank.example",
    "TRUSTED_PROXIES": "1",
    "PUBLIC_URL": "https://crm.bank.example",
    "DATABASE_URL": "postgresql://salescrm:9f3c1b7e5a2d4c6f@postgres:5432/salescrm",
    "REDIS_URL": "redis://:9f3c1b7e5a2d4c6f@redis:6379/0",
}
ELSEWHERE = "postgresql://crm:9f3c1b7e5a2d4c6f@db.bank.example/crm"
BAD = [
    ("DEBUG", {"DEBUG": "1"}),
    ("DJANGO_DEBUG", {"DJANGO_DEBUG": "True"}),
    ("DEMO_MODE", {"DEMO_MODE": "yes"}),
    ("DEMO_PASSWORD", {"DEMO_PASSWORD": "demo-demo-demo"}),
    ("SECRET_KEY", {"SECRET_KEY": "short"}),
    ("SECRET_KEY", {"SECRET_KEY": "a" * 64}),
    ("AUDIT_KEY", {"AUDIT_KEY": ""}),
    ("AUDIT_KEY", {"AUDIT_KEY": "short"}),
    ("AUDIT_KEY", {"AUDIT_KEY": KEY}),
    ("HEALTH_TOKEN", {"HEALTH_TOKEN": "guess"}),
    ("METRICS_TOKEN", {"METRICS_TOKEN": "guess"}),
    ("TELEGRAM_HOOK_SECRET", {"TELEGRAM_HOOK_SECRET": "guess"}),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "*"}),
    ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": "crm.bank.example,.bank.example"}),
    ("FOUR_EYES_OVER", {"FOUR_EYES_OVER": "0"}),
    ("FOUR_EYES_OVER", {"FOUR_EYES_OVER": "many"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "0"}),
    ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": ""}),
    ("PUBLIC_URL", {"PUBLIC_URL": "http://crm.bank.example"}),
    ("PUBLIC_URL", {"PUBLIC_URL": ""}),
    ("OIDC_ISSUER", {"OIDC_ISSUER": "http://id.bank.example"}),
    ("TELEGRAM_API_URL", {"TELEGRAM_API_URL": "http://bot.bank.example"}),
    ("CSRF_TRUSTED_ORIGINS", {"CSRF_TRUSTED_ORIGINS": "http://crm.bank.example"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://crm:postgres@postgres/crm"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://crm@postgres/crm"}),
    ("DATABASE_URL", {"DATABASE_URL": "postgresql://postgres:9f3c1b7e5a2d4c6f@postgres/crm"}),
    ("DATABASE_URL", {"DATABASE_URL": ELSEWHERE}),
    ("DATABASE_URL", {"DATABASE_URL": f"{ELSEWHERE}?sslmode=prefer"}),
    ("DATABASE_URL", {"DATABASE_URL": f"{ELSEWHERE}?sslmode=require"}),
    ("REDIS_URL", {"REDIS_URL": "redis://redis:6379/0"}),
    ("REDIS_URL", {"REDIS_URL": "redis://:9f3c1b7e5a2d4c6f@10.1.2.3:6379/0"}),
    ("SMTP_URL", {"SMTP_URL": "smtp://crm:secret@mail.bank.example:25"}),
    ("WEBHOOK_URL", {"WEBHOOK_URL": "http://sms.bank.example/send"}),
    *(
        (name, {name: url, "ALLOWED_OUTSIDE_HOSTS": "mail.bank.uz,.core.bank.uz", **more})
        for name, url, more in (
            ("SMTP_URL", "smtps://crm:secret@mail.example.com", {}),
            ("WEBHOOK_URL", "https://sms.example.com/send", {}),
            ("OIDC_ISSUER", "https://id.example.com", {}),
            ("LDAP_URL", "ldaps://directory.example.com", {}),
            ("TELEGRAM_API_URL", "https://bots.example.com", {"TELEGRAM_BOT_TOKEN": "1:a"}),
            ("TELEGRAM_API_URL", "", {"TELEGRAM_BOT_TOKEN": "1:a"}),
            ("WEBHOOK_HOSTS", "*,evil-core.bank.uz:8443", {}),
            ("UPLOAD_SCANNER", "tcp:scan.example.com:3310", {}),
        )
    ),
]
ALSO_GOOD = [
    {"DATABASE_URL": f"{ELSEWHERE}?sslmode=verify-full"},
    {"REDIS_URL": "rediss://:9f3c1b7e5a2d4c6f@redis.bank.example/0"},
    {"SMTP_URL": "smtp://crm:secret@mail.bank.example:587?tls=starttls"},
    {"SMTP_URL": "smtps://crm:secret@mail.bank.uz", "ALLOWED_OUTSIDE_HOSTS": "mail.bank.uz"},
    {"WEBHOOK_HOSTS": "in.core.bank.uz:*,gateway:8080", "ALLOWED_OUTSIDE_HOSTS": ".core.bank.uz"},
    {"WEBHOOK_URL": "http://gateway/send", "WEBHOOK_ALLOW_PRIVATE": "1"},
    {"HEALTH_TOKEN": "4f1d6a8b2c9e7035d1f4a6b8"},
]


def test_a_start_that_is_in_order_is_not_refused() -> None:
    refuse_insecure(GOOD)


@pytest.mark.parametrize("changes", ALSO_GOOD)
def test_what_is_secure_in_another_way_is_not_refused(changes: dict[str, str]) -> None:
    refuse_insecure(GOOD | changes)


@pytest.mark.parametrize(("name", "changes"), BAD)
def test_an_insecure_start_is_refused_by_the_name_of_its_variable(name: str, changes: dict[str, str]) -> None:
    (line,) = set(found(GOOD | changes))
    assert line.startswith(f"{name}:")
    assert not any(len(value) > 11 and value in line for value in changes.values()), "the value stays out of the log"
    with pytest.raises(Unset, match=name):
        refuse_insecure(GOOD | changes)


def refusals() -> list[ast.Expr]:
    """Every place that says a line of refusal."""
    tree = ast.walk(ast.parse(REFUSALS.read_text(encoding="utf-8")))
    return [one for one in tree if isinstance(one, ast.Expr) and isinstance(one.value, ast.Yield)]


class Without(ast.NodeTransformer):
    """The refusal of one line is never said; all others are."""

    def __init__(self, line: int) -> None:
        self.line = line

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if node.lineno != self.line:
            return node
        return ast.fix_missing_locations(ast.If(test=ast.Constant(value=False), body=[node], orelse=[]))


def found_without(line: int) -> Callable[[Mapping[str, str]], Iterator[str]]:
    names: dict[str, Any] = {}
    tree = Without(line).visit(ast.parse(REFUSALS.read_text(encoding="utf-8")))
    exec(compile(tree, REFUSALS.name, "exec"), names)
    kept: Callable[[Mapping[str, str]], Iterator[str]] = names["found"]
    return kept


@pytest.mark.parametrize("line", [one.lineno for one in refusals()])
def test_each_refusal_that_is_taken_away_lets_a_bad_start_through(line: int) -> None:
    """The control: no refusal stands there without a start that it alone keeps out."""
    lax = found_without(line)
    assert [name for name, changes in BAD if not list(lax(GOOD | changes))]
    assert not list(lax(GOOD))


def start(changes: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "salescrm.settings.prod", **GOOD, **changes}
    return subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "manage.py", *command],
        cwd=ROOT, env={name: value for name, value in env.items() if value}, check=False, capture_output=True,
        text=True,
    )  # fmt: skip


def test_djangos_own_check_of_a_deployment_finds_nothing() -> None:
    done = start({}, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("changes", [{"SECRET_KEY": ""}, {"ALLOWED_HOSTS": ""}, {"SECRET_KEY": "short"}])
def test_the_program_itself_does_not_start(changes: dict[str, str]) -> None:
    done = start(changes, "check")
    assert done.returncode != 0
    assert next(iter(changes)) in done.stderr
