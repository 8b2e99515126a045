"""Who reacts to what: the one table of events and the one table of jobs.

Handlers of an event run in its transaction, in this order. A job's handler runs in a worker; see ``jobs.registry``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.events import PasswordForgotten, SecondFactorTaken, TokenExpiring
from accounts.models import User
from accounts.roles import SEES_EVERYTHING, Role
from agents.events import PartiesAdded, PartyChanged
from agents.models import Party
from approvals.events import ConsentAsked, ConsentDecided
from audit.events import UnusualViewing
from backlog import corrections, rescheduling
from backlog.events import ActionDone, ActionPlanned, ResultUndone
from backlog.ranking import duties as ranking
from calls.events import CallLogged
from calls.models import Call
from common.events import Event
from dashboards import duties as dashboards
from dashboards import letters as dashboard_letters
from dashboards import weekly
from dashboards.events import WeekReported
from documents.events import LegalAnswered, LegalDue
from documents.services import legal
from forms.events import CameAgain
from forms.services import answering as forms
from forms.services import taking as forms_taking
from hypotheses.events import VerdictReady
from imports import bulk, reverting, work
from imports.events import ImportFinished
from imports.models import Import
from imports.services import CHUNK_JOB, REVERT_JOB
from inbox.services import receiving as inbox
from inbox.services import working as inbox_working
from jobs.registry import Again, JobRun, Kind
from leads import events
from leads.services import value
from monitoring import services as operating
from notifications import handlers as notifications
from notifications.letters import Write
from notifications.models import NoticeKind
from notifications.services import notify, passwords, reminders, sending
from notifications.services.preferences import wants
from outreach.answers import plan_answer
from outreach.events import ReplyReceived
from outreach.services import planning
from outreach.services import sending as outreach_sending
from privacy.services import aging, erasing, exporting
from webhooks import handlers as webhooks
from webhooks.events import EndpointStopped
from webhooks.recording import record
from worktime.events import HoursChanged


def tell_import_finished(event: ImportFinished) -> None:
    """Imports and notifications stand on one floor and do not know each other; they meet here."""
    facts = {
        "file": event.file_name,
        "created": event.created,
        "errors": event.refused,
        "import": str(event.import_id),
    }
    key = f"import:{event.import_id}:{event.at.isoformat()}"
    notify(user_id=event.owner_id, kind=NoticeKind.IMPORT_FINISHED, key=key, at=event.at, facts=facts)


def tell_verdict(event: VerdictReady) -> None:
    facts = {"hypothesis": str(event.hypothesis_id), "code": event.code}
    key = f"hypothesis:{event.hypothesis_id}"
    notify(user_id=event.owner_id, kind=NoticeKind.HYPOTHESIS, key=key, at=event.at, facts=facts)


def rank_after_import(event: ImportFinished) -> None:
    """A load brings leads and outcomes by the thousand: rates and everybody's lists."""
    ranking.owe_recount(at=event.at)


def forecast_after_import(event: ImportFinished) -> None:
    dashboards.owe_forecast(at=event.at)


def tell_weekly_report(event: WeekReported) -> None:
    """Only who wants the letter: its figures are then counted once, and kept with the notice."""
    user = User.objects.select_related("notification_settings").filter(pk=event.user_id, is_active=True).first()
    if user is None or not wants(user, NoticeKind.WEEKLY_REPORT):
        return
    facts = weekly.letter_facts(user, event.at)
    key = f"weekly:{user.pk}:{event.at.astimezone(user.zone):%G-W%V}"
    if facts:
        notify(user_id=user.pk, kind=NoticeKind.WEEKLY_REPORT, key=key, at=event.at, facts=facts)


def tell_reply(event: ReplyReceived) -> None:
    notify(
        user_id=event.owner_id, kind=NoticeKind.REPLY, key=f"reply:{event.reply_id}", at=event.at, lead_id=event.lead_id
    )


def tell_legal(event: LegalAnswered | LegalDue) -> None:
    """Papers and notifications stand on one floor too. Once an answer, once for the day, once when it has passed."""
    if event.owner_id is None:
        return
    facts: dict[str, Any] = {"question": event.question, "request": str(event.request_id)}
    if isinstance(event, LegalDue):
        facts |= {"due_on": event.due_on.isoformat(), "late": event.late}
        key, by_id = f"legal:{event.request_id}:{event.due_on}:{'late' if event.late else 'due'}", None
    else:
        facts |= {"answered": True}
        key, by_id = f"legal:{event.request_id}:answered", event.by_id
    notify(
        user_id=event.owner_id, kind=NoticeKind.LEGAL, key=key, at=event.at, lead_id=event.lead_id, facts=facts,
        by_id=by_id,
    )  # fmt: skip


