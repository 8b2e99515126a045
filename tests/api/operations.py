"""The operations of the document, each with the records of the world that its address may name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import resolve

from api.document import document
from tests.web.policy import POLICY
from tests.web.world import NOWHERE, World

_SCOPE = re.compile(r"`([a-z]+(?::[a-z]+)?)`")


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    scopes: tuple[str, ...]
    """Rights that a token needs, all of them, as the document says under the operation."""
    kind: str
    """Of what the id in the address is, as the policy of all addresses says; empty where there is none."""
    rest: tuple[tuple[str, str], ...] = ()
    """Values for the other parameters of the address."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def address(self, pk: object = NOWHERE) -> str:
        return filled(self.path, {**dict(self.rest), "id": str(pk)})


def filled(path: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)


@cache
def operations() -> tuple[Operation, ...]:
    return tuple(_found())


def _found() -> Iterator[Operation]:
    kinds = {rule.name: rule.of for rule in POLICY}
    for path, item in document("ru")["paths"].items():
        for method, operation in item.items():
            rest = {p["name"]: _value(p["schema"]) for p in operation.get("parameters", ()) if p["in"] == "path"}
            name = resolve(filled(path, rest | {"id": str(NOWHERE)})).view_name
            of_noun = kinds.get(f"api:{path.split('/')[3]}-detail", "")
            kind = kinds.get(name, of_noun) if "{id}" in path else ""
            scopes = tuple(_SCOPE.findall(operation.get("description", "").partition("\n")[0]))
            yield Operation(method.upper(), path, scopes, kind, tuple(rest.items()))


def _value(schema: Mapping[str, Any]) -> str:
    """A value that the address takes."""
    if "enum" in schema:
        return str(schema["enum"][0])
    return "1" if schema.get("type") == "integer" else "none"


def ids_of(world: World, owner: str) -> dict[str, str]:
    """Kind of record → its id, for those of this owner and of the bank."""
    return {kind: str(pk) for kind, pk in (world.of["bank"] | world.of[owner]).items()}
