"""Every figure equals a recount by hand, over three hundred random histories: from the log as of this second, from the
stored passages, from cells kept up by differences, and after everything is counted afresh."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, Value

from common import clock
from funnel import cubes, recounting, rollups
from funnel.audience import EVERYTHING, Audience, audience_of
from funnel.figures import (
    IN_ORDER,
    REVERSED,
    FunnelQuery,
    Source,
    cohort_rows,
    cohorts,
    compare,
    funnel_table,
    losses,
    matrix,
    rows,
    rows_count,
    trend,
)  # fmt: skip
from funnel.figures.days import midnight
from funnel.models import StoredPassage
from tests.funnel.by_hand import Book, Wanted, branch, day_of, monday, tally
from tests.funnel.drawing import SOURCES, Drawing
from tests.funnel.recount import Counted
from tests.office import Office

pytestmark = pytest.mark.django_db
HISTORIES, REBUILD_EVERY, UPSET_EVERY = 300, 20, 7
COLUMNS = {"owner": "owner_id", "segment": "segment_id", "utp": "utp_id", "initiative": "initiative_id"}


class Question:
    """A query, and the same in words: which rows of the book it means."""

    def __init__(self, drawing: Drawing, office: Office) -> None:
        random = drawing.random
        self.at = drawing.now
        start, end = self._period(random, drawing.now)
        audience, seen = random.choice(_readers(office))
        dimensions, meant = random.choice(_dimensions(drawing, office))
        self.query = FunnelQuery(random.choice(["agent", "client"]), start, end, dimensions, audience)
        self.in_scope: Wanted = lambda row: seen(row) and meant(row)

    @staticmethod
    def _period(random: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
        """None, whole days of the bank, or any two moments; some lie wholly in the future."""
        first, last = sorted(random.randint(-10, 80) for _n in range(2))
        start, end = now - timedelta(days=last), now - timedelta(days=first)
        if random.random() < 0.6:
            start, end = midnight(day_of(start)), midnight(day_of(end))
        return random.choice([start, None]), random.choice([end, None])

    def wanted(self, row: Counted) -> bool:
        start, end = self.query.start, self.query.end
        inside = (start is None or row.entered_at >= start) and (end is None or row.entered_at < end)
        return inside and self.in_scope(row)


def _readers(office: Office) -> list[tuple[Audience, Wanted]]:
    north, leaf, own = branch(office.north), {office.north_auto.pk}, {office.north.pk}
    return [
        (EVERYTHING, lambda _row: True),
        (audience_of(office.nodira), lambda row: row.first.team_id in north),
        (audience_of(office.nargiza), lambda row: row.first.team_id in leaf),
        (audience_of(office.adiba, office.north.pk), lambda row: row.first.team_id in north),
        (audience_of(office.olim), lambda row: row.first.owner_id == office.olim.pk or row.first.team_id in own),
        (audience_of(office.lola), lambda row: row.first.owner_id == office.lola.pk),
    ]


def _dimensions(drawing: Drawing, office: Office) -> list[tuple[dict[str, Any], Wanted]]:
    segment, owner = office.segment.pk, office.anvar.pk
    return [
        ({}, lambda _row: True),
        ({}, lambda _row: True),
        ({"segment_id": [segment]}, lambda row: row.first.segment_id == segment),
        ({"utp_id__isnull": True}, lambda row: row.first.utp_id is None),
        ({"owner_id": owner}, lambda row: row.first.owner_id == owner),
        ({"source_channel": SOURCES[1]}, lambda row: row.first.source_channel == SOURCES[1]),
        (
            {"segment_id": segment, "source_channel": ""},
            lambda row: row.first.segment_id == segment and row.first.source_channel == "",
        ),
    ]


def agrees(question: Question, *sources: Source) -> None:
    """All figures of one question, each against the book."""
    book = Book(question.query.kind)
    for source in sources:
        _agrees(question, replace(question.query, source=source), book)


def _agrees(question: Question, query: FunnelQuery, book: Book) -> None:
    table = funnel_table(query, at=question.at)
    for row in table:
        stage = row.stage
        assert _told(row.tally) == tally(book.at(stage, question.wanted)), stage.code
        assert row.median_hours == pytest.approx(book.dwell(stage, question.wanted, 0.5))
        assert row.p90_hours == pytest.approx(book.dwell(stage, question.wanted, 0.9))
        assert row.over_norm == book.late(stage, question.wanted, question.at)
    _opens(query, table, question.at)
    stage = question.query.stage_rows[1]
    # The two by turns: each of them by half of the histories.
    more = _cuts_agree if len(book.rows) % 2 else _times_agree
    more(question, query, book, stage)


def _told(found: Any) -> tuple[int, ...]:
    return (found.entered, found.passed, found.open, found.lost, found.done, found.reversed_dates)


def _counted(found: dict[Any, Any]) -> dict[Any, int]:
    """How many rows each of these querysets has, in one statement."""
    names = list(found)
    asked = [
        rows_.order_by().values(place=Value(place)).annotate(n=Count("pk")).values_list("place", "n")
        for place, rows_ in enumerate(found.values())
    ]
    counts = dict(asked[0].union(*asked[1:], all=True))
    return {name: counts.get(place, 0) for place, name in enumerate(names)}


def _opens(query: FunnelQuery, table: Iterable[Any], at: datetime) -> None:
    """The rows behind each number are as many as it says."""
    told, behind = {}, {}
    for row in table:
        stage = row.stage
        told |= {(stage, ""): row.entered, (stage, "open"): row.open, (stage, "lost"): row.lost}
        behind[stage, ""] = rows(query, stage)
        behind |= {(stage, state): rows(query, stage, state=state) for state in ("open", "lost")}
        if row.over_norm is not None:
            told[stage, "late"], behind[stage, "late"] = row.over_norm, rows(query, stage, late_at=at)
    assert _counted(behind) == told


def _numbered(query: FunnelQuery, stage: Any, at: datetime) -> None:
    """The number of rows is told without reading them, and is theirs."""
    narrowings: list[dict[str, Any]] = [
        {}, {"state": "passed"}, {"state": "lost"}, {"dates": IN_ORDER}, {"dates": REVERSED, "state": "passed"},
        {"dates": REVERSED, "state": "open"}, {"reason": ""}, {"late_at": at}, {"late_at": at, "state": "open"},
    ]  # fmt: skip
    told = {place: rows_count(query, stage, **narrowing) for place, narrowing in enumerate(narrowings)}
    assert told == _counted({place: rows(query, stage, **narrowing) for place, narrowing in enumerate(narrowings)})


def _cuts_agree(question: Question, query: FunnelQuery, book: Book, stage: Any) -> None:
    wanted = question.wanted
    for by, column in COLUMNS.items():
        told = {line.key: _told(line.tally) for line in compare(query, stage, by=by)}
        assert told == book.grouped(stage, wanted, lambda row, c=column: getattr(row.first, c)), by
    told = {line.key: _told(line.tally) for line in compare(query, stage, by="source")}
    assert told == book.grouped(stage, wanted, lambda row: row.first.source_channel)
    _numbered(query, stage, question.at)
    lines = compare(query, stage, by="team")
    assert sum(line.tally.entered for line in lines) == len(book.at(stage, wanted))
    for line in lines:
        beneath = Audience.of_node(line.key).team_ids if line.below else {line.key}
        assert _told(line.tally) == tally([row for row in book.at(stage, wanted) if row.first.team_id in beneath])
    cells = {(cell.segment_id, cell.utp_id): _told(cell.tally) for cell in matrix(query, stage)}
    assert cells == book.grouped(stage, wanted, lambda row: (row.first.segment_id, row.first.utp_id))
    for line in losses(query):
        assert line.reasons == book.losses(line.stage, wanted)
        assert all(rows(query, line.stage, reason=code).count() == n for code, n in line.reasons.items())


def _times_agree(question: Question, query: FunnelQuery, book: Book, stage: Any) -> None:
    for step, begin in (("day", lambda day: day), ("week", monday)):
        told = {point.start: _told(point.tally) for point in trend(query, stage, step=step) if point.tally.entered}
        assert told == book.grouped(stage, question.wanted, lambda row, b=begin: b(day_of(row.entered_at)))
    by_month: Callable[[Any], Any] = lambda day: day.replace(day=1)  # noqa: E731 - as the one above
    for step, begin in (("week", monday), ("month", by_month)):
        found = {row.start: row for row in cohorts(query, step=step)}
        told = {start: (row.came, row.reached, row.open, row.lost, row.done) for start, row in found.items()}
        assert told == book.cohorts(question.wanted, begin)
    for start, row in found.items():
        assert cohort_rows(query, start=start, step="month", reached=stage).count() == row.reached[stage.pk]
        assert cohort_rows(query, start=start, step="month", state="lost").count() == row.lost


def stored() -> dict[str, list[Any]]:
    """Everything that the rollup holds."""
    models = [StoredPassage, *(m for m in apps.get_app_config("funnel").get_models() if m._meta.db_table in TABLES)]
    return {model.__name__: sorted(map(repr, model.objects.values_list())) for model in models}


TABLES = {cube.table for cube in cubes.CUBES} | {"funnel_teamnode"}


@pytest.fixture
def drawing(office: Office, monkeypatch: pytest.MonkeyPatch) -> Drawing:
    monkeypatch.setattr(rollups, "BATCH", 3)
    for name in ("nodira", "nargiza", "lola", "sardor", "adiba"):
        getattr(office, name)
    return Drawing(office, 20261122, clock.now())


def test_every_figure_equals_a_recount_by_hand(drawing: Drawing, office: Office) -> None:
    for history in range(HISTORIES):
        drawing.draw_some()
        question = Question(drawing, office)
        if history % UPSET_EVERY == 0:
            drawing.upset_stages()
            rollups.rebuild(at=drawing.now)
            drawing.draw_some()
        agrees(question, Source.LIVE) if history % 3 == 0 else None
        rollups.refresh(at=drawing.now)
        agrees(question, Source.CELLS, *([Source.STORED] if history % 3 == 1 else []))
        if history % REBUILD_EVERY == 0:
            before = stored()
            rollups.rebuild(at=drawing.now)
            assert stored() == before


def test_an_emptied_rollup_is_filled_with_the_same_rows_under_the_same_indexes(
    drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def indexes() -> list[tuple[str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'funnel_storedpassage' ORDER BY 1")
            return list(cursor.fetchall())

    drawing.draw_some()
    rollups.refresh(at=drawing.now)
    before = stored(), indexes()
    assert before[0]["StoredPassage"]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE funnel_storedpassage, {', '.join(TABLES)}")
    monkeypatch.setattr(recounting, "MANY", 1)
    rollups.rebuild(at=drawing.now)
    assert (stored(), indexes()) == before
