"""Entries step by step: a line as small as a word for each stage, and the table that says the same in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from funnel.figures import FunnelQuery, trends
from funnel.figures.days import steps_between
from funnel.models import Funnel, Stage
from web.reports import steps
from web.reports.asking import Asked
from web.reports.files import Sheet
from web.reports.words import Number, number

WIDTH, HEIGHT = 100, 20
PRINTED = 16


@dataclass(frozen=True, slots=True)
class Movement:
    """``rows`` are the steps, oldest first, with a number for each of ``stages``; ``sparks`` the points of a line."""

    head: str
    stages: Sequence[Stage]
    rows: list[tuple[str, list[Number]]]
    sparks: Mapping[UUID, str]

    @property
    def printed(self) -> bool:
        """Longer tables go on paper only when they are laid open."""
        return len(self.rows) <= PRINTED


def of(asked: Asked, funnel: Funnel, query: FunnelQuery, stages: Sequence[Stage]) -> Movement:
    """From the first to the last step in which anybody entered anything."""
    step = steps.step_of(asked)
    found = trends(query, stages, step=step)
    counts = {pk: {point.start: point.tally.entered for point in points} for pk, points in found.items()}
    busy = sorted({start for line in counts.values() for start, entered in line.items() if entered})
    starts = steps_between(busy[0], busy[-1], step) if busy else []
    rows = []
    for start in starts:
        days = steps.address_of(steps.within(asked, start, step))
        where = [asked.rows(funnel=funnel.code, stage=stage.code, **days) for stage in stages]
        numbers = [number(counts[stage.pk].get(start, 0), url) for stage, url in zip(stages, where, strict=True)]
        rows.append((steps.label(start, step), numbers))
    sparks = {stage.pk: _spark([counts[stage.pk].get(start, 0) for start in starts]) for stage in stages}
    return Movement(steps.head(step), stages, rows, sparks)


def _spark(values: Sequence[int]) -> str:
    """Points of a line over the whole width; nothing for a single step or for zeros alone."""
    top = max(values, default=0)
    if len(values) < 2 or not top:
        return ""
    wide = WIDTH / (len(values) - 1)
    return " ".join(
        f"{place * wide:.1f},{HEIGHT - 1 - (HEIGHT - 2) * value / top:.1f}" for place, value in enumerate(values)
    )


def sheet(sides: Sequence[tuple[str, Movement]]) -> Sheet:
    header = [_("Воронка"), _("Начало"), _("Этап"), _("Вошли")]
    rows = [
        (name, when, stage.name, entered.count)
        for name, moved in sides
        for when, numbers in moved.rows
        for stage, entered in zip(moved.stages, numbers, strict=True)
    ]
    return Sheet(_("По времени"), header, rows)
