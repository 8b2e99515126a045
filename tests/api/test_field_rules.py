"""No body sets a column that is not offered: every field of every model, sent to every operation that takes a body."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from api.document import document
from tests.api.contract import Api
from tests.api.operations import Operation, ids_of, operations
from tests.api.test_matrix import issued
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.watching import digest
from tests.web.world import NOWHERE, World

pytestmark = pytest.mark.django_db
HIDDEN = "no such record here"
NAMED = frozenset({"unknown_field", "read_only"})


def columns() -> frozenset[str]:
    """Names of all columns that our tables have, by themselves and as their foreign keys are stored."""
    ours = [model for model in apps.get_models() if not model.__module__.startswith(("django.", "allauth.", "axes."))]
    fields = [field for model in ours for field in model._meta.concrete_fields]
    return frozenset({name for field in fields for name in (field.name, field.attname)})


def bodies() -> Iterator[tuple[Operation, frozenset[str]]]:
    """Operations that take an object, with the names that they offer."""
    paths = document("ru")["paths"]
    for one in operations():
        content = paths[one.path][one.method.lower()].get("requestBody", {}).get("content", {})
        schema = _resolved(content.get("application/json", {}).get("schema", {}))
        if schema.get("type") == "object" and schema.get("properties"):
            yield one, frozenset(schema.get("properties", {}))


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document("ru")["components"]["schemas"][name] if name else schema


@pytest.fixture
def world(office: Office, settings: Any) -> World:
    settings.API_RATE_LIMIT = 1_000_000_000
    return World(office).fill(["olim"])


def refused(api: Api, one: Operation, pk: object, names: frozenset[str]) -> str:
    """Nothing where every name was refused by name, or no such record is in the world; else what happened."""
    with transaction.atomic():
        answer = api.send(one.method, one.address(pk), dict.fromkeys(names, "x"), headers={"If-Match": "*"})
        transaction.set_rollback(True)
    if answer.status_code == 404:
        return HIDDEN
    if answer.status_code != 400:
        return f"{one.name}: {answer.status_code}"
    told = {error["pointer"].removeprefix("#/") for error in answer.json()["errors"] if error["code"] in NAMED}
    return f"{one.name}: passed over {sorted(names - told)[:8]}" if names - told else ""


def test_every_column_that_is_not_offered_is_refused_by_its_name(world: World) -> None:
    api, before, ids = issued("bank"), digest(), ids_of(world, "olim")
    found = list(bodies())
    with quiet():
        wrong = [refused(api, one, ids.get(one.kind, NOWHERE), columns() - offered) for one, offered in found]
    assert [line for line in wrong if line and line != HIDDEN] == []
    assert len(found) - wrong.count(HIDDEN) > 80
    assert {"is_active", "role", "owner_id", "password", "created_at", "version"} <= columns()
    assert digest() == before


def test_a_name_that_is_offered_is_not_called_unknown(world: World) -> None:
    """The control: the walk tells a column that passes from one that is refused."""
    one = next(one for one, _offered in bodies() if one.name == "POST /api/v1/leads/")
    assert "passed over ['base']" in refused(issued("bank"), one, NOWHERE, frozenset({"base", "role"}))
