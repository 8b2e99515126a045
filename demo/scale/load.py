"""The whole load in one transaction: all of it stands with every key checked, or nothing has happened."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db import connection, models, transaction

from accounts.models import Team, User
from agents.models import Contact, Initiative, InitiativeMember, InitiativeSegment, Party, Product, Segment, Utp
from backlog.models import Action, ActionResult, Goal, Sprint
from demo.scale import leads, market, parties, people, plans
from demo.scale.bare import bare
from demo.scale.draws import Draws
from demo.scale.lead_tables import LeadTables
from demo.scale.leads import Sizes
from demo.scale.table import Table
from funnel import rollups
from funnel.models import (
    CohortCell,
    DayCell,
    DwellCell,
    LossCell,
    OfferCell,
    OwnerCell,
    RollupRun,
    SourceCell,
    StageEntry,
    StoredPassage,
    TeamNode,
)  # fmt: skip
from leads.models import Lead

MODELS: tuple[type[models.Model], ...] = (
    Team, User, Product, Initiative, InitiativeMember, Segment, InitiativeSegment, Utp, Party, Contact, Lead,
    StageEntry, Sprint, Goal, Action, ActionResult,
)  # fmt: skip
ROLLED: tuple[type[models.Model], ...] = (
    StoredPassage, TeamNode, DayCell, OfferCell, SourceCell, OwnerCell, DwellCell, LossCell, CohortCell,
)  # fmt: skip
TABLES = tuple(model._meta.db_table for model in MODELS)
COUNTED = tuple(model._meta.db_table for model in ROLLED)
FEWEST_USERS = 20

Figure = dict[str, object]


def run(*, sizes: Sizes, seed: int, password: str, at: datetime) -> Iterator[Figure]:
    """Write everything; yields a figure for each step as it is done. The tables must be empty.

    Take it to its end: the transaction ends there. Raises TooFew.
    """
    if sizes.users < FEWEST_USERS or sizes.leads < 1:
        raise leads.TooFew(f"ask for {FEWEST_USERS} people and one lead at least")
    with transaction.atomic():
        with bare(TABLES):
            _empty()
            for table in _tables(sizes, seed, password, at):
                yield table.write(at)
            started = time.perf_counter()
        yield _figure("keys and indexes", started)
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE funnel_stageentry")
        rollups.rebuild(at=at)
        yield _figure("passages and cells", started)
    started = time.perf_counter()
    _vacuum()
    yield _figure("vacuum and statistics", started)


def _empty() -> None:
    """Truncated in this transaction, the tables need no write-ahead log where the server keeps a minimal one."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join((*TABLES, *COUNTED))} RESTART IDENTITY")


def _tables(sizes: Sizes, seed: int, password: str, at: datetime) -> Iterator[Table]:
    """One after another, so that no two large ones stand in memory at once."""
    staff, tables = people.hire(Draws(seed, "people", at), sizes.users, password)
    yield from tables
    offer, tables = market.open_market(Draws(seed, "market", at), staff)
    yield from tables
    roads = leads.draw(Draws(seed, "roads", at), sizes, offer, staff)
    ids, tables = parties.meet(Draws(seed, "parties", at), roads, offer, staff, sizes.agents)
    yield from tables
    made = LeadTables(Draws(seed, "leads", at), roads, offer, staff, ids)
    yield made.leads()
    yield made.log()
    yield from plans.plan(Draws(seed, "plans", at), sizes.actions, roads, offer, staff, ids)


def _vacuum() -> None:
    """The map of visible pages, without which a count reads the whole table. Within a transaction statistics alone."""
    command = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a page's limit is too short for millions of rows
        cursor.execute(f"{command} {', '.join(TABLES)}")
        cursor.execute("RESET statement_timeout")


def _figure(step: str, started: float) -> Figure:
    return {"step": step, "seconds": round(time.perf_counter() - started, 2)}


def strangers() -> list[str]:
    """Tables with rows that this load did not make; only an empty list lets it all be removed."""
    users = User.objects.exclude(email__in=people.SIGN_INS).exclude(email__endswith=f"@{people.DOMAIN}")
    found = ["users"] if users.exists() else []
    named: tuple[type[models.Model], ...] = (Segment, Utp, Initiative, Party, Lead)
    return found + [model._meta.model_name or "" for model in named
                    if model._default_manager.exclude(source=market.SOURCE).exists()]  # fmt: skip


def reset() -> None:
    """Remove what the load made and whatever hangs on it (notes, scores): all of it belongs to invented people.

    Products go row by row: truncating them would take the funnels along that may stand for one, and with them the
    stages of all.
    """
    rest = [table for table in (*TABLES, *COUNTED) if table != Product._meta.db_table]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(rest)} RESTART IDENTITY CASCADE")
        Product.objects.filter(funnels=None).delete()
        RollupRun.objects.all().delete()


def filled() -> list[str]:
    """Tables of ours that hold rows already."""
    return [model._meta.db_table for model in MODELS if model._default_manager.exists()]
