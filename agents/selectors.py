"""What others ask of the parties."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Func

from agents.models import Consent
from common import clock

_SUB_SEGMENTS = """
WITH RECURSIVE below (root, id) AS (
    SELECT id, id FROM agents_segment WHERE id = ANY(%s)
    UNION SELECT below.root, segment.id FROM agents_segment segment JOIN below ON segment.parent_id = below.id
) SELECT root, id FROM below
"""


def sub_segments(segment_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Each segment with all that narrow it, however deep, itself included; one query for any number."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_SUB_SEGMENTS, [list(segment_ids)])
        for root, segment in cursor.fetchall():
            found[root].add(segment)
    return {root: frozenset(segments) for root, segments in found.items()}


class InBranch(Func):
    """Whether the segment of a row (the first argument) is the other one or narrows it, however deep; for conditions
    that are counted for each of many segments within one query."""

    arg_joiner = " IN (WITH RECURSIVE below (id) AS (SELECT "
    template = (
        "%(expressions)s UNION SELECT segment.id FROM agents_segment segment"
        " JOIN below ON segment.parent_id = below.id) SELECT id FROM below)"
    )
    output_field = BooleanField()


def branch_ids(segment_ids: Iterable[UUID | str]) -> set[UUID]:
    """These segments and all that narrow them: what a filter by segment means. One query; unknown ids stay."""
    asked = {UUID(str(pk)) for pk in segment_ids}
    return asked.union(*sub_segments(asked).values())


def has_live_consent(party_ids: Iterable[UUID], purpose: str) -> set[UUID]:
    """Those of the parties whose consent for the purpose is in force now; one query. Ask at the moment of use: a
    consent seen when a letter was planned may be withdrawn or past its term when it is sent."""
    live = Consent.objects.live(clock.now()).filter(party_id__in=set(party_ids), purpose=purpose)
    return set(live.values_list("party_id", flat=True))
