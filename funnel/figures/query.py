"""What is asked of a funnel, and the counts that every answer is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from funnel.audience import EVERYTHING, Audience
from funnel.figures.days import midnight
from funnel.models import Passage, Stage, StoredPassage
from funnel.querysets import PassageQuerySet, StageQuerySet
from funnel.statistics import Rate


class Source(Enum):
    """Where figures come from: cells wherever they hold the question; the stored rows; the log as of this second."""

    CELLS = "cells"
    STORED = "stored"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class FunnelQuery:
    """One funnel, a period of first entries (``end`` is the first moment after it), dimensions and an audience.

    ``funnel_id`` names one of several funnels of the kind; without it the default one is meant. ``dimensions`` are
    those of the moment of entry: owner_id, team_id, segment_id, utp_id, initiative_id, product_id, agent_id,
    source_channel; a list means any of them, ``segment_id__isnull=True`` «not known then».
    """

    kind: str
    start: datetime | None = None
    end: datetime | None = None
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    audience: Audience = EVERYTHING
    funnel_id: UUID | None = None
    source: Source = Source.CELLS

    @property
    def stage_rows(self) -> StageQuerySet:
        """The funnel's stages in order, retired ones too."""
        return Stage.objects.of_funnel(self.funnel_id) if self.funnel_id else Stage.objects.of_kind(self.kind)

    def over(self, first: date, last: date) -> "FunnelQuery":
        """The same question over whole days of the bank, both included."""
        return replace(self, start=midnight(first), end=midnight(last + timedelta(days=1)))

    def among(self, **dimensions: Any) -> "FunnelQuery":
        """The same question narrowed further."""
        return replace(self, dimensions={**self.dimensions, **dimensions})

    def before(self) -> "FunnelQuery":
        """The same question over the period of the same length right before. Raises ValueError without a start."""
        if self.start is None or self.end is None:
            raise ValueError("only a period with both ends has one before it")
        return replace(self, start=self.start - (self.end - self.start), end=self.start)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the leads that entered a stage: ``entered`` = passed + open + lost + done.

    ``reversed_dates`` are those of ``passed`` whose further stage is dated before the entry.
    """

    entered: int = 0
    passed: int = 0
    open: int = 0
    lost: int = 0
    done: int = 0
    reversed_dates: int = 0

    @property
    def onward(self) -> Rate:
        """The share that got further, of all that entered: those still open count as not passed yet."""
        return Rate(self.passed, self.entered)

    @property
    def decided(self) -> Rate:
        """The share that got further of those of whom it is known; those still open are left out."""
        return Rate(self.passed + self.done, self.entered - self.open)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.entered + other.entered, self.passed + other.passed, self.open + other.open, self.lost + other.lost,
            self.done + other.done, self.reversed_dates + other.reversed_dates,
        )  # fmt: skip

    def __sub__(self, other: "Tally") -> "Tally":
        return self + Tally(
            -other.entered, -other.passed, -other.open, -other.lost, -other.done, -other.reversed_dates
        )  # fmt: skip


def passages(query: FunnelQuery) -> PassageQuerySet:
    """The rows behind every number, of all stages."""
    table: PassageQuerySet = (Passage if query.source == Source.LIVE else StoredPassage).objects.all()
    rows = table.filter(query.audience.q, stage__in=query.stage_rows.order_by().values("pk"))
    return rows.entered_between(query.start, query.end).with_dimensions(query.dimensions)
