"""Does the chain still hold, and if not, where does it break first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from audit import keys, records
from audit.models import Segment, SegmentKind
from audit.rows import Table, all_texts, tables, use_canonical_zone

PORTION = 50
"""Segments read at a time: fifty thousand rows' digests."""
MOST_FAULTS = 50
HASTE = timedelta(minutes=1)
"""An anchor tells the moment at which its writing began; the head that it names is read after that."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is not as it was sealed: the link's number, the table, the row, and what is the matter."""

    n: int
    table: str = ""
    pk: int = 0
    what: str = ""

    def __str__(self) -> str:
        where = f"{self.table} #{self.pk}" if self.pk else self.table or "the chain"
        return f"link {self.n}: {where}: {self.what}"


@dataclass
class Report:
    """``unchained`` are rows newer than the chain's last look: normal where they are seconds old. ``without_entry`` are
    records of which no entry was ever written, where records were looked at."""

    links: int = 0
    rows: int = 0
    redacted: int = 0
    unchained: int = 0
    without_entry: int = 0
    head: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def first(self) -> Fault | None:
        return min(self.faults, default=None)

    def add(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the chain as it was written down outside: one line «n moment link»."""

    n: int
    link: str
    at: datetime | None = None


def anchors(path: Path) -> list[Anchor]:
    """Those of a file, oldest first. Raises ValueError for a line that is no anchor."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if wrong := [line for line in lines if len(line) < 3 or not line[0].isdigit()]:
        raise ValueError(f"Not an anchor: {' '.join(wrong[0])[:80]}")
    return [Anchor(int(line[0]), line[2], datetime.fromisoformat(line[1])) for line in lines]


def upto(found: Iterable[Anchor], moment: datetime) -> list[Anchor]:
    """What was written down by then: a copy saved at that moment cannot know of later links, and is no worse for it."""
    return [anchor for anchor in found if anchor.at is None or anchor.at <= moment - HASTE]


@dataclass
class _Amended:
    """What links say of rows after they were sealed: new digests, and ids up to which nothing is kept any more."""

    digests: dict[str, dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))
    gone_upto: dict[str, int] = field(default_factory=dict)


def verify(*, against: Iterable[Anchor] = (), beside_records: bool = False) -> Report:
    """Walk the links, then every table along its links, and lay every record beside its last entry where that is asked
    for. Reads one state of the database throughout; writes nothing.

    About half a minute a million rows. Raises nothing for what it finds: see ``Report.faults``.
    """
    report = Report()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            use_canonical_zone(cursor)
        amended = _links(report, {anchor.n: anchor.link for anchor in against})
        for table in tables().values():
            _rows(report, table, amended)
        for name in Segment.objects.exclude(table__in=list(tables())).values_list("table", flat=True).distinct():
            report.add(Fault(0, name, what="the table is chained, and is no longer there"))
        if beside_records:
            report.without_entry = records.without_entry()
            for one, pk, entry, what in records.strayed():
                report.add(Fault(report.links, one.events, entry, f"{what} ({one.table} {pk})"))
    report.faults.sort()
    return report


def _links(report: Report, against: dict[int, str]) -> _Amended:
    """The chain itself: every link follows from the one before, none is missing, the anchors are met."""
    before: bytes | None = b""
    known, expected, amended = keys.known(), 1, _Amended()
    for one in _segments():
        if expected < one.n:
            report.add(Fault(expected, what=f"the links from here to {one.n - 1} are missing"))
            before = None
        key = known.get(one.key)
        parts = (one.n, one.at, one.kind, one.table, one.columns, one.pks, one.note)
        if key is None:
            report.add(Fault(one.n, one.table, what=f"sealed with an unknown key ({one.key})"))
        elif before is not None and keys.link(key, before, parts=parts, digests=bytes(one.digests)) != bytes(one.link):
            report.add(Fault(one.n, one.table, what="the link does not follow from the one before"))
        if one.n in against and against.pop(one.n) != bytes(one.link).hex():
            report.add(Fault(one.n, one.table, what="the anchor outside knows another link"))
        _amend(amended, one)
        before, expected = bytes(one.link), one.n + 1
        report.links, report.head = report.links + 1, bytes(one.link).hex()
    for n in sorted(against):
        report.add(Fault(n, what=f"the chain ends at {expected - 1}, the anchor outside knows this link"))
    return amended


def _segments(**narrowed: object) -> Iterator[Segment]:
    after = 0
    while found := list(Segment.objects.filter(n__gt=after, **narrowed).order_by("n")[:PORTION]):
        yield from found
        after = found[-1].n


def _amend(amended: _Amended, one: Segment) -> None:
    if one.kind == SegmentKind.REDACTED:
        amended.digests[one.table].update(_digests(one))
    elif one.kind == SegmentKind.RETIRED:
        amended.gone_upto[one.table] = int(one.note["upto"])


def _digests(one: Segment) -> Iterator[tuple[int, bytes]]:
    size, whole = keys.SIZE, bytes(one.digests)
    for place, pk in enumerate(one.pks):
        yield pk, whole[place * size : (place + 1) * size]


def _rows(report: Report, table: Table, amended: _Amended) -> None:
    """A table's rows beside its links, both in the order of ids."""
    done, gone = 0, amended.gone_upto.get(table.name, 0)
    known = keys.known()
    sealed_rows = _segments(table=table.name, kind=SegmentKind.ROWS)
    for columns, group in groupby(sealed_rows, key=lambda one: tuple(one.columns)):
        new = sorted(set(table.columns) - set(columns))
        for one in group:
            if not one.pks:
                continue
            key = known.get(one.key)
            if key is not None:
                _segment(report, table, one, key, _Beside(new, done, gone, amended.digests[table.name]))
            done = max(done, one.pks[-1])
    report.unchained += _count_above(table, done)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a segment is judged with: the columns that came later, the id before its first, and what was amended."""

    new: list[str]
    above: int
    gone: int
    digests: dict[int, bytes]


def _segment(report: Report, table: Table, one: Segment, key: bytes, beside: _Beside) -> None:
    sealed = dict(_digests(one))
    for pk, text in all_texts(table, new=beside.new, above=beside.above, upto=one.pks[-1]):
        report.rows += 1
        wanted = sealed.pop(pk, None)
        if wanted is None:
            report.add(Fault(one.n, table.name, pk, "the row was never chained: it was put in afterwards"))
            continue
        is_ = keys.digest(key, table.name, text)
        if pk in beside.digests:
            report.redacted += 1
            wanted = beside.digests[pk]
            is_ = _as_amended(key, table, pk, text, wanted)
        if is_ != wanted:
            report.add(Fault(one.n, table.name, pk, "the row is not what was sealed"))
    for pk in sealed:
        if pk > beside.gone:
            report.add(Fault(one.n, table.name, pk, "the row is gone"))


def _as_amended(key: bytes, table: Table, pk: int, text: str, wanted: bytes) -> bytes:
    """The digest by whichever key matches: a row may have been amended under a later one than sealed it."""
    found = {keys.digest(other, table.name, text) for other in (key, *keys.known().values())}
    return wanted if wanted in found else b""


def _count_above(table: Table, done: int) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE {} > %s")
    with connection.cursor() as cursor:
        # As text: inside a named command the audit's context reads each statement before it is sent.
        text = query.format(sql.Identifier(table.name), sql.Identifier(table.key)).as_string(cursor.cursor)
        cursor.execute(text, [done])
        return int(cursor.fetchone()[0])
