"""A bank's program that knows nothing but the standard library: token, first lead, gate, facts, move."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tests.office import Office

pytestmark = pytest.mark.django_db


def call(method: str, url: str, token: str, body: dict | None = None) -> tuple[int, dict, dict[str, str]]:
    request = urllib.request.Request(url, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, json.dumps(body).encode() if body else None, timeout=20) as answer:
            return answer.status, json.load(answer), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), dict(error.headers)


def test_from_a_token_to_a_moved_lead(address: str, office: Office) -> None:
    office.north  # noqa: B018 - the team must exist
    printed = StringIO()
    call_command("create_token", account="site", scopes="leads:read,leads:write", team="North", stdout=printed)
    token = printed.getvalue().strip()
    assert token.startswith("crm_")

    status, me, _headers = call("GET", f"{address}/api/v1/me/", token)
    assert (status, me["account"]["name"]) == (200, "site")

    person = {"name": "Азиз Каримов", "contacts": [{"type": "phone", "value": "+998 90 123-45-67"}]}
    status, lead, headers = call("POST", f"{address}/api/v1/leads/", token, {"kind": "agent", **person})
    assert (status, lead["stage"]) == (201, "contact")

    moves = f"{address}{headers['Location']}moves/"
    status, problem, headers = call("POST", moves, token, {"to": "meeting"})
    assert (status, problem["code"], headers["Content-Type"]) == (409, "gate_closed", "application/problem+json")
    assert {error["fact"] for error in problem["errors"]} == {"meeting_appointed", "meeting_held"}

    held = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"to": "meeting", "facts": {"meeting": {"planned_at": held, "held_at": held}}}
    status, move, _headers = call("POST", moves, token, body)
    assert (status, move["to"], move["lead"]["stage"]) == (201, "meeting", "meeting")

    status, history, _headers = call("GET", moves, token)
    assert [entry["to"] for entry in history["data"]] == ["contact", "meeting"]

    status, problem, _headers = call("GET", f"{address}/api/v1/agents/", token)
    assert (status, problem["code"]) == (403, "scope_missing")
