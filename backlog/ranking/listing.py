"""Everybody's list as of any moment, computed and told, nothing stored: for the command line and for judging."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from accounts.models import User
from backlog.ranking.book import Book, margins
from backlog.ranking.columns import Rows, places
from backlog.ranking.hours import working_hours
from backlog.ranking.locks import patient
from backlog.ranking.rates import learn
from backlog.ranking.reading import open_leads
from backlog.ranking.scoring import Ranked, ranked
from leads.value import bank_day
from priority.chances import Ints
from priority.reason import Reason, unpack

Line = tuple[UUID, int, UUID, float, Reason, UUID]


@transaction.atomic
def lists(*, asof: datetime) -> Iterator[Line]:
    """Owner, rank, lead, score, reason, UTP (zero for none) of every open lead, owner by owner, best first.

    Rates come from the log until ``asof``, freshness is as of then; leads stand where they stand today.
    """
    patient()
    book = Book(learn(asof=asof), margins(bank_day(asof)))
    owners = list(User.objects.order_by("pk").values_list("pk", flat=True))
    rows = open_leads(book, owners, book.edition(asof))
    rows = rows[(rows["stage"] != 0).any(axis=1)]
    owner = places(owners, rows["owner"])
    return _told(rows, owners, owner, ranked(book, rows, owner, working_hours(owners, asof), asof))


def _told(rows: Rows, owners: list[UUID], owner: Ints, found: Ranked) -> Iterator[Line]:
    for row in np.lexsort((found.rank, owner)).tolist():
        reason = unpack(found.parts[row].tolist())
        utp = _uuid(rows["utp"][row])
        yield owners[owner[row]], int(found.rank[row]), _uuid(rows["id"][row]), float(found.score[row]), reason, utp


def _uuid(halves: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> UUID:
    return UUID(int=(int(halves[0]) << 64) | int(halves[1]))
