"""Asks every address as every actor about everybody's records, and compares with the policy."""

import gc
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.template.base import Template
from django.test import Client
from django.test.utils import _TestState

from accounts import stepup, tokens
from common import clock
from tests.office import PASSWORD
from tests.web import policy
from tests.web.expectations import UNSAFE, Case, cases, expected, of_page
from tests.web.policy import Door, Rule
from tests.web.pressing import form_of
from tests.web.routes import address
from tests.web.visitors import borrowers, moved
from tests.web.watching import Watch, digest
from tests.web.world import MISSING, NOWHERE, World

_VOLATILE = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=value=\")[A-Za-z0-9]{32,64}(?=\")"
    rb"|(?<=value=\")[\w-]{20,}:[\w-]{6}:[\w-]{43}(?=\")"
    rb"|(?<=content=\")[A-Za-z0-9]{32,64}(?=\")|(?<=nonce=\")[^\"]+|(?<=/contacts/)\d+|(?<=/consents/)\d+|(?<=/refusals/)\d+|\b\d\d:\d\d\b"
)


@dataclass
class Outcome:
    cases: int = 0
    deviations: list[str] = field(default_factory=list)


@contextmanager
def quiet() -> Iterator[None]:
    """Thousands of refusals are the point here: no line of the log for each, no search for garbage between, and no copy
    of every template's context for a test that might look at it."""
    logging.disable(logging.ERROR)
    gc.disable()
    fresh, stepup.FRESH = stepup.FRESH, timedelta(hours=12)  # a walk may take longer than a proof of who one is lasts
    watched = Template._render
    Template._render = _TestState.saved_data.template_render
    try:
        yield
    finally:
        Template._render = watched
        stepup.FRESH = fresh
        gc.enable()
        logging.disable(logging.NOTSET)


def plain(body: bytes) -> bytes:
    """An answer without what differs from one request to the next: ids, tokens, the signed moment of a public form."""
    return _VOLATILE.sub(b"*", body)


def _differs(one: bytes, other: bytes) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"…{one[max(0, at - 60) : at + 60]!r} and …{other[max(0, at - 60) : at + 60]!r}"


