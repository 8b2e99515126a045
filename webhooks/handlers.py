"""What the rooms below say, told outside (``salescrm.subscriptions``). One line a type; each costs one INSERT."""

from agents.events import PartiesAdded, PartyChanged
from agents.models import Party
from backlog.events import ActionDone, ResultUndone
from backlog.models import Action
from hypotheses.events import VerdictReady
from hypotheses.models import Hypothesis
from leads import events
from leads.models import Lead
from webhooks.recording import record


def on_leads_taken(event: events.LeadsTaken) -> None:
    record("lead.created", of=Lead, ids=event.lead_ids, at=event.at, by_id=event.by_id, origin=event.origin)


def on_lead_changed(event: events.LeadChanged) -> None:
    record("lead.updated", of=Lead, ids=[event.lead_id], by_id=event.by_id, fields=list(event.fields))


def on_leads_changed(event: events.LeadsChanged) -> None:
    record("lead.updated", of=Lead, ids=event.lead_ids, by_id=event.by_id, fields=list(event.fields))


def on_stage_entered(event: events.StageEntered) -> None:
    record(
        "lead.stage_entered", of=Lead, ids=[event.lead_id], at=event.at, by_id=event.by_id,
        from_=event.from_code, to=event.to_code, back=event.back,
    )  # fmt: skip


def on_lead_assigned(event: events.LeadAssigned) -> None:
    record(
        "lead.assigned", of=Lead, ids=[event.lead_id], at=event.at, by_id=event.by_id,
        from_=event.previous_owner_id, to=event.owner_id,
    )  # fmt: skip


def on_lead_closed(event: events.LeadClosed) -> None:
    record("lead.closed", of=Lead, ids=[event.lead_id], at=event.at, by_id=event.by_id, outcome=event.outcome)


def on_lead_reopened(event: events.LeadReopened) -> None:
    record("lead.reopened", of=Lead, ids=[event.lead_id], at=event.at, by_id=event.by_id)


def on_lead_merged(event: events.LeadMerged) -> None:
    record("lead.merged", of=Lead, ids=[event.lead_id], at=event.at, by_id=event.by_id, into=event.into_id)


def on_lead_unmerged(event: events.LeadUnmerged) -> None:
    record("lead.unmerged", of=Lead, ids=[event.lead_id], at=event.at, by_id=event.by_id, into=event.into_id)


def on_meeting_planned(event: events.MeetingPlanned) -> None:
    kind = "meeting.planned" if event.planned_at else "meeting.ended"
    record(
        kind, of=Lead, ids=[event.lead_id], objects=[event.meeting_id], at=event.at, by_id=event.by_id,
        lead=event.lead_id, planned_at=event.planned_at,
    )  # fmt: skip


def on_contract_signed(event: events.ContractSigned) -> None:
    record(
        "contract.signed", of=Lead, ids=[event.lead_id], objects=[event.contract_id], at=event.at, by_id=event.by_id,
        lead=event.lead_id, signed_on=event.signed_on.isoformat(),
    )  # fmt: skip


def on_value_promised(event: events.ValuePromised) -> None:
    record(
        "value.promised", of=Lead, ids=[event.lead_id], objects=[event.promise_id], at=event.at, by_id=event.by_id,
        lead=event.lead_id, due_on=event.due_on.isoformat(),
    )  # fmt: skip


def on_value_fell_short(event: events.ValueFellShort) -> None:
    record(
        "value.fell_short", of=Lead, ids=[event.lead_id], objects=[event.promise_id], at=event.at, lead=event.lead_id
    )


def on_value_caught_up(event: events.ValueCaughtUp) -> None:
    record("value.caught_up", of=Lead, ids=[event.lead_id], objects=[event.promise_id], at=event.at, lead=event.lead_id)


def on_parties_added(event: PartiesAdded) -> None:
    for kind, ids in (("agent.created", event.agent_ids), ("client.created", event.client_ids)):
        record(kind, of=Party, ids=ids, by_id=event.by_id)


def on_party_changed(event: PartyChanged) -> None:
    record(f"{event.kind}.updated", of=Party, ids=[event.party_id], by_id=event.by_id, fields=list(event.fields))


def on_action_done(event: ActionDone) -> None:
    record(
        "action.done", of=Action, ids=[event.action_id], at=event.at, by_id=event.by_id,
        lead=event.lead_id, outcome=event.outcome,
    )  # fmt: skip


def on_result_undone(event: ResultUndone) -> None:
    record("action.undone", of=Action, ids=[event.action_id], at=event.at, by_id=event.by_id, lead=event.lead_id)


def on_verdict(event: VerdictReady) -> None:
    record("hypothesis.verdict", of=Hypothesis, ids=[event.hypothesis_id], at=event.at)
