"""Made-up requests against the document. Every one is sent three times: with all rights, with the rights to read, with
no token at all; what was answered is counted, and what must not be is kept word for word."""

import itertools
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.contract import check
from tests.api.operations import Operation

ASKED = os.environ.get("API_FUZZ_EXAMPLES")
EXAMPLES = int(ASKED or "2")
"""Few and always the same in the suite; ``make fuzz`` asks for more, and then they are random."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=ASKED is None,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NOBODY, READER, EVERYTHING = "none", "read-only", "full"
_MOST_SHOWN = 400
_UUID_LENGTH = 36
_CALLED = {"owner": "colleague", "team": "own_team", "party": "agent", "responsible": "colleague", "parent": "segment"}
"""Fields that hold an id of a kind that is called otherwise."""


@dataclass
class Tally:
    """What came of all requests."""

    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        statuses = sorted({status for _token, status in self.answered})
        lines = [f"{'token':>10} " + " ".join(f"{status:>7}" for status in statuses)]
        for token in (EVERYTHING, READER, NOBODY):
            lines.append(f"{token:>10} " + " ".join(f"{self.answered[token, status]:>7}" for status in statuses))
        total = sum(self.answered.values())
        broken = sum(count for (_token, status), count in self.answered.items() if status >= 500)
        lines.append(f"{total} requests; 5xx: {broken}; faults of any kind: {len(self.faults)}")
        return "\n".join(lines)


class Hammer:
    """One world, three callers: name of the token → its headers."""

    def __init__(self, callers: dict[str, dict[str, str]], ids: dict[str, str]) -> None:
        self.callers, self.ids = callers, ids
        self.tally = Tally()

    def hit(self, operation: Any, known: Operation, mode: GenerationMode) -> None:
        """All examples of one operation; the world stands again as it stood when they are through."""
        real = itertools.cycle([True, False])

        @_SETTINGS
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            # Half of what is made up gets past the door: by an id that exists, without the signs refused before it.
            if next(real):
                case.query = {name: self._real(value) for name, value in (case.query or {}).items()}
                if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
                    case.body = self._real(case.body)
                named = self.ids | ({"id": self.ids[known.kind]} if known.kind in self.ids else {})
                case.path_parameters = {
                    name: named.get(name, text) for name, text in (case.path_parameters or {}).items()
                }
            for name, headers in self.callers.items():
                self._send(case, known, name, headers)

        with transaction.atomic():
            run()
            transaction.set_rollback(True)

    def _real(self, value: Any, name: str = "") -> Any:
        """Signs that can be stored, and ids of what exists where a field asks for one."""
        if isinstance(value, dict):
            return {field: self._real(inner, field) for field, inner in value.items()}
        if isinstance(value, list):
            return [self._real(inner, name) for inner in value]
        if not isinstance(value, str):
            return value
        kind = _CALLED.get(name, name)
        known = kind in self.ids and len(value) == _UUID_LENGTH
        return self.ids[kind] if known else "".join(sign for sign in value if sign.isprintable())

    def _send(self, case: Any, known: Operation, name: str, headers: dict[str, str]) -> None:
        sent = headers | ({"If-Match": "*"} if known.method == "PATCH" else {})
        response = case.call(headers=sent)
        self.tally.answered[name, response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
            self._judge(known, name, response)
        except Exception as fault:  # whatever is wrong with one request is counted, the others go on
            asked = f"{case.path_parameters} {case.query} {case.body!r}"[:_MOST_SHOWN]
            self.tally.faults.append(f"{known.name} [{name}] {response.status_code}: {fault}\n  sent {asked}")

    @staticmethod
    def _judge(known: Operation, name: str, response: Any) -> None:
        """The document's codes, and nobody gets in without a right."""
        kind = response.headers.get("content-type", [""])[0].partition(";")[0]
        check(known.method, urlsplit(response.request.url).path, response.status_code, kind, response.content)
        let_in = response.status_code < 400
        assert not (let_in and name == NOBODY), "let in without a token"
        assert not (let_in and name == READER and known.writes), "wrote with the right to read"
