"""Random roads of a few leads, written into the log itself: anything that the log can hold may happen in them."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from accounts.models import User
from agents.models import Segment, Utp
from funnel import log
from funnel.models import Stage, StageEntry
from tests.office import Office

DAYS = 75
REASONS = ("", "price", "no_need")
UNDONE_BY = {"entered": "returned", "lost": "reopened", "archived": "reopened"}
SOURCES = ("", "Сайт", "Выставка")


class Drawing:
    """The same seed draws the same roads. Leads are the office's: the log keeps a key to them."""

    def __init__(self, office: Office, seed: int, now: datetime) -> None:
        self.random, self.now = Random(seed), now
        self.leads: list[UUID] = [office.lead(kind=kind).pk for kind in ("agent", "client") for _n in range(5)]
        self.kind = dict(zip(self.leads, ["agent"] * 5 + ["client"] * 5, strict=True))
        self.people: list[User | None] = [office.olim, office.oksana, office.anvar, office.sitora, None]
        self.teams = [office.north, office.north_auto, office.south, office.bank, None]
        self.segments = [office.segment, Segment.objects.create(kind="client", name="Другие"), None]
        utp = Utp.objects.create(segment=office.segment, statement="Иначе", team=office.north)
        self.utps, self.initiatives = [office.utp, utp, None], [office.initiative, None]

    def draw_some(self) -> None:
        """A new road for a few of the leads, or some more of the one that they have."""
        chosen = self.random.sample(self.leads, self.random.randint(1, 4))
        if self.random.random() < 0.5:
            log.withdraw(chosen)
        log.record([entry for lead in chosen for entry in self._entries(lead)])
        for lead in chosen:
            if self.random.random() < 0.3:
                self._undo_one(lead)

    def _undo_one(self, lead: UUID) -> None:
        """Of what stands; seconds after it, or at any time after: a road may be written down late."""
        standing = list(StageEntry.objects.standing().filter(lead_id=lead, event__in=UNDONE_BY).order_by("id"))
        if standing:
            entry = self.random.choice(standing)
            later = self.random.choice([timedelta(seconds=9), timedelta(days=self.random.randint(0, 9))])
            stage = entry.from_stage or entry.stage
            log.record([StageEntry(lead_id=lead, kind=entry.kind, event=UNDONE_BY[entry.event], stage=stage,
                                   at=entry.at + later, origin="demo", undoes_id=entry.pk)])  # fmt: skip

    def upset_stages(self) -> None:
        """An administrator retires a stage, brings it back, or swaps two."""
        stages = list(Stage.objects.filter(funnel__code=self.random.choice(["agent", "client"])))
        one, two = self.random.sample(stages, 2)
        if self.random.random() < 0.5:
            Stage.objects.filter(pk=one.pk).update(active=not one.active)
        else:
            Stage.objects.filter(pk=one.pk).update(position=two.position)
            Stage.objects.filter(pk=two.pk).update(position=one.position)

    def _entries(self, lead: UUID) -> list[StageEntry]:
        stages = list(Stage.objects.filter(funnel__code=self.kind[lead]).order_by("position"))
        return [self._entry(lead, stages) for _n in range(self.random.randint(1, 6))]

    def _entry(self, lead: UUID, stages: list[Stage]) -> StageEntry:
        pick = self.random.choice
        events = ["entered"] * 5 + ["returned", "lost", "archived", "reopened"]
        # Whole hours, so that some fall on one moment and some on midnight.
        at = self.now - timedelta(days=self.random.randint(0, DAYS), hours=self.random.randint(0, 23))
        columns: dict[str, Any] = {
            "owner": pick(self.people), "team": pick(self.teams), "segment": pick(self.segments),
            "utp": pick(self.utps), "initiative": pick(self.initiatives), "source_channel": pick(SOURCES),
        }  # fmt: skip
        return StageEntry(
            lead_id=lead, kind=self.kind[lead], event=pick(events), stage=pick(stages), at=at, origin="demo",
            reason_code=pick(REASONS), **columns,
        )  # fmt: skip
