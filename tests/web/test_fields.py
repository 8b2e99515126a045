"""What a form does not ask for it does not take: every form, sent with all columns of whatever it writes besides.

A column that a person may not write is in no form of his; put into the request by hand it changes nothing. Whose
records a form may name is asked in ``test_references``, what the API takes in ``tests/api``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils.text import slugify

from common import clock
from leads.models import Lead
from tests.office import Office
from tests.web.policy import POLICY, Door, Rule
from tests.web.pressing import read
from tests.web.routes import address
from tests.web.watching import OWN_TRACES, Watch
from tests.web.world import MISSING, NOWHERE, World
from web.pages import page, person, show

pytestmark = pytest.mark.django_db
# Nobody is given these by a form, whatever it writes.
ALWAYS = {
    "id", "pk", "is_staff", "is_superuser", "is_active", "role", "team", "team_id", "owner", "owner_id", "by", "by_id",
    "created_at", "updated_at", "password", "status", "state", "outcome", "stage", "stage_id", "closed_at", "batch",
}  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Made anew with each deed: moments, secrets, numbers of rows.
_MADE = re.compile(r'"\d{4}-\d\d-\d\dT[\d:.+]+"|[\w+/=-]{16,}|(?<="id": )\d+|(?<="serial": )\d+|(?<="consent_id": )\d+')
# A move takes a reason and asks for it where it goes back: the page that was read goes forward.
ASKED_ELSEWHERE = {"leads:move": {"reason"}, "leads:board_move": {"reason"}}
Effect = tuple[int, tuple[str, ...]]


@page("GET", "POST")
def careless(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the walk must not let pass: whatever was sent is written."""
    lead = Lead.objects.visible_to(person(request)).get(pk=pk)
    if request.method == "POST":
        for name, value in request.POST.items():
            if name in {"problem", "resources", "base"}:
                setattr(lead, name, value)
        lead.save()
        return HttpResponse(status=204)
    form = forms.modelform_factory(Lead, fields=["problem"])(instance=lead)
    return show(request, "records/form.html", {"form": form, "title": "", "back": "/"})


urlpatterns = [path("careless/<uuid:pk>/", careless, name="careless"), path("", include("salescrm.urls"))]


@dataclass
class Walk:
    """A world, and who is at work in it: the owner, and for what is the bank's an administrator."""

    world: World
    kept: dict[str, frozenset[str]] = field(default_factory=dict)
    forms: int = 0

    @cached_property
    def clients(self) -> dict[str, Client]:
        made = {name: Client() for name in ("olim", "adiba")}
        for name, client in made.items():
            client.force_login(getattr(self.world.office, name))
        return made

    @cached_property
    def known(self) -> frozenset[str]:
        """Ids that were there before: any other was made by the deed."""
        return frozenset(pk for rows in self.kept.values() for row in rows for pk in _UUID.findall(row))

    def wrong(self, rules: Iterable[Rule]) -> Iterator[str]:
        for rule in rules:
            client = self.clients["adiba" if rule.door in {Door.ADMIN, Door.SETTINGS} else "olim"]
            where, shown = self._page(rule, client)
            if shown is None:
                continue
            self.forms += 1
            honest, touched = self._effect(client, where, shown.sent)
            asked = shown.names | ASKED_ELSEWHERE.get(rule.name, set())
            more = {name: value for name, value in extras(touched).items() if name not in asked}
            forged, _tables = self._effect(client, where, shown.sent | more)
            if forged != honest and forged[0] < 400:
                yield f"{rule.name}: {forged[0]}, {sorted(set(forged[1]) ^ set(honest[1]))[:4]}"

    def _page(self, rule: Rule, client: Client) -> "tuple[str, Shown | None]":
        records = self.world.of["bank"] | self.world.of["olim"]
        also = {name: records.get(name, MISSING.get(name, NOWHERE)) for name in rule.also}
        where = address(rule, records.get(rule.of, MISSING.get(rule.of, NOWHERE)), also)
        with transaction.atomic():
            answer = client.get(where)
            transaction.set_rollback(True)
        return where, Shown.of(answer, where) if answer.status_code == 200 else None

    def _effect(self, client: Client, where: str, data: dict[str, Any]) -> tuple[Effect, set[str]]:
        """The answer and the rows that differ after it, without what each deed makes anew; nothing of it stays."""
        cookies = dict(client.cookies)
        with transaction.atomic():
            watch = Watch()
            with connection.execute_wrapper(watch):
                status = client.post(where, data).status_code
            tables = {name for name in watch.tables - OWN_TRACES if name in TABLES}
            rows = tuple(sorted(self._plain(row) for name in tables for row in rows_of(name) - self._before(name)))
            transaction.set_rollback(True)
        client.cookies = SimpleCookie({name: morsel.value for name, morsel in cookies.items()})  # who left is back
        return (status, rows), tables

    def _before(self, table: str) -> frozenset[str]:
        return self.kept.get(table, frozenset[str]())

    def _plain(self, row: str) -> str:
        return _MADE.sub("*", _UUID.sub(lambda found: found[0][-6:] if found[0] in self.known else "new", row))

    def remember(self) -> "Walk":
        assert self.clients  # signed in outside of any test, whose end would end their sessions
        self.kept = {name: rows_of(name) for name in TABLES}
        return self


