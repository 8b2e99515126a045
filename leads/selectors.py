"""Reading a lead across the rooms: its feed, its way to the next stage."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import NotFound
from funnel import log
from funnel.choices import EntryEvent
from funnel.gates import missing_facts, path_between
from funnel.models import Stage, StageEntry
from leads.dossier import Dossier, FeedItem, dossier_of, feed
from leads.facts import FACTS, Fact, known_facts
from leads.models import Lead

__all__ = ["FeedItem", "PathStep", "Way", "feed_of", "stage_for", "way_of"]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One stage on the lead's path: where it stands now, what it has behind it."""

    stage: Stage
    current: bool
    done: bool
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Way:
    """The path and the way on: the next stage, and of the facts it asks for which are there."""

    steps: tuple[PathStep, ...]
    next_stage: Stage | None
    asked: tuple[tuple[Fact, bool], ...]

    @property
    def missing(self) -> tuple[Fact, ...]:
        return tuple(fact for fact, known in self.asked if not known)


def way_of(lead: Lead, entries: Iterable[StageEntry] | None = None) -> Way:
    """Two or three queries whatever the lead's age; ``entries`` (oldest first) spare one of them."""
    stages = list(Stage.objects.of_funnel(lead.stage.funnel_id))
    first_entries: dict[UUID, datetime] = {}
    for entry in log.standing(log.history(lead.pk) if entries is None else entries):
        if entry.event in {EntryEvent.ENTERED, EntryEvent.RETURNED}:
            first_entries.setdefault(entry.stage_id, entry.at)
    shown = [stage for stage in stages if stage.active or stage.pk == lead.stage_id]
    steps = tuple(
        PathStep(s, s.pk == lead.stage_id, s.position < lead.stage.position, first_entries.get(s.pk)) for s in shown
    )
    following = next((s for s in shown if s.position > lead.stage.position and s.active), None)
    if following is None:
        return Way(steps, None, ())
    known = known_facts(lead.pk)
    asked = missing_facts(path_between(stages, lead.stage, following), ())
    return Way(steps, following, tuple((FACTS[code], code in known) for code in asked if code in FACTS))


def feed_of(
    lead: Lead, *, kinds: Iterable[str] = (), limit: int = 50, dossier: Dossier | None = None
) -> list[FeedItem]:
    """What happened, newest first. ``dossier`` spares the queries where the rows are at hand."""
    wanted = set(kinds)
    items = feed(dossier or dossier_of(lead, notes=limit))
    return [item for item in items if not wanted or item.kind in wanted][:limit]


def stage_for(lead: Lead, code: str) -> Stage:
    """A stage of the lead's own funnel; without a code the one that follows. Raises NotFound."""
    stages = Stage.objects.of_funnel(lead.stage.funnel_id)
    found = stages.filter(code=code) if code else stages.active().filter(position__gt=lead.stage.position)
    stage = found.first()
    if stage is None:
        raise NotFound(_("Такого этапа нет."))
    return stage
