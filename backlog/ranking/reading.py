"""Open leads with an owner as columns of numbers: nothing but cells of fixed width crosses the wire."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from backlog.ranking.book import Book
from backlog.ranking.columns import Rows, read
from leads.choices import Outcome

COLUMNS = {
    "id": "uuid", "owner": "uuid", "stage": "uuid", "segment": "uuid", "utp": "uuid", "product": "uuid",
    "initiative": "uuid", "touched": "big", "due": "big", "fresh": "big", "mark": "big", "rank": "int",
    "proposed": "int",
}  # fmt: skip
NEVER = (1 << 63) - 1
"""The moment of what is not due: PostgreSQL's infinity."""
NOBODY = UUID(int=0)
# No joins to small tables: the planner hashes the million instead. Ids are looked up where the numbers are.
_BOTH = """
  FROM (SELECT *, hash_record_extended(
                 ROW(owner_id, stage_id, segment_id, utp_id, product_id, initiative_id, touched_at, next_action_at),
                 %(edition)s) AS fresh
          FROM leads_lead
         WHERE outcome = %(open)s AND stage_id = ANY(%(stages)s::uuid[]) AND owner_id = ANY(%(owners)s::uuid[])) l
  FULL JOIN (SELECT * FROM backlog_leadscore WHERE owner_id = ANY(%(owners)s::uuid[])) s ON s.lead_id = l.id
"""
_LEADS = f"""
SELECT coalesce(l.id, s.lead_id), coalesce(l.owner_id, s.owner_id), coalesce(l.stage_id, %(none)s::uuid),
       coalesce(l.segment_id, %(none)s::uuid), coalesce(l.utp_id, %(none)s::uuid),
       coalesce(l.product_id, %(none)s::uuid), coalesce(l.initiative_id, %(none)s::uuid),
       coalesce(l.touched_at, '2000-01-01'), coalesce(l.next_action_at, 'infinity'), coalesce(l.fresh, 0),
       coalesce(s.mark, 0), coalesce(s.rank, 0), coalesce(s.proposed, -1)::int
{_BOTH}"""
_MOVED = f"""
SELECT coalesce(l.owner_id, s.owner_id), count(l.id), bool_or(l.fresh IS DISTINCT FROM s.mark OR l.id IS NULL)
{_BOTH} GROUP BY 1"""  # noqa: S608 - a constant of this module


def open_leads(book: Book, owners: Sequence[UUID], edition: int) -> Rows:
    """One row a lead that has an owner among these and a step ahead; moments in microseconds since 2000.

    ``fresh`` is the mark of all that goes into the lead's score now: its own columns and the edition of what is looked
    up. ``mark``, ``rank`` and ``proposed`` are those of the score stored with one of these owners; a mark of 0 means
    that there is none. A score whose lead is no longer theirs, open and on its way stands there with stage ``NOBODY``.
    """
    _room()
    return read(_LEADS, _given(book, owners, edition), COLUMNS)


def moved_owners(book: Book, owners: Sequence[UUID], edition: int) -> dict[UUID, tuple[int, bool]]:
    """How many open leads each of these owners has, and whether any of them (or one that is gone) was not ranked as it
    stands. Counted where the rows are, so that a million leads of whom nothing changed never leave the database."""
    _room()
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, _given(book, owners, edition))
        return {owner: (leads, moved) for owner, leads, moved in cursor.fetchall()}


def _given(book: Book, owners: Sequence[UUID], edition: int) -> dict[str, Any]:
    return {
        "owners": list(owners), "stages": book.stages, "none": NOBODY, "open": Outcome.OPEN.value, "edition": edition,
    }  # fmt: skip


def _room() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")  # the stored scores of a million leads, hashed
