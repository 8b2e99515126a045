"""What one owner's pages tell of another's work: nothing, neither by name nor by a number that moves."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from accounts import tokens
from common import clock
from tests.office import Office
from tests.web.matrix import plain, quiet
from tests.web.policy import POLICY, Door, Rule
from tests.web.pressing import read
from tests.web.routes import address
from tests.web.world import BIRDS, World

pytestmark = pytest.mark.django_db
OWN, STRANGE = BIRDS["olim"], BIRDS["sitora"]
ASKED = (
    f"/search/?q={STRANGE[:6]}", f"/leads/?q={STRANGE[:6]}", f"/agents/?q={STRANGE[:6]}", "/leads/export/",
    "/leads/?view=all", "/leads/board/?kind=client", "/reports/funnel/?kind=client",
    f"/leads/new/check/?name={STRANGE[:6]}",
    f"/leads/new/agents/?q={STRANGE[:6]}", f"/api/v1/leads/?q={STRANGE[:6]}", "/api/v1/leads/?include=total",
    "/api/v1/leads/?expand=segment,agent,initiative,owner", "/api/v1/funnel/?kind=client",
)  # fmt: skip
LISTS = (
    "/leads/", "/leads/board/", "/leads/export/", "/agents/", "/agents/clients/", "/segments/", "/initiatives/",
    "/imports/",
    "/notifications/", "/search/?q=%D0%97%D0%B8%D0%BC%D0%BE", "/api/v1/leads/", "/api/v1/agents/", "/api/v1/clients/",
    "/api/v1/segments/", "/api/v1/utps/", "/api/v1/initiatives/", "/api/v1/imports/",
)  # fmt: skip
MOST_LINKS = 100
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
NEW_EACH_TIME = {"/account/security/app/", "/account/security/keys/"}
"""Each look at them brings a secret of its own."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


def starts(world: World) -> Iterator[str]:
    """Every address that Olim may read, with his own records."""
    for rule in POLICY:
        if "GET" in rule.methods and rule.door not in {Door.ADMIN, Door.SETTINGS} and _of_his(rule, world):
            records = world.of["bank"] | world.of["olim"]
            yield address(rule, records.get(rule.of), {name: records[name] for name in rule.also})
    yield from ASKED


def _of_his(rule: Rule, world: World) -> bool:
    known = world.of["bank"] | world.of["olim"]
    return all(name in known for name in filter(None, (rule.of, *rule.also)))


def crawl(client: Client, first: list[str]) -> dict[str, bytes]:
    """The answers at these addresses and at what they link to; of links that differ in values alone, one."""
    waiting, seen, answers = list(first), set(first), {}
    shapes: set[tuple[str, tuple[str, ...]]] = set()
    while waiting and len(answers) < len(first) + MOST_LINKS:
        path = waiting.pop(0)
        response = client.get(path)
        body = said(response.getvalue())
        answers[path] = body
        assert response.status_code < 500, path
        assert path.startswith("/login/") or "/login/" not in response.get("Location", ""), path
        for link in read(body.decode(errors="replace")).links if b"<html" in body[:400] else []:
            parts = urlsplit(link)
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            shape = (_ID.sub("*", parts.path), tuple(sorted({key for key, _value in parse_qsl(parts.query)})))
            if parts.netloc or not parts.path.startswith("/") or target in seen or shape in shapes:
                continue
            shapes.add(shape)
            seen.add(target)
            waiting.append(target)
    return answers


@pytest.fixture
def at_rest() -> Iterator[None]:
    """The clock stands, so that two looks at one page differ by the work between them alone."""
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def olims(at_rest: None, office: Office) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(office.olim)
    return client


def test_no_answer_to_olim_names_anything_of_sitoras(office: Office, olims: Client) -> None:
    world = World(office).fill(["olim", "sitora"])
    with quiet():
        answers = crawl(olims, list(starts(world)))
    told = [path for path, body in answers.items() if STRANGE.encode() in body or b"sitora@" in body]
    assert not told
    assert [path for path in LISTS if OWN.encode() not in answers.get(path, _body(olims, path))] == []


def test_a_teams_token_hears_nothing_of_another_team(office: Office) -> None:
    World(office).fill(["olim", "sitora"])
    issued = tokens.issue(account="north", scopes=tokens.SCOPES, days=3, at=clock.now(), team=office.north)
    client = Client(headers={"Authorization": f"Bearer {issued.plain}"})
    answers = {path: client.get(path).content for path in (*LISTS, *ASKED) if path.startswith("/api/")}
    assert [path for path, body in answers.items() if STRANGE.encode() in body] == []
    assert [path for path in LISTS if path in answers and OWN.encode() not in answers[path]] == []


def test_no_number_of_olims_moves_when_sitora_works(office: Office, olims: Client) -> None:
    """The same addresses before and after all of her records came to be: not a byte differs, sums included."""
    with quiet():
        world = World(office).fill(["olim"])
        before = crawl(olims, list(starts(world)))
        world.fill(["sitora"], troubles=False)
        after = {path: _body(olims, path) for path in before}
    moved = {path for path in before if plain(before[path]) != plain(after[path])}
    assert moved <= NEW_EACH_TIME


def test_what_his_own_team_does_moves_his_numbers(office: Office, olims: Client) -> None:
    """The control of the test above: the same comparison sees the work of a colleague."""
    with quiet():
        world = World(office).fill(["olim"])
        pages = ["/leads/", "/agents/", "/reports/funnel/", "/api/v1/leads/"]
        before = {path: _body(olims, path) for path in pages}
        world.fill(["lola"], troubles=False)
        after = {path: _body(olims, path) for path in pages}
    assert [path for path in pages if plain(before[path]) == plain(after[path])] == []


def _body(client: Client, path: str) -> bytes:
    return said(client.get(path).getvalue())


def said(body: bytes) -> bytes:
    """A workbook as the text of its cells, a contract as its parts.

    Packed, they would hide every name, and never be twice the same.
    """
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        if "xl/workbook.xml" not in packed.namelist():  # a contract
            return b"".join(packed.read(name) for name in sorted(packed.namelist()))
    book = load_workbook(io.BytesIO(body), read_only=True)
    return repr([list(sheet.values) for sheet in book.worksheets]).encode()
