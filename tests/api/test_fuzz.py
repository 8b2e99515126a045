"""Made-up requests break nothing and answer nothing that the document does not tell. ``make fuzz`` sends many more."""

from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import schemathesis
from schemathesis import GenerationMode

from accounts import tokens
from common import clock
from salescrm.wsgi import application
from tests.api.fuzzing import EVERYTHING, NOBODY, READER, Hammer
from tests.api.operations import ids_of, operations
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.world import World

pytestmark = pytest.mark.django_db
PARTS = 4
READING = [scope for scope in tokens.SCOPES if scope.endswith(":read")]


def callers(office: Office) -> dict[str, dict[str, str]]:
    """The weakest first: the strongest changes the world that the others look at."""
    made = {NOBODY: {}}
    for name, scopes in ((READER, READING), (EVERYTHING, tokens.SCOPES)):
        at = clock.now() - timedelta(seconds=5)
        issued = tokens.issue(account=f"fuzz-{name}", scopes=scopes, days=3, at=at, team=office.north)
        made[name] = {"Authorization": f"Bearer {issued.plain}"}
    return made


@pytest.fixture
def hammer(office: Office, settings: Any, kept_connection: None) -> Hammer:
    settings.API_RATE_LIMIT = 1_000_000_000
    world = World(office).fill(["olim"])
    return Hammer(callers(office), ids_of(world, "olim"))


@cache
def parsed() -> dict[str, Any]:
    """The document as the library reads it, by method and path. Once a process: it takes seconds."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found = [one.ok() for one in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in found}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
@pytest.mark.parametrize("part", range(PARTS), ids=lambda part: f"part{part}")
def test_made_up_requests_break_nothing(hammer: Hammer, part: int, mode: GenerationMode) -> None:
    known = operations()[part::PARTS]
    with quiet():
        theirs = parsed()
        for one in known:
            hammer.hit(theirs[one.name], one, mode)
    print("", hammer.tally, *hammer.tally.faults[:20], sep="\n", flush=True)
    assert not hammer.tally.faults, "\n".join(hammer.tally.faults[:20])
    assert hammer.tally.answered[NOBODY, 401] > len(known)


def test_the_hammer_takes_every_operation_of_the_document(db: None) -> None:
    assert {one.name for one in operations()} == set(parsed())
    assert len(operations()) > 100


def test_what_must_not_be_is_noticed(hammer: Hammer) -> None:
    """Negative control: the strongest token under the names of the weaker ones."""
    by_name = {one.name: one for one in operations()}
    strongest = hammer.callers[EVERYTHING]
    hammer.callers = {NOBODY: strongest, READER: strongest}
    theirs = parsed()
    for name in ("GET /api/v1/me/", "POST /api/v1/leads/{id}/assign/"):
        hammer.hit(theirs[name], by_name[name], GenerationMode.POSITIVE)
    told = "\n".join(hammer.tally.faults)
    assert "let in without a token" in told
