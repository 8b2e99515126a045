"""The operator's book is true: what it names exists, and what exists is named in it."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

from monitoring import figures, metrics
from monitoring.heartbeats import LATE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
BOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# What the programs of this repository tell each other, and what only the demonstration knows.
OUR_OWN = {
    "CRM_PROCESS", "PROMETHEUS_MULTIPROC_DIR", "WORKER_HEARTBEAT_FILE", "DEMO_PASSWORD", "DEBUG", "DJANGO_DEBUG",
    "DEMO_MODE", "ADMIN_PASSWORD", "PATH", "PYTHONUNBUFFERED", "SECRET_KEY", "REMAP_SIGTERM",
}  # fmt: skip
READ = re.compile(
    r"""(?:environ\.get|environ|getenv|env\.names|env\.days|env\.required|names|required|service_url)[(\[]\s*["']([A-Z][A-Z0-9_]+)["']"""
)
NAMED = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT)`")


def read_by_the_code() -> set[str]:
    places = [*ROOT.glob("salescrm/**/*.py"), *ROOT.glob("deploy/*.py"), *ROOT.glob("runner/*.py")]
    return {name for path in places for name in READ.findall(path.read_text(encoding="utf-8"))}


def first_cells() -> set[str]:
    """The variables in the first column of tables: those that the book tells how to set."""
    found = set()
    for line in BOOK.splitlines():
        if line.startswith("|"):
            found |= set(NAMED.findall(line.split("|")[1]))
    return found


def test_every_variable_that_is_read_is_in_the_book() -> None:
    missing = read_by_the_code() - OUR_OWN - set(re.findall(r"[A-Z][A-Z0-9_]+", BOOK))
    assert not missing, f"tell of them in docs/operations.md: {sorted(missing)}"


def test_every_variable_in_the_book_is_read() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    known = read_by_the_code() | set(re.findall(r"\$\{([A-Z_]+)", compose))
    elsewhere = {"DJANGO_SETTINGS_MODULE", "SSL_CERT_FILE"}  # Django's and OpenSSL's own
    directory = {name for name in first_cells() if name.startswith("LDAP_")}
    assert first_cells() - known - elsewhere - directory == set()


def test_every_command_in_the_book_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", BOOK))
    assert named >= {"backup", "restore", "quarantine", "release_quarantine"}
    assert named - set(get_commands()) == set()


def test_every_target_in_the_book_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z]+)", BOOK):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_figure_is_in_the_book_and_no_other() -> None:
    told = set(re.findall(r"crm_[a-z0-9_]+[a-z0-9]", BOOK)) - {"crm_prod", "crm_app"}
    own = {f"{family.name}_total" if family.type == "counter" else family.name for family in metrics.own.collect()}
    assert told == {figure.name for figure in figures.FIGURES} | own | {"crm_figure_failed"}


def test_the_alarms_of_silence_are_those_of_the_code() -> None:
    assert "`web` 60, `relay` and `beat` 120, `worker` 420" in BOOK
    assert [LATE_SECONDS[name] for name in ("web", "relay", "beat", "worker")] == [60, 120, 120, 420]
    assert f"above {LATE_SECONDS['backup']}" in BOOK


@pytest.mark.parametrize("path", sorted(set(re.findall(r"GET (/[a-z/]+)", BOOK))))
def test_every_probe_in_the_book_answers(path: str) -> None:
    assert resolve(path)