class Matrix:
    """The actors over one world. Every case runs in a savepoint of its own and leaves nothing behind."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = {name: Client(raise_request_exception=False) for name in policy.ACTORS}
        self.headers = {name: self._token(name) for name in (*policy.SYSTEMS, *policy.DEAD_TOKENS)}
        for name in (*policy.PEOPLE, "disabled"):
            self._sign_in(name)
        for name, user in borrowers(world).items():
            self.clients[name].force_login(user)
        moved(world, self.clients[policy.MOVED])
        self.cookies = {name: client.cookies.copy() for name, client in self.clients.items()}
        self.before = digest()
        self.bodies: dict[tuple[str, str], dict[str, list[str]]] = {}

    def _sign_in(self, name: str) -> None:
        office = self.world.office
        if name != "disabled":
            self.clients[name].force_login(getattr(office, name))
            return
        user = type(office.olim).objects.create_user(
            "gone@bank.test", PASSWORD, name="Gone", role=office.olim.role, team=office.north
        )
        self.clients[name].force_login(user)
        type(user).objects.filter(pk=user.pk).update(is_active=False)

    def _token(self, name: str) -> dict[str, str]:
        scopes = {
            "north": tokens.SCOPES,
            "reader": [scope for scope in tokens.SCOPES if scope.endswith(":read")],
            "wrong": ["bulk"],
        }.get(name, tokens.SCOPES)
        at = clock.now() - timedelta(days=9 if name == "expired" else 0, seconds=5)
        issued = tokens.issue(account=f"matrix-{name}", scopes=scopes, days=3, at=at, team=self.world.office.north)
        if name == "revoked":
            tokens.revoke(token=issued.token, at=clock.now())
        return {"Authorization": f"Bearer {issued.plain}"}

    def run(self, rules: Iterable[Rule], actors: Iterable[str] = policy.ACTORS) -> Outcome:
        outcome = Outcome()
        hidden: dict[tuple[str, str, str], dict[str, bytes]] = {}
        for case in cases(rules, self.world, actors):
            outcome.cases += 1
            status, body, wrong = self.ask(case)
            outcome.deviations += [*self._judge(case, status, body), *wrong]
            if status == 404 and case.method != "HEAD":
                hidden.setdefault((case.rule.name, case.actor, case.method), {})[case.owner] = plain(body)
        for (name, actor, method), answers in hidden.items():
            missing = answers.get("missing", b"")
            outcome.deviations += [
                f"{method} {name} as {actor}: {owner}'s record answers otherwise than a missing one: "
                f"{_differs(body, missing)}"
                for owner, body in answers.items()
                if missing and body != missing
            ]
        return outcome

    def ask(self, case: Case) -> tuple[int, bytes, list[str]]:
        """Status, body, and what was written that must not be. Nothing of it stays."""
        client = self.clients[case.actor]
        client.cookies = self.cookies[case.actor].copy()
        body = self._body(case) if case.method in UNSAFE else {}
        with transaction.atomic():
            watch = Watch()
            with connection.execute_wrapper(watch):
                response = self._send(client, case, body)
            content = response.getvalue()
            wrong = self._written(case, response.status_code, watch)
            transaction.set_rollback(True)
        if case.actor not in policy.SIGNED_IN and response.status_code == 302:
            content = response["Location"].encode()
        return response.status_code, content, wrong

    def _send(self, client: Client, case: Case, body: Any) -> Any:
        path, headers = self.path(case), self.headers.get(case.actor, {})
        if case.method in UNSAFE and case.rule.is_api:
            return client.generic(case.method, path, b"{}", content_type="application/json", headers=headers)
        if case.method == "POST":
            return client.post(path, body, headers=headers)
        return client.generic(case.method, path, headers=headers)

    def path(self, case: Case) -> str:
        records = self.world.of.get(case.owner, {})
        strangers = self.world.of.get("sitora", {}) if case.crossed else records
        also = {name: strangers.get(name, MISSING.get(name, NOWHERE)) for name in case.rule.also}
        return address(case.rule, records.get(case.rule.of, MISSING.get(case.rule.of, NOWHERE)), also)

    def _body(self, case: Case) -> dict[str, list[str]]:
        """What the record's owner would send: the filled form of the page. The same for everybody else."""
        if case.rule.is_api or "GET" not in case.rule.methods:
            return {}
        key = (case.rule.name, case.owner)
        if key not in self.bodies:
            self.bodies[key] = {}
            able = next(
                (name for name in ("olim", "sitora", "adiba") if self._may_write(case.rule, case.owner, name)), ""
            )
            asked = Case(case.rule, able, "GET", case.owner)
            if able:
                _status, page, _wrong = self.ask(asked)
                form = form_of(page.decode(errors="replace"), self.path(asked).partition("?")[0])
                self.bodies[key] = form.data() if form else {}
        return self.bodies[key]

    @staticmethod
    def _may_write(rule: Rule, owner: str, actor: str) -> bool:
        return 403 not in of_page(Case(rule, actor, "POST", owner)) and 404 not in of_page(
            Case(rule, actor, "POST", owner)
        )

    def _judge(self, case: Case, status: int, body: bytes) -> list[str]:
        wanted = expected(case)
        wrong = [] if status in wanted else [f"{case}: {status}, expected {sorted(wanted)}"]
        if case.rule.is_page and case.rule.door is not Door.PUBLIC and case.actor not in policy.SIGNED_IN:
            wrong += [] if body.startswith(b"/login/?next=") else [f"{case}: sent to {body!r} instead of the sign-in"]
        return wrong

    def _written(self, case: Case, status: int, watch: Watch) -> list[str]:
        """Reading writes nothing, nor does whoever was refused or only reads; one's own account aside."""
        may = case.method in UNSAFE and case.rule.door in {Door.OWN, Door.PUBLIC}
        writes = case.method in UNSAFE and case.actor not in {*policy.READ_ONLY, *policy.SHUT_OUT}
        if may or (writes and status < 400 and not case.crossed) or not watch.touched or digest() == self.before:
            return []
        return [f"{case}: answered {status} and changed the base"]
