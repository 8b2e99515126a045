"""From columns of leads to scores, places, proposals and reasons: the calls of the pure engine in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from backlog.ranking.book import Book, Margins
from backlog.ranking.columns import Rows, places
from backlog.ranking.hours import HOUR, Working, microseconds
from backlog.ranking.rates import Learnt
from backlog.ranking.reading import NEVER
from priority.chances import Floats, Ints
from priority.ranking import proposed_priority, rank
from priority.reason import PARTS, reason_columns
from priority.score import Leads, score_leads


@dataclass(frozen=True, slots=True)
class Ranked:
    """Columns over leads, in the order in which they were read."""

    score: Floats
    rank: Ints
    proposed: Ints
    parts: Floats
    """[lead, part], in the order of ``PARTS``."""


def score(book: Book, rows: Rows, as_of: datetime) -> tuple[Floats, Floats]:
    """Score and parts [lead, part] of the leads, with freshness as of a moment."""
    total, parts = np.zeros(len(rows)), np.zeros((len(rows), len(PARTS)))
    for known in book.learnt.values():
        step = _steps(known, rows["stage"])
        mine = np.flatnonzero(step >= 0)
        if len(mine):
            total[mine], parts[mine] = _of_funnel(known, book.margins, rows[mine], step[mine], as_of)
    return total, parts


def _steps(known: Learnt, stages: NDArray[np.uint64]) -> Ints:
    """The number of the step, -1 for a stage of another funnel."""
    numbers = np.array([*known.funnel.place.values(), -1], np.int64)
    return numbers[places(list(known.funnel.place), stages)]


def _of_funnel(known: Learnt, margins: Margins, rows: Rows, step: Ints, as_of: datetime) -> tuple[Floats, Floats]:
    settings = known.funnel.settings
    idle = microseconds(as_of) - rows["touched"].astype(np.int64)
    leads = Leads(
        id=step,
        owner=step,
        segment=places(list(known.segments), rows["segment"]),
        utp=places(list(known.utps), rows["utp"]),
        stage=step,
        margin=_margins(margins, rows),
        hours=np.broadcast_to(np.array(settings.stage_hours), (len(rows), settings.stages)),
        idle_hours=np.maximum(idle, 0) / HOUR,
    )
    scores = score_leads(leads, known.rates, settings, known.funnel.half_lives)
    return scores.score, reason_columns(scores, step)


def _margins(margins: Margins, rows: Rows) -> Floats:
    own = np.array([*margins.products.values(), np.nan])[places(list(margins.products), rows["product"])]
    led = np.array([*margins.initiatives.values(), np.nan])[places(list(margins.initiatives), rows["initiative"])]
    return np.where(np.isnan(own), np.where(np.isnan(led), margins.usual, led), own)


def ranked(book: Book, rows: Rows, owner: Ints, working: Sequence[Working], as_of: datetime) -> Ranked:
    """Every owner's list. ``owner`` numbers the owners, ``working`` holds their hours in the order of the numbers."""
    total, parts = score(book, rows, as_of)
    hours = parts[:, PARTS.index("hours")]
    lists = rank(owner, total, _by_id(rows), hours)
    place, before = np.empty(len(rows), np.int64), np.empty(len(rows))
    place[lists.order], before[lists.order] = lists.place, lists.before_hours
    day, week = np.array([own.day for own in working]), np.array([own.week for own in working])
    due = _due_in_hours(rows["due"].astype(np.int64), owner, working)
    proposed = proposed_priority(before, hours, due, day[owner], week[owner])
    return Ranked(total, place, proposed, parts)


def _by_id(rows: Rows) -> Ints:
    """Each lead's number in the order of ids, by which ties are broken."""
    high, low = rows["id"][:, 0].astype(np.uint64), rows["id"][:, 1].astype(np.uint64)
    number = np.empty(len(rows), np.int64)
    number[np.lexsort((low, high))] = np.arange(len(rows))
    return number


def _due_in_hours(due: Ints, owner: Ints, working: Sequence[Working]) -> Floats:
    """Working hours of its owner until a lead's next step; infinite without one. A pass for each calendar."""
    hours = np.full(len(due), np.inf)
    calendars = {id(own): own for own in working}
    numbers = {key: number for number, key in enumerate(calendars)}
    calendar = np.array([numbers[id(own)] for own in working], np.int64)[owner]
    for number, own in enumerate(calendars.values()):
        mine = np.flatnonzero((due != NEVER) & (calendar == number))
        hours[mine] = own.until(due[mine])
    return hours
