"""No change of the contract goes out unsaid: the listing on disk, and an entry of the changelog that speaks of it."""

import re
from typing import Any

from django.core.management import call_command

from api.catalogue import CATALOGUE
from api.document import document
from api.listing import differences, latest_mark, listing, mark_of, renewed
from api.management.commands.contract import ADVICE, CHANGELOG, ERRORS, stale

LEAD: dict[str, Any] = {
    "paths": {
        "/api/v1/leads/": {
            "get": {
                "operationId": "leads_list",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lead"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Lead": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": ["string", "null"]}},
            }
        }
    },
}


def test_the_contract_is_as_it_was_last_told() -> None:
    assert not stale(listing(document("ru"))), ADVICE


def test_the_check_of_the_gates_says_the_same() -> None:
    call_command("contract", "--check")


def test_a_listing_shows_operations_and_fields_without_prose() -> None:
    assert listing(LEAD).splitlines() == [
        "/api/v1/leads/ GET leads_list ?limit=integer > 200=Lead",
        "",
        "Lead { id:uuid! name:string? }",
    ]


def test_any_change_of_a_field_is_a_change_of_the_mark() -> None:
    before = listing(LEAD)
    fields = {"id": {"type": "string"}, "name": {"type": ["string", "null"]}}
    lead = LEAD["components"]["schemas"]["Lead"] | {"properties": fields}
    after = listing(LEAD | {"components": {"schemas": {"Lead": lead}}})
    assert stale(after)
    assert mark_of(before) != mark_of(after)
    assert differences(before, after) == ["- Changed: `Lead`: now `id:string!`, before `id:uuid!`."]
    assert differences("", before) == ["- New: `GET /api/v1/leads/`.", "- New: `Lead`."]


def test_an_entry_a_day_is_added_on_top_and_carries_the_newest_mark() -> None:
    first = renewed("# Changes\n\nWords.\n", day="2026-01-01", mark="aaaa", lines=["- New: `A`."])
    assert first == "# Changes\n\nWords.\n\n## 2026-01-01 · aaaa\n\n- New: `A`.\n"
    same_day = renewed(first, day="2026-01-01", mark="bbbb", lines=["- New: `B`."])
    assert same_day == "# Changes\n\nWords.\n\n## 2026-01-01 · bbbb\n\n- New: `A`.\n- New: `B`.\n"
    later = renewed(same_day, day="2026-02-02", mark="cccc", lines=["- Gone: `A`."])
    assert latest_mark(later) == "cccc"
    assert re.findall("^## .*", later, re.MULTILINE) == ["## 2026-02-02 · cccc", "## 2026-01-01 · bbbb"]
    assert "- Gone: `A`.\n\n## 2026-01-01" in later


def test_entries_are_dated_newest_first() -> None:
    days = re.findall(r"^## (\d{4}-\d\d-\d\d) · [0-9a-f]{8}$", CHANGELOG.read_text(), re.MULTILINE)
    assert days
    assert days == sorted(days, reverse=True)


def test_the_catalogue_in_the_repository_is_whole() -> None:
    told = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", ERRORS.read_text(), re.MULTILINE)
    assert told == [(str(one.status), one.code) for one in CATALOGUE], "run `make contract`"
