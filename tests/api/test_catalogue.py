"""Every code that the API can answer has its cause and its cure, and an address that leads there."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from django.apps import apps
from django.test import Client
from rest_framework.exceptions import APIException

import api
from api.catalogue import CATALOGUE
from api.places import PLACES
from api.problems import TITLES
from common.changes import StaleVersion
from common.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {(one.status, one.code) for one in CATALOGUE}
CODES = {one.code for one in CATALOGUE}
# Raised by pages alone: no deed of the API comes by them.
ONLY_PAGES = {
    "already_closed", "channel_not_configured", "directory_away", "draw_again", "legal_hold", "nothing_given_up",
    "second_person_needed", "sso_refused", "wrong_status",
}  # fmt: skip


def modules_of(room: str) -> Iterator[str]:
    yield room
    for found in walk_packages(import_module(room).__path__, f"{room}."):
        if not {"migrations", "management"} & set(found.name.split(".")):
            yield found.name


def rooms() -> list[str]:
    own = [config for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
    return [config.name for config in own if config.name not in {"salescrm", "web", "demo", "runner"}]


def below(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from below(one)


OPTIONAL = "accounts.directory_backend"
"""It stands on a package that is there only where people sign in by a directory."""


@pytest.fixture(scope="module")
def house() -> None:
    """Every room read in, so that every subclass is known."""
    for room in rooms():
        for module in modules_of(room):
            if module != OPTIONAL:
                import_module(module)


def test_every_refusal_of_a_service_is_explained(house: None) -> None:
    status = lambda one: 412 if issubclass(one, StaleVersion) else one.status  # noqa: E731 - as api.problems does
    refusals = {
        (status(one), one.code, one.__name__) for one in below(Refused) if one.__module__.split(".")[0] != "tests"
    }
    missing = [one for one in refusals if one[:2] not in KNOWN and one[1] not in ONLY_PAGES]
    assert not missing, f"add them to api/catalogue.py: {missing}"
    assert len(refusals) > 25


def test_every_error_of_the_room_itself_is_explained(house: None) -> None:
    own = {one for one in below(APIException) if one.__module__.split(".")[0] == "api"}
    missing = [(one.status_code, one.default_code) for one in own if (one.status_code, one.default_code) not in KNOWN]
    # ``Malformed`` says its code where it is raised: the walk over the source finds those.
    assert [one for one in missing if one != (400, "parse_error")] == []
    assert len(own) >= 5


def said_codes() -> dict[str, str]:
    """Codes written in the source of the room: ``_answer(409, "conflict", …)``, ``Malformed(…, "not_json")``."""
    found = {}
    for path in Path(api.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (code := _code_of(node)):
                found[code] = f"{path.name}:{node.lineno}"
    return found


def _code_of(call: ast.Call) -> str:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    place = {"_answer": 1, "plain": 2, "Malformed": 1}.get(name)
    given = call.args[place : place + 1] if place is not None else []
    if name in {"AuthenticationFailed", "PermissionDenied", "NotAuthenticated"}:
        given = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return next((one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)), "")


def test_every_code_that_the_source_says_is_explained() -> None:
    said = said_codes()
    assert {"conflict", "not_found", "token_invalid", "csrf_failed", "duplicate_key"} <= set(said)
    assert not {code: place for code, place in said.items() if code not in CODES}


def test_every_code_of_a_place_that_the_source_says_is_explained() -> None:
    missing = {}
    for room in rooms():
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FieldError"
                code = node.args[1] if named and len(node.args) > 1 else None
                if isinstance(code, ast.Constant) and code.value not in PLACES:
                    missing[code.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    pages = ("outreach", "documents", "imports", "accounts/second_factor", "privacy")
    assert not {code: place for code, place in missing.items() if not place.startswith(pages)}


def test_every_status_has_a_title_and_every_code_one_line() -> None:
    assert {one.status for one in CATALOGUE} <= set(TITLES)
    assert len(KNOWN) == len(CATALOGUE)


@pytest.mark.parametrize("language", ["ru", "uz", "en"])
def test_the_page_has_a_place_for_every_type(db: None, language: str) -> None:
    answer = Client().get("/api/docs/errors/", headers={"Accept-Language": language})
    html = answer.content.decode()
    ids = re.findall(r'<dt id="([a-z0-9_]+)">', html)
    assert answer.status_code == 200
    assert len(ids) == len(set(ids))
    assert set(ids) == CODES
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "style=" not in html


def test_a_problem_s_type_leads_to_its_place(db: None) -> None:
    problem = Client().get("/api/v1/leads/").json()
    assert problem["type"] == "/api/docs/errors/#not_authenticated"
    page, _hash, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in Client().get(page).content.decode()
