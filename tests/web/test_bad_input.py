"""Whatever is sent to a page: a clear answer, nothing half-written, and no text of a stranger's run as a script."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from leads.models import Lead
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.policy import AREAS, Door, Rule
from tests.web.pressing import Field, Form, form_of, read
from tests.web.routes import address
from tests.web.watching import Watch, digest
from tests.web.world import World
from web.pages import page

pytestmark = pytest.mark.django_db
LONG = "ы" * 10_000
SCRIPT = "<script>alert(1)</script>"
QUERIES = (
    "-1", "0", "abc", "99999999999999999999", "%00", "%ED%A0%80", "%C0%AF", "';--", quote(SCRIPT), quote("{{7*7}}"),
    "1e400", "2026-13-45", "0001-01-01", "9999-12-31", "NaN", "00000000-0000-0000-0000-000000000000", "a&{name}=b",
    "%E2%80%AE%D6%BE%F0%9F%98%80",
)  # fmt: skip
LISTS = ("/leads/?view=all", "/leads/board/", "/agents/", "/agents/clients/", "/segments/", "/search/?q=script")
# Names that nobody's form has, and that views might read all the same.
EVERYWHERE = (
    "page=-1", "page=abc", "page=99999999999", "page=%00", "stage[]=1&stage[]=2", f"x={'a' * 10_000}", "%00=1",
)  # fmt: skip
SPARSELY = 5
Record = Callable[[str, object], None]
KEPT = frozenset({"csrfmiddlewaretoken", "_once", "version", "next"})
HOSTILE: dict[str, Callable[[Field], str | None]] = {
    "10,000 characters": lambda item: LONG if item.is_text else None,
    "a script": lambda item: SCRIPT if item.is_text else None,
    "NUL": lambda item: "a\0b" if item.is_text else None,
    "half a character": lambda item: "\udc80" if item.is_text else None,
    "wrong types": lambda item: "не то" if not item.is_text else None,
    "numbers past every column": lambda item: "9" * 40 if not item.is_text else None,
    "nothing": lambda item: "",
}


class Reader:
    """An administrator for the settings, a product owner for the rest; requests that leave nothing behind."""

    def __init__(self, office: Office) -> None:
        self.world = World(office).fill(["olim"])
        self.people = {"olim": office.olim, "adiba": office.adiba}
        self.clients = {name: Client(raise_request_exception=False) for name in self.people}
        for name, client in self.clients.items():
            client.force_login(self.people[name])
        self.cookies = {name: client.cookies.copy() for name, client in self.clients.items()}
        self.before = digest()
        self.known: set[str] = set()
        self.asked = 0

    def client_for(self, rule: Rule) -> Client:
        name = "adiba" if rule.door in {Door.ADMIN, Door.SETTINGS} else "olim"
        self.clients[name].cookies = self.cookies[name].copy()
        self.asked += 1
        return self.clients[name]

    def path_of(self, rule: Rule) -> str:
        records = self.world.of["bank"] | self.world.of["olim"]
        return address(rule, records.get(rule.of), {name: records[name] for name in rule.also})


def parameters(html: str, own: str) -> list[str]:
    """What the page reads from its address, as far as its own forms and links tell."""
    found = read(html)
    names = {item.name for form in found.forms if form.method == "get" for item in form.fields}
    links = (urlsplit(link) for link in found.links)
    names |= {name for link in links if link.path in {"", own} for name, _value in parse_qsl(link.query)}
    return sorted(names)


def bad_queries(names: list[str], known: set[str]) -> Iterator[str]:
    """Pages share the readers of their conditions: a name that was met before is tried with a few values only."""
    yield from EVERYWHERE
    for name in names:
        values = QUERIES[:: SPARSELY if name in known else 1]
        yield from (f"{name}={value.replace('{name}', name)}" for value in values)
        yield f"{name}={'a' * 3000}"


def bodies(form: Form) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The filled form, with one kind of nonsense in every field that can take it."""
    good = form.data()
    for kind, spoil in HOSTILE.items():
        wrong = {item.name: [bad] for item in form.fields if item.name not in KEPT and (bad := spoil(item)) is not None}
        if wrong:
            yield kind, good | wrong
    yield "no version, no key", {name: value for name, value in good.items() if name not in KEPT}
    yield "a version that is none", good | {"version": ["abc"], "_once": [LONG]}
    yield "everything twice", {name: value * 2 for name, value in good.items()}


def refusals_of_reading(reader: Reader, rule: Rule) -> list[str]:
    own = reader.path_of(rule)
    html = reader.client_for(rule).get(own).content.decode(errors="replace") if rule.shows_a_page else ""
    names = parameters(html, own.partition("?")[0])
    mark = "&" if "?" in own else "?"
    wrong = []
    for query in bad_queries(names, reader.known):
        response = reader.client_for(rule).get(f"{own}{mark}{query}")
        body = response.getvalue()
        if response.status_code >= 500:
            wrong.append(f"GET {rule.name} ?{query[:80]}: {response.status_code}")
        if SCRIPT.encode() in body and b"<html" in body[:200].lower():
            wrong.append(f"GET {rule.name} ?{query[:80]}: the script stands in the page")
    reader.known.update(names)
    return wrong


