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
    "initiative": "uuid", "touched": "big", "due": "big", "mark": "big", "rank": "int", "proposed": "int",
}  # fmt: skip
NEVER = (1 << 63) - 1
"""The moment of what is not due: PostgreSQL's infinity."""
NOBODY = UUID(int=0)
# No joins to small tables: the planner hashes the million instead. Ids are looked up where the numbers are.
_LEADS = """
SELECT coalesce(l.id, s.lead_id), coalesce(l.owner_id, s.owner_id), coalesce(l.stage_id, %(none)s::uuid),
       coalesce(l.segment_id, %(none)s::uuid), coalesce(l.utp_id, %(none)s::uuid),
       coalesce(l.product_id, %(none)s::uuid), coalesce(l.initiative_id, %(none)s::uuid),
       coalesce(l.touched_at, '2000-01-01'), coalesce(l.next_action_at, 'infinity'),
       coalesce(s.mark, 0), coalesce(s.rank, 0), coalesce(s.proposed, -1)::int
  FROM (SELECT * FROM leads_lead
         WHERE outcome = %(open)s AND stage_id = ANY(%(stages)s::uuid[]) AND owner_id = ANY(%(owners)s::uuid[])) l
  FULL JOIN (SELECT * FROM backlog_leadscore WHERE owner_id = ANY(%(owners)s::uuid[])) s ON s.lead_id = l.id
"""


def open_leads(book: Book, owners: Sequence[UUID]) -> Rows:
    """One row a lead that has an owner among these and a step ahead; moments in microseconds since 2000.

    ``mark``, ``rank`` and ``proposed`` are those of the score stored with one of these owners; a mark of 0 means that
    there is none. A score whose lead is no longer theirs, open and on its way stands there with stage ``NOBODY``.
    """
    given: dict[str, Any] = {
        "owners": list(owners), "stages": book.stages, "none": NOBODY, "open": Outcome.OPEN.value,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")  # the stored scores of a million leads, hashed
    return read(_LEADS, given, COLUMNS)