def tell_endpoint_stopped(event: EndpointStopped) -> None:
    """Whoever asked to be told of this endpoint; where nobody did, every administrator."""
    chosen = [event.owner_id] if event.owner_id else []
    people = chosen or User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).values_list("pk", flat=True)
    facts = {"endpoint": str(event.endpoint_id), "host": event.host, "why": event.why}
    key = f"webhook:{event.endpoint_id}:{event.at.isoformat()}"
    for user_id in people:
        notify(user_id=user_id, kind=NoticeKind.WEBHOOK_STOPPED, key=f"{key}:{user_id}", at=event.at, facts=facts)


def publish_import(event: ImportFinished) -> None:
    """Imports and outreach stand on the webhooks' floor as well."""
    record(
        "import.finished", of=Import, ids=[event.import_id], at=event.at, created=event.created, refused=event.refused
    )


def publish_reply(event: ReplyReceived) -> None:
    record(
        "message.received", of=Party, ids=[event.party_id], objects=[event.reply_id], at=event.at, lead=event.lead_id
    )


def tell_token_expiring(event: TokenExpiring) -> None:
    """Every administrator and whoever made the token; a rotation gives it a new end, so a new line when that nears."""
    due = event.expires_at.astimezone(timezone.get_default_timezone()).date()
    facts = {"account": event.account, "service_account": str(event.account_id), "due_on": due.isoformat()}
    key = f"token:{event.token_id}:{event.expires_at.isoformat()}:{event.days}"
    for user_id in event.people:
        notify(user_id=user_id, kind=NoticeKind.TOKEN, key=f"{key}:{user_id}", at=event.at, facts=facts)


def tell_second_factor_taken(event: SecondFactorTaken) -> None:
    """Whoever asked for it waits for it; whoever did not must hear of it."""
    key = f"second-factor:{event.user_id}:{event.at.isoformat()}"
    facts = {"by": event.by_name}
    notify(user_id=event.user_id, kind=NoticeKind.SECURITY, key=key, at=event.at, facts=facts, by_id=event.by_id)


def tell_consent_asked(event: ConsentAsked) -> None:
    """Everybody who may give it. What was asked for stands on the page: conditions may name a person."""
    facts = {"approval": str(event.approval_id), "asker": event.by_name}
    key = f"approval:{event.approval_id}:{event.at.isoformat()}"
    for user_id in event.people:
        notify(user_id=user_id, kind=NoticeKind.APPROVAL, key=f"{key}:{user_id}", at=event.at, facts=facts)


def tell_consent_decided(event: ConsentDecided) -> None:
    facts = {"approval": str(event.approval_id), "agreed": event.agreed}
    key = f"approval:{event.approval_id}:decided"
    notify(user_id=event.asked_by_id, kind=NoticeKind.APPROVAL, key=key, at=event.at, facts=facts, by_id=event.by_id)


def tell_unusual_viewing(event: UnusualViewing) -> None:
    """Auditors and administrators, once an hour for each person who looks at so much."""
    viewer = User.objects.filter(pk=event.user_id).values_list("name", flat=True).first() or ""
    facts = {"viewer": viewer, "viewed_by": str(event.user_id), "cards": event.cards}
    key = f"viewing:{event.user_id}:{event.at:%Y%m%d%H}"
    people = User.objects.filter(role__in=SEES_EVERYTHING, is_active=True).exclude(pk=event.user_id)
    for user_id in people.values_list("pk", flat=True):
        notify(user_id=user_id, kind=NoticeKind.SECURITY, key=f"{key}:{user_id}", at=event.at, facts=facts)


def work_bulk_load(run: JobRun) -> Again | None:
    """The chunks are the imports' matter, what an item is the API's. Loaded here: a process that never works such a
    batch off need not know the API."""
    from api.v1.bulk import take_chunk

    return bulk.work_off(run, take=take_chunk)


def record_call(event: CallLogged) -> None:
    record(
        "call.logged", of=Call, ids=[event.call_id], at=event.at, by_id=event.by_id, lead=event.lead_id,
        party=event.party_id, owner=event.owner_id, direction=event.direction, result=event.result,
        duration_seconds=event.duration_seconds,
    )  # fmt: skip


def tell_came_again(event: CameAgain) -> None:
    """Once a submission. Forms and notifications stand on one floor."""
    if event.owner_id is not None:
        facts = {"form": event.form, "party": str(event.party_id), "kind": event.party_kind}
        key = f"form:{event.submission_id}"
        notify(
            user_id=event.owner_id, kind=NoticeKind.CAME_AGAIN, key=key, at=event.at, lead_id=event.lead_id, facts=facts
        )


