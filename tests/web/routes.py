"""Every address of the resolver, by its full name; one without a name goes by its pattern."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.policy import CATCH_ALL, Rule


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    pattern: str
    actions: Mapping[str, str]
    """Methods of an API view set; empty for the others, whose methods show themselves when they are asked."""


def routes(resolver: URLResolver | None = None, names: str = "", prefix: str = "/") -> Iterator[Route]:
    for found in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            inner = f"{names}{found.namespace}:" if found.namespace else names
            yield from routes(found, inner, pattern)
        elif isinstance(found, URLPattern):
            name = f"{names}{found.name}" if found.name else pattern
            yield Route(name, pattern, getattr(found.callback, "actions", None) or {})


def undeclared(found: Iterable[Route], policy: Iterable[Rule]) -> list[str]:
    """What the resolver knows and the policy does not, an address or a method; and the other way round."""
    rules = {rule.name: rule for rule in policy}
    seen = {route.name: route for route in found if route.name not in CATCH_ALL}
    wrong = [f"{route.pattern} ({name}) is in no policy" for name, route in seen.items() if name not in rules]
    wrong += [f"{name} is in the policy and nowhere else" for name in rules if name not in seen]
    for name in rules.keys() & seen.keys():
        has = {method.upper() for method in seen[name].actions} - {"HEAD"}
        if has and has != rules[name].methods:
            wrong.append(f"{name} takes {sorted(has)}, its policy says {sorted(rules[name].methods)}")
    return wrong


def address(rule: Rule, pk: Any = None, also: Mapping[str, Any] | None = None) -> str:
    values = dict(rule.fixed) | dict(also or {}) | ({"pk": pk} if rule.of else {})
    path = reverse(rule.name, kwargs=values)
    return f"{path}?{rule.query}" if rule.query else path
