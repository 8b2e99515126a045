"""A recalculation: one owner's list or everybody's, in one transaction, so that a killed worker leaves the old one.

A stored row carries a mark of all that went into it. Owners of whom every mark is still right, and no lead is gone,
are not even read; of the others only the rows that came out differently are written.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from accounts.models import User
from backlog.models import RankRun
from backlog.ranking.actions import store_actions
from backlog.ranking.book import Book, margins
from backlog.ranking.columns import places
from backlog.ranking.hours import morning_of, working_hours
from backlog.ranking.locks import alone, one_owner, patient
from backlog.ranking.rates import stored
from backlog.ranking.reading import moved_owners, open_leads
from backlog.ranking.scoring import ranked
from backlog.ranking.writing import forget, store
from common import clock
from leads.value import bank_day

SAMPLE = 20
"""So many owners tell whether everybody's list is another one, as after a night."""


@transaction.atomic
def rank_owner(*, owner_id: UUID, at: datetime, cause: str) -> int:
    """Rank one owner's open leads as of this morning. Returns how many rows changed; a second run changes none.

    Waits for another run of the same owner and for everybody's.
    """
    patient()
    one_owner(owner_id)
    return _run([owner_id], owner_id, at, cause)


@transaction.atomic
def rank_all(*, at: datetime, cause: str) -> int:
    """Rank everybody's open leads. Returns how many rows changed. Owners' own runs wait for it."""
    patient()
    alone()
    owners = list(User.objects.order_by("pk").values_list("pk", flat=True))
    return _run(owners, None, at, cause)


def _run(owners: Sequence[UUID], owner_id: UUID | None, at: datetime, cause: str) -> int:
    started, as_of = clock.now(), morning_of(at)
    book = Book(stored(), margins(bank_day(as_of)))
    moved, as_they_were = _moved(book, owners, as_of)
    leads, changed = _bring_up_to_date(book, moved, as_of) if moved else (0, 0)
    changed += store_actions(book, None if owner_id is None else owners, as_of)
    told = {
        "cause": cause, "started_at": started, "finished_at": clock.now(), "leads": leads + as_they_were,
        "changed": changed,
    }  # fmt: skip
    if owner_id is None:
        RankRun.objects.create(**told)
    else:
        RankRun.objects.update_or_create(owner_id=owner_id, defaults=told)
    return changed


def _moved(book: Book, owners: Sequence[UUID], as_of: datetime) -> tuple[Sequence[UUID], int]:
    """Whose lists may come out differently, and how many leads the others have.

    Asking costs half of reading; it is saved where few are asked about, or where a sample says that all have moved.
    """
    if len(owners) <= SAMPLE:
        return owners, 0
    edition = book.edition(as_of)
    sample = moved_owners(book, owners[:: len(owners) // SAMPLE], edition)
    if sample and all(moved for _leads, moved in sample.values()):
        return owners, 0
    found = moved_owners(book, owners, edition)
    still = sum(leads for leads, moved in found.values() if not moved)
    return [owner for owner in owners if owner in found and found[owner][1]], still


def _bring_up_to_date(book: Book, owners: Sequence[UUID], as_of: datetime) -> tuple[int, int]:
    """Returns how many leads are ranked and how many rows changed."""
    rows = open_leads(book, owners, book.edition(as_of))
    owner, marks = places(owners, rows["owner"]), rows["fresh"].astype(np.int64)
    gone = (rows["stage"] == 0).all(axis=1)
    stale = np.bincount(owner, gone | (marks != rows["mark"]), len(owners)) > 0
    chosen = np.flatnonzero(stale[owner] & ~gone)
    changed = 0
    if len(chosen):
        some = rows if len(chosen) == len(rows) else rows[chosen]
        found = ranked(book, some, owner[chosen], working_hours(owners, as_of), as_of)
        changed = store(some, marks[chosen], found, as_of)
    if gone.any():
        changed += forget(rows["id"][gone], owners)
    return len(rows) - int(gone.sum()), changed