SUBSCRIPTIONS: Mapping[type[Event], Sequence[Callable[[Any], None]]] = {
    events.LeadsTaken: [ranking.on_taken, webhooks.on_leads_taken],
    events.LeadChanged: [webhooks.on_lead_changed],
    events.LeadsChanged: [webhooks.on_leads_changed],
    events.StageEntered: [ranking.on_lead_changed, webhooks.on_stage_entered],
    events.LeadAssigned: [notifications.on_assigned, ranking.on_assigned, webhooks.on_lead_assigned],
    events.NextStepPlanned: [notifications.on_step_planned, ranking.on_step_planned],
    events.LeadMerged: [webhooks.on_lead_merged],
    events.LeadUnmerged: [webhooks.on_lead_unmerged],
    events.MeetingPlanned: [notifications.on_meeting_planned, webhooks.on_meeting_planned],
    events.ContractSigned: [webhooks.on_contract_signed],
    events.ValuePromised: [notifications.on_value_promised, webhooks.on_value_promised],
    events.ValueFellShort: [
        corrections.propose_correction,
        notifications.on_value_fell_short,
        webhooks.on_value_fell_short,
    ],
    events.ValueCaughtUp: [corrections.withdraw_correction, webhooks.on_value_caught_up],
    events.LeadClosed: [notifications.on_closed, ranking.on_lead_changed, webhooks.on_lead_closed],
    events.LeadReopened: [notifications.on_reopened, ranking.on_lead_changed, webhooks.on_lead_reopened],
    PartiesAdded: [webhooks.on_parties_added],
    PartyChanged: [webhooks.on_party_changed],
    ActionPlanned: [notifications.on_action_planned, ranking.on_action_planned],
    ActionDone: [webhooks.on_action_done],
    ResultUndone: [webhooks.on_result_undone],
    HoursChanged: [rescheduling.on_hours_changed],
    ReplyReceived: [plan_answer, tell_reply, publish_reply],
    VerdictReady: [tell_verdict, webhooks.on_verdict],
    TokenExpiring: [tell_token_expiring],
    SecondFactorTaken: [tell_second_factor_taken],
    PasswordForgotten: [passwords.owe_letter],
    LegalAnswered: [tell_legal],
    LegalDue: [tell_legal],
    CallLogged: [record_call],
    CameAgain: [tell_came_again],
    ImportFinished: [tell_import_finished, rank_after_import, forecast_after_import, publish_import],
    EndpointStopped: [tell_endpoint_stopped],
    UnusualViewing: [tell_unusual_viewing],
    ConsentAsked: [tell_consent_asked],
    ConsentDecided: [tell_consent_decided],
    WeekReported: [tell_weekly_report],
}

LETTERS: Mapping[str, Write] = {NoticeKind.WEEKLY_REPORT: dashboard_letters.weekly}

JOBS: Mapping[str, Kind] = {
    dashboards.FORECAST_JOB: Kind(dashboards.work_forecast, atomic=False),
    dashboards.DESKS_JOB: Kind(dashboards.work_desks),
    dashboards.LETTER_JOB: Kind(dashboards.work_letter),
    reminders.RING_JOB: Kind(reminders.ring_job),
    # What has left the house cannot be taken back: not one transaction, and its own way of trying again.
    sending.SEND_JOB: Kind(sending.send_job, atomic=False),
    passwords.JOB: Kind(passwords.letter_from_job, atomic=False),
    planning.PLAN_JOB: Kind(planning.plan_from_job),
    planning.SEND_JOB: Kind(outreach_sending.send_from_job, atomic=False),
    value.DAY_JOB: Kind(value.judge_day, atomic=False),
    legal.DAY_JOB: Kind(legal.tell_day),
    rescheduling.JOB: Kind(rescheduling.work),
    ranking.OWNER_JOB: Kind(ranking.work_owner),
    ranking.ALL_JOB: Kind(ranking.work_all, atomic=False),
    bulk.JOB: Kind(work_bulk_load, atomic=False, max_attempts=50),
    # A refusal is written down when its effect is gone: the job manages its own transactions.
    forms.TAKE_JOB: Kind(forms_taking.take_from_job, atomic=False, max_attempts=forms_taking.MOST_ATTEMPTS),
    inbox.WORK_JOB: Kind(inbox_working.work_from_job, atomic=False, max_attempts=inbox_working.MOST_ATTEMPTS),
    # Step by step, each with the note that it is done.
    erasing.JOB: Kind(erasing.work, atomic=False, max_attempts=50),
    exporting.JOB: Kind(exporting.work),
    aging.JOB: Kind(aging.work, atomic=False, max_attempts=50),
    CHUNK_JOB: Kind(work.work_off, atomic=False, max_attempts=50),
    REVERT_JOB: Kind(reverting.revert, atomic=False, max_attempts=50),
    operating.RUN_JOB: Kind(operating.run_tick, atomic=False, max_attempts=1),
}

LEAVING = frozenset({sending.SEND_JOB, planning.SEND_JOB, passwords.JOB})
"""Kinds that carry something out of the house: in a restored copy they wait (``channels.quarantine``)."""