TABLES: dict[str, type[models.Model]] = {
    model._meta.db_table: model
    for model in apps.get_models()
    if model._meta.managed and not model._meta.proxy and not hasattr(model, "pgh_tracked_model")
}


def rows_of(table: str) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
        return frozenset(row[0] for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person would send, and every name that any form of the page asks for."""

    sent: dict[str, Any]
    names: frozenset[str]

    @classmethod
    def of(cls, answer: Any, where: str) -> "Shown | None":
        html = answer.content.decode()
        posts = [form for form in read(html).forms if form.method == "post"]
        own = [form for form in posts if form.action.partition("?")[0] in {"", where.partition("?")[0]}]
        if not own:
            return None
        asked = {one.name for form in own for one in form.fields}
        asked |= {one.add_prefix(name) for one in forms_in(answer.context or ()) for name in one.fields}
        sent = max(own, key=lambda form: len(form.fields)).data()
        return cls({name: value for name, value in sent.items() if name != "_once"}, frozenset(asked))


def forms_in(contexts: Iterable[Any]) -> Iterator[forms.BaseForm]:
    """Every form that the page was given, shown as a whole or in part."""
    for context in contexts:
        for value in context.flatten().values():
            several = value if isinstance(value, list | tuple) else [value]
            yield from (one for one in several if isinstance(one, forms.BaseForm))


def extras(tables: Iterable[str]) -> dict[str, str]:
    """Every column of these tables by both its names, with a value that would be seen."""
    found = dict.fromkeys(ALWAYS, "Взлом")
    for table in sorted(tables):
        for column in TABLES[table]._meta.concrete_fields:
            found |= dict.fromkeys((column.name, column.attname, slugify(column.name)), value_of(column))
    return found


def value_of(column: Any) -> str:
    if column.is_relation:
        other = column.related_model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
        return str(other or NOWHERE)
    if column.choices:
        return str(column.flatchoices[-1][0])
    kinds: dict[type, str] = {
        models.BooleanField: "on", models.DateTimeField: "2020-01-01T10:00", models.DateField: "2020-01-01",
        models.DecimalField: "77", models.IntegerField: "77", models.UUIDField: str(NOWHERE),
    }  # fmt: skip
    return next((value for kind, value in kinds.items() if isinstance(column, kind)), "Взлом")


@pytest.fixture(scope="module")
def walk(kept_office: Office) -> Walk:
    return Walk(World(kept_office).fill(["olim", "sitora"])).remember()


FORMS = [
    rule for rule in POLICY
    if rule.is_page and {"GET", "POST"} <= rule.methods and rule.door is not Door.PUBLIC
]  # fmt: skip


def test_what_no_form_asks_for_is_not_taken(walk: Walk, record_property: Callable[[str, object], None]) -> None:
    with time_machine.travel(clock.now(), tick=False):
        found = list(walk.wrong(FORMS))
    record_property("forms", walk.forms)
    print(f"{walk.forms} forms, {len(found)} that take more than they ask for")
    assert found == []
    assert walk.forms > 90


@pytest.mark.urls(__name__)
def test_a_form_that_writes_whatever_is_sent_is_found(walk: Walk) -> None:
    found = list(walk.wrong([Rule("careless", frozenset({"GET", "POST"}), Door.WRITERS, "lead")]))
    assert [line for line in found if line.startswith("careless: 204") and "Взлом" in line]
