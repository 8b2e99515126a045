"""What a result does to the lead, and how each effect is taken back: meeting, touch, stage, refusal, next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from backlog.choices import REACHED, ActionKind, ResultOutcome
from common.changes import save_changes
from funnel.defaults import VERBAL_CONTRACT
from funnel.log import last_entry
from funnel.models import Stage
from leads.access import locked
from leads.choices import MeetingStatus, Outcome
from leads.models import Lead, LossReason, Meeting
from leads.selectors import stage_for
from leads.services.editing import add_note, plan_next_step
from leads.services.moves import missing_for, move
from leads.services.outcomes import close, reopen
from leads.services.recording import Facts, record_meeting
from leads.services.touching import put_back, touch


@dataclass(frozen=True, slots=True)
class Deed:
    """One press on the result bar, as the effects need it."""

    by: User
    at: datetime
    outcome: str
    kind: str
    note: str = ""
    slot_at: datetime | None = None
    next_at: datetime | None = None
    next_text: str = ""
    reason: LossReason | None = None
    facts: Facts | None = None


def apply(lead: Lead, deed: Deed) -> dict[str, Any]:
    """Change the lead as the outcome says. Returns what undo must put back (JSON).

    Raises GateClosed (a verbal contract without its terms), Invalid (a refusal without a reason, a step in the past).
    """
    current = locked(lead)
    before: dict[str, Any] = {
        "next_action": current.next_action,
        "next_action_at": current.next_action_at.isoformat() if current.next_action_at else None,
        "touched_at": current.touched_at.isoformat(),
        "stage_entered_at": current.stage_entered_at.isoformat(),
    }
    if deed.note:
        before["note"] = str(add_note(lead=current, by=deed.by, at=deed.at, text=deed.note).pk)
    before |= _meet(current, deed)
    if deed.outcome == ResultOutcome.REFUSED:
        return before | _refuse(current, deed)
    before |= _advance(current, deed)
    if deed.outcome in REACHED:
        touch(lead=current, by=deed.by, at=deed.at)
    if locked(lead).is_open:
        plan_next_step(lead=lead, by=deed.by, at=deed.at, step_at=deed.next_at, text=deed.next_text)
    return before


def _meet(lead: Lead, deed: Deed) -> dict[str, Any]:
    """A meeting that was due is held now; the outcome «Встреча» appoints one for the moment of the next step."""
    done: dict[str, Any] = {}
    if deed.outcome in REACHED:
        planned = lead.meetings.filter(status=MeetingStatus.PLANNED, planned_at__lte=deed.at).order_by("planned_at")
        if (meeting := planned.first()) is not None:
            record_meeting(lead=lead, by=deed.by, at=deed.at, held_at=deed.at, meeting=meeting)
            done["held"] = meeting.pk.hex
        elif deed.kind == ActionKind.MEETING:
            begun = min(deed.slot_at or deed.at, deed.at)
            made = record_meeting(lead=lead, by=deed.by, at=deed.at, planned_at=begun, held_at=begun, kind="visit")
            done["made"] = made.pk.hex
    if deed.outcome == ResultOutcome.MEETING and deed.next_at is not None:
        made = record_meeting(lead=lead, by=deed.by, at=deed.at, planned_at=deed.next_at)
        done["appointed"] = made.pk.hex
    return done


def _refuse(lead: Lead, deed: Deed) -> dict[str, Any]:
    """A lead that is lost already stays as it is, after undo too."""
    if lead.outcome == Outcome.LOST:
        return {}
    close(lead=lead, outcome=Outcome.LOST, by=deed.by, at=deed.at, reason=deed.reason, note=deed.note)
    return {"closed": True} | ({"entry": last_entry(lead.pk)} if lead.is_open else {})


def _advance(lead: Lead, deed: Deed) -> dict[str, Any]:
    """The stage follows the result: a verbal contract asks its gate; an agreement takes the next free step."""
    to = _where(lead, deed)
    if to is None:
        return {}
    left = lead.stage.code
    move(lead=lead, to=to, by=deed.by, at=deed.at, facts=deed.facts)
    return {"stage": left, "entry": last_entry(lead.pk)}


def _where(lead: Lead, deed: Deed) -> Stage | None:
    stages = [s for s in Stage.objects.of_funnel(lead.stage.funnel_id).active() if s.position > lead.stage.position]
    if deed.outcome == ResultOutcome.VERBAL_CONTRACT:
        return next((stage for stage in stages if stage.code == VERBAL_CONTRACT), None)
    # The last stage is never entered by itself: value delivered is measured and said aloud.
    follows = deed.outcome in {ResultOutcome.AGREED, ResultOutcome.MEETING}
    if not follows or not lead.is_open or len(stages) < 2 or not stages[0].gate:
        return None
    return None if missing_for(lead, stages[0]) else stages[0]


def take_back(lead: Lead, *, by: User, at: datetime, before: Mapping[str, Any], reason: str) -> None:
    """Put back what ``apply`` changed. The log keeps both ways: history is never rewritten.

    Where somebody has moved or closed the lead since, the way back is a move like any other and counts as one.
    """
    locked(lead)
    entry = before.get("entry")
    undoes = entry if entry is not None and last_entry(lead.pk) == entry else None
    if before.get("closed"):
        reopen(lead=lead, by=by, at=at, reason=reason, undoes=undoes)
    if left := before.get("stage"):
        move(lead=lead, to=stage_for(lead, left), by=by, at=at, reason=reason, undoes=undoes)
    for name in ("made", "appointed"):
        if before.get(name):
            Meeting.objects.filter(pk=before[name], lead=lead).delete()
    if before.get("held"):
        held = Meeting.objects.get(pk=before["held"], lead=lead)
        save_changes(held, {"status": MeetingStatus.PLANNED, "held_at": None})
    if before.get("note"):
        lead.notes.filter(pk=before["note"]).delete()
    step_at = before["next_action_at"]
    columns = {
        "next_action": before["next_action"],
        "next_action_at": datetime.fromisoformat(step_at) if step_at else None,
        "touched_at": datetime.fromisoformat(before["touched_at"]),
    } | ({"stage_entered_at": datetime.fromisoformat(before["stage_entered_at"])} if undoes else {})
    put_back(lead=lead, by=by, at=at, columns=columns)
