"""Every operation of the document with every kind of token: who is let in, and what a stranger learns.

Whose records a person or a system sees, address by address, is walked by ``tests/web/test_matrix.py``; here it is
the tokens' turn. Both take their operations from what exists: a new one is in the walk from its first day.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts import tokens
from accounts.models import ApiToken, Team, User
from accounts.roles import Role
from common import clock
from leads.choices import Outcome
from leads.models import Lead
from leads.services.outcomes import close
from tests.api.contract import Api
from tests.api.operations import Operation, ids_of, operations
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.policy import BANKS_OWN
from tests.web.world import NOWHERE, World

pytestmark = pytest.mark.django_db
SCOPED = [one for one in operations() if one.scopes]


@pytest.fixture
def world(office: Office, settings: Any) -> World:
    settings.API_RATE_LIMIT = 1_000_000_000
    return World(office).fill(["olim", "sitora"])


def issued(name: str, *scopes: str, team: Team | None = None) -> Api:
    at = clock.now() - timedelta(days=2)
    return Api(tokens.issue(account=name, scopes=scopes or tokens.SCOPES, days=30, at=at, team=team).plain)


def asked(api: Api, one: Operation, pk: object) -> tuple[int, dict[str, Any]]:
    """Status and body; whatever was done is taken back."""
    with transaction.atomic():
        answer = api.send(one.method, one.address(pk), None if one.method == "GET" else {})
        transaction.set_rollback(True)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # what is read is closed
    return answer.status_code, answer.json() if content and answer.status_code >= 400 else {}


def own_id(one: Operation, world: World) -> object:
    return ids_of(world, "olim").get(one.kind, NOWHERE)


def dead_callers() -> Iterator[tuple[str, Api, str]]:
    """Nobody at all, and tokens that were good once."""
    yield "no token", Api(), "not_authenticated"
    yield "made up", Api(f"crm_test_{'0' * 16}.{'x' * 43}"), "token_invalid"
    for name, change in {
        "expired": {"expires_at": clock.now() - timedelta(seconds=1)},
        "revoked": {"revoked_at": clock.now()},
    }.items():
        api = issued(name)
        ApiToken.objects.filter(user__name=name).update(**change)
        yield name, api, "token_invalid"
    api = issued("dismissed")
    User.objects.filter(name="dismissed", role=Role.SERVICE).update(is_active=False)
    yield "dismissed", api, "token_invalid"


def test_nobody_gets_in_without_a_live_token(world: World) -> None:
    wrong = []
    with quiet():
        for name, api, code in dead_callers():
            for one in operations():
                status, problem = asked(api, one, own_id(one, world))
                if (status, problem.get("code")) != (401, code):
                    wrong.append(f"{one.name} with {name}: {status} {problem.get('code')}")
    assert not wrong
    assert len(operations()) > 100


def test_a_token_without_the_one_right_is_told_its_name(world: World) -> None:
    """All rights but one; so that no operation is let through by another right than its own."""
    wrong = []
    without = {scope: issued(f"all-but-{scope}", *(set(tokens.SCOPES) - {scope})) for scope in tokens.SCOPES}
    with quiet():
        for one in SCOPED:
            for scope in one.scopes:
                status, problem = asked(without[scope], one, own_id(one, world))
                if (status, problem.get("code"), problem.get("scope")) != (403, "scope_missing", scope):
                    wrong.append(f"{one.name} without {scope}: {status} {problem.get('code')}")
    assert not wrong
    assert {one.path for one in operations() if not one.scopes} <= {
        "/api/v1/me/",
        "/api/v1/jobs/",
        "/api/v1/jobs/{id}/",
        "/api/v1/jobs/{id}/errors/",
    }


def test_the_right_that_is_named_is_enough(world: World) -> None:
    """With just the rights of the document an operation is never refused for want of one."""
    wrong = []
    only = {one.scopes: issued("only-" + "-".join(one.scopes), *one.scopes) for one in SCOPED}
    with quiet():
        for one in SCOPED:
            status, problem = asked(only[one.scopes], one, own_id(one, world))
            if status == 401 or problem.get("code") == "scope_missing":
                wrong.append(f"{one.name} with {one.scopes}: {status} {problem.get('code')} {problem.get('scope')}")
    assert not wrong


def test_a_token_that_reads_writes_nothing(world: World) -> None:
    reader = issued("reader", *(scope for scope in tokens.SCOPES if scope.endswith(":read")))
    with quiet():
        answers = {one.name: asked(reader, one, own_id(one, world)) for one in SCOPED if one.writes}
    let_in = {name: status for name, (status, problem) in answers.items() if problem.get("code") != "scope_missing"}
    assert not let_in
    assert len(answers) > 50


def test_a_stranger_learns_nothing_of_what_exists(world: World) -> None:
    """Somebody else's record, one that never was, no id at all: one answer but for the request's number."""
    stranger = issued("south", team=world.office.south)
    compared, wrong = 0, []
    with quiet():
        for one in operations():
            pk = ids_of(world, "olim").get(one.kind)
            if "{id}" not in one.path or one.kind in BANKS_OWN or pk is None:
                continue
            compared += 1
            answers = [asked(stranger, one, value) for value in (pk, NOWHERE, "no-id-at-all")]
            texts = [{name: text for name, text in body.items() if name != "request_id"} for _status, body in answers]
            if {status for status, _body in answers} != {404} or texts[0] != texts[1] or texts[1] != texts[2]:
                wrong.append(f"{one.name}: {[status for status, _body in answers]}")
    assert not wrong
    assert compared > 30


def test_a_team_s_own_records_are_not_hidden_from_its_token(world: World) -> None:
    """The other side: what is refused to strangers is there for the team, or the walk above proves nothing. A job is
    its creator's alone."""
    own = issued("north", team=world.office.north)
    with quiet():
        answers = {
            one.name: asked(own, one, own_id(one, world))[0]
            for one in operations()
            if one.method == "GET"
            and one.path.endswith("/{id}/")
            and one.kind in world.of["olim"]
            and one.kind != "job"
        }
    assert {name: status for name, status in answers.items() if status != 200} == {}
    assert len(answers) > 10


def test_what_is_put_away_stays_within_sight_of_its_own_and_hidden_from_others(world: World) -> None:
    lead = Lead.objects.get(pk=world.of["olim"]["lead"])
    close(lead=lead, outcome=Outcome.ARCHIVED, by=world.office.olim, at=clock.now(), note="Убрано")
    own, stranger = issued("north", team=world.office.north), issued("south", team=world.office.south)
    assert own.get(f"leads/{lead.pk}/").json()["outcome"] == "archived"
    assert stranger.get(f"leads/{lead.pk}/").status_code == 404
    assert str(lead.pk) not in stranger.get("leads/").content.decode()


def test_lists_hold_no_record_of_strangers(world: World) -> None:
    stranger = issued("south", team=world.office.south)
    # Who wrote down a blocker of the whole bank is no secret; a colleague's own entry is.
    shared = BANKS_OWN | {"colleague"}
    hidden = {str(pk) for kind, pk in world.of["olim"].items() if kind not in shared and isinstance(pk, UUID)}
    seen = {}
    with quiet():
        for one in operations():
            if one.method == "GET" and "{" not in one.path:
                answer = stranger.send("GET", one.address(), query={"kind": "agent"} if _asks_kind(one) else None)
                found = {pk for pk in hidden if pk in answer.content.decode()}
                seen |= {one.name: found} if found or answer.status_code != 200 else {}
    assert not seen


def _asks_kind(one: Operation) -> bool:
    return one.path.endswith(("/funnel/", "/forecast/"))