def refusals_of_writing(reader: Reader, rule: Rule) -> list[str]:
    own, form, wrong = reader.path_of(rule), None, []
    if "GET" in rule.methods:
        form = form_of(reader.client_for(rule).get(own).content.decode(), own.partition("?")[0])
    for kind, body, encoded in _as_sent(form or Form(own, "post")):
        content, content_type = encoded(body)
        watch = Watch()
        with transaction.atomic():
            client = reader.client_for(rule)
            with connection.execute_wrapper(watch):
                response = client.post(own, content, content_type=content_type)
            status = response.status_code
            if status >= 500:
                wrong.append(f"POST {rule.name} with {kind}: {status}")
            if status >= 400 and watch.touched and not connection.needs_rollback and digest() != reader.before:
                wrong.append(f"POST {rule.name} with {kind}: refused with {status}, and the base has changed")
            shown = [response.content, *_afterwards(reader, rule, response)] if kind.startswith("a script") else []
            if any(SCRIPT.encode() in page for page in shown):
                wrong.append(f"POST {rule.name}: the script stands in the page")
            transaction.set_rollback(True)
    return wrong


Body = dict[str, list[str]]
Encoder = Callable[[Body], tuple[bytes, str]]


def _as_sent(form: Form) -> Iterator[tuple[str, Body, Encoder]]:
    """Every body as a plain form sends it; what no middleware looks into, also as a form with files does."""
    for kind, body in bodies(form):
        yield kind, body, urlencoded
        if kind in {"NUL", "half a character", "a script"}:
            yield f"{kind} in parts", body, in_parts


def _pairs(body: Body) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, all_ in body.items() for value in all_]


def urlencoded(body: Body) -> tuple[bytes, str]:
    sent = "&".join(f"{quote(name)}={quote(value)}" for name, value in _pairs(body))
    return sent.encode(), "application/x-www-form-urlencoded"


def in_parts(body: Body) -> tuple[bytes, str]:
    part = b'--frontier\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    sent = b"".join(part % pair for pair in _pairs(body)) + b"--frontier--\r\n"
    return sent, "multipart/form-data; boundary=frontier"


def _afterwards(reader: Reader, rule: Rule, response: Any) -> Iterator[bytes]:
    """Where the deed led to, and the lists on which its text may stand by now."""
    if response.status_code != 302:
        return
    for where in (response["Location"], *LISTS):
        yield reader.client_for(rule).get(where).getvalue()


@pytest.fixture(scope="module")
def one_reader(kept_office: Office) -> Reader:
    return Reader(kept_office)


@pytest.fixture
def reader(one_reader: Reader) -> Reader:
    """The records are made once a module; what was asked and met is counted anew for each area."""
    one_reader.asked, one_reader.known = 0, set()
    return one_reader


@pytest.mark.parametrize("area", [area for area in AREAS if area != "api"])
def test_no_address_breaks_a_page(area: str, reader: Reader, record_property: Record) -> None:
    with quiet():
        rules = [rule for rule in AREAS[area] if "GET" in rule.methods]
        wrong = [line for rule in rules for line in refusals_of_reading(reader, rule)]
    record_property("bad requests", reader.asked)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("area", [area for area in AREAS if area != "api"])
def test_no_form_breaks_on_what_is_typed(area: str, reader: Reader, record_property: Record) -> None:
    with quiet():
        rules = [rule for rule in AREAS[area] if "POST" in rule.methods]
        wrong = [line for rule in rules for line in refusals_of_writing(reader, rule)]
    record_property("bad requests", reader.asked)
    assert not wrong, "\n" + "\n".join(wrong)


@page("GET", "POST")
def fragile(request: HttpRequest) -> HttpResponse:
    """All that must not be: a number taken on trust, a text said back as it came, half a deed before a refusal."""
    int(request.GET.get("page", "1"))
    said = request.POST.get("text", "")
    if request.method == "POST":
        Lead.objects.update(resources="half")
    form = f'<html><form method="post"><input name="text" value="">{said}</form></html>'
    return HttpResponse(form, status=422 if said else 200)


urlpatterns = [path("fragile/", fragile, name="fragile"), path("", include("salescrm.urls"))]


@pytest.mark.urls(__name__)
def test_a_fragile_page_is_found(reader: Reader) -> None:
    rule = Rule("fragile", frozenset({"GET", "POST"}), Door.STAFF)
    with quiet():
        found = [*refusals_of_reading(reader, rule), *refusals_of_writing(reader, rule)]
    assert "GET fragile ?page=abc: 500" in found
    assert "POST fragile: the script stands in the page" in found
    assert "POST fragile with a script: refused with 422, and the base has changed" in found
