"""Messages that overtook each other: the newest about a record of another system counts, an older one is stale."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from django.db import connection
from django.utils.translation import gettext as _

from common.errors import FieldError, Refused
from jobs.models import SourceVersion

MOST = 2**63 - 1
Pair = tuple[str, str]
"""``source`` and ``external_id``."""

_NOTE = """
INSERT INTO jobs_sourceversion (noun, source, external_id, number)
SELECT %s, g.source, g.external_id, max(g.number)
  FROM unnest(%s::text[], %s::text[], %s::bigint[]) g(source, external_id, number)
 GROUP BY 2, 3 ORDER BY 2, 3
    ON CONFLICT (noun, source, external_id)
    DO UPDATE SET number = excluded.number WHERE jobs_sourceversion.number < excluded.number
"""


class StaleMessage(Refused):
    """A newer message about the record was taken in already."""

    code: ClassVar[str] = "stale"
    status: ClassVar[int] = 409

    def __init__(self, newest: int) -> None:
        message = _("Уже принято сообщение новее: source_version %(number)s.") % {"number": newest}
        super().__init__(message, [FieldError("source_version", "stale", message)])


def newest(*, noun: str, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """The numbers taken in so far. Ask after the records themselves are locked: then nobody is ahead unseen."""
    wanted = set(pairs)
    if not wanted:
        return {}
    rows = SourceVersion.objects.filter(
        noun=noun, source__in={source for source, _id in wanted}, external_id__in={pk for _source, pk in wanted}
    )
    found = {(source, pk): number for source, pk, number in rows.values_list("source", "external_id", "number")}
    return {pair: found[pair] for pair in wanted & set(found)}


def note(*, noun: str, given: Mapping[Pair, int]) -> None:
    """Remember what was taken in, in the transaction that did it. A number that is known already writes nothing."""
    if not given:
        return
    sources, ids = [source for source, _id in given], [pk for _source, pk in given]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [noun, sources, ids, list(given.values())])


def demand_newer(known: int | None, given: int | None) -> None:
    """Raises StaleMessage for a number below the one that is known; the same again is a repetition and harmless."""
    if known is not None and given is not None and given < known:
        raise StaleMessage(known)


def turns(pairs: Sequence[Pair]) -> list[list[int]]:
    """Places of messages that came together, in as many turns as one pair is named: a second message about the same
    record comes after the first. A pair without an id is nobody's. Most batches have one turn."""
    found: list[list[int]] = []
    named: Counter[Pair] = Counter()
    for place, pair in enumerate(pairs):
        turn = named[pair] if pair[1] else 0
        named[pair] += 1
        if turn == len(found):
            found.append([])
        found[turn].append(place)
    return found
