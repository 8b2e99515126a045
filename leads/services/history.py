"""The road of an arriving lead: through the first gate now, or the stages that it entered elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from common.errors import FieldError, Invalid
from funnel.choices import EntryEvent
from funnel.models import Stage, StageEntry
from leads.choices import Outcome
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead
from leads.services.entries import entry_of


@dataclass(frozen=True, slots=True)
class Road:
    """Where the lead stands when it has arrived, and the steps that brought it there in the order of the stages."""

    stage: Stage
    entered_at: datetime
    outcome: str
    closed_at: datetime | None
    steps: tuple[tuple[Stage, HistoryStep], ...]
    warnings: tuple[FieldError, ...]

    @staticmethod
    def of(draft: LeadDraft, stages: Sequence[Stage], at: datetime) -> "Road":
        """Raises Invalid for an unknown stage or a date in the future, or when the funnel has no stage."""
        active = [stage for stage in stages if stage.active]
        if not active:
            raise Invalid(_("В этой воронке нет ни одного действующего этапа."))
        if not draft.history:
            return Road(active[0], at, Outcome.OPEN, None, (), ())
        steps = _steps(draft, stages)
        if late := next((stage for stage, step in steps if step.at > at), None):
            message = _("Дата этапа «%(stage)s» — в будущем.") % {"stage": late.name}
            raise Invalid(message, [FieldError(f"history.{late.code}", "future", message)])
        stage, last = steps[-1]
        won = stage.pk == active[-1].pk
        outcome = Outcome.WON if won else Outcome.OPEN
        return Road(stage, last.at, outcome, last.at if won else None, steps, _order_warnings(steps))


def _steps(draft: LeadDraft, stages: Sequence[Stage]) -> tuple[tuple[Stage, HistoryStep], ...]:
    by_code = {stage.code: stage for stage in stages}
    found = []
    for step in draft.history:
        if step.stage_code not in by_code:
            message = _("Этапа «%(code)s» в этой воронке нет.") % {"code": step.stage_code[:40]}
            raise Invalid(message, [FieldError(f"history.{step.stage_code}"[:60], "unknown", message)])
        found.append((by_code[step.stage_code], step))
    return tuple(sorted(found, key=lambda pair: pair[0].position))


def _order_warnings(steps: Sequence[tuple[Stage, HistoryStep]]) -> tuple[FieldError, ...]:
    """A later stage dated before an earlier one is taken in as given, and said aloud."""
    text = _("«%(later)s» датирован раньше, чем «%(earlier)s»: дата сохранена как есть.")
    return tuple(
        FieldError(f"history.{later.code}", "reversed", text % {"later": later.name, "earlier": earlier.name})
        for (earlier, before), (later, after) in pairwise(steps)
        if after.at < before.at
    )


def arrival_entries(lead: Lead, road: Road, *, by_id: UUID, origin: str, batch: UUID | None) -> list[StageEntry]:
    """The log of an arriving lead: one entry at the first stage, or one for each stage of its history."""
    if not road.steps:
        event = EntryEvent.ENTERED
        return [
            entry_of(lead, event=event, stage=road.stage, at=road.entered_at, by_id=by_id, origin=origin, batch=batch)
        ]
    learnt_later = {name for _stage, step in road.steps for name in step.known}
    entries, known = [], dict[str, Any]()
    previous: Stage | None = None
    for stage, step in road.steps:
        known |= step.known
        columns = {name: known.get(name) for name in learnt_later}
        entries.append(
            entry_of(
                lead,
                event=EntryEvent.ENTERED,
                stage=stage,
                from_stage=previous,
                at=step.at,
                by_id=by_id,
                origin=origin,
                batch=batch,
                **columns,
            )
        )
        previous = stage
    return entries


def missing_entries(
    lead: Lead, draft: LeadDraft, stages: Sequence[Stage], *, by_id: UUID, origin: str
) -> tuple[list[StageEntry], tuple[FieldError, ...]]:
    """Entries for stages of the draft's history that the known lead never entered: a second file adds to the first.

    Also what is odd about the dates of old and new together.
    """
    if not draft.history:
        return [], ()
    known_entries = StageEntry.objects.standing().filter(lead_id=lead.pk)
    entered = dict(known_entries.order_by("-at", "-id").values_list("stage_id", "at"))
    added = [(stage, step) for stage, step in _steps(draft, stages) if stage.pk not in entered]
    known = [(stage, HistoryStep(stage.code, entered[stage.pk])) for stage in stages if stage.pk in entered]
    road = sorted([*known, *added], key=lambda pair: pair[0].position)
    entries = [
        entry_of(
            lead,
            event=EntryEvent.ENTERED,
            stage=stage,
            from_stage=lead.stage,
            at=step.at,
            by_id=by_id,
            origin=origin,
            **step.known,
        )
        for stage, step in added
    ]
    return entries, _order_warnings(road) if added else ()
