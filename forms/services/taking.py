"""What was sent becomes a lead, or a note for whoever works with that person already."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from agents.choices import ConsentSource
from agents.models import Party
from agents.services.consents import ConsentStands, record_consent
from agents.services.contacts import ContactDraft
from agents.services.parties import Known, KnownParty, PartyDraft
from common import clock
from common.errors import Refused
from common.events import publish
from forms.choices import Field, State
from forms.events import CameAgain
from forms.models import PublicForm, Submission
from forms.services.answering import duty_of
from funnel.choices import Origin
from jobs.registry import JobRun
from jobs.services import owe
from leads.choices import Outcome
from leads.drafts import KnownLead, LeadDraft
from leads.models import Lead
from leads.services.editing import add_note
from leads.services.intake import take_in

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 6
_ERROR_LENGTH = 300


def take_from_job(run: JobRun) -> None:
    """Effect and state are one transaction; a refusal is written down in another, what was typed stays for a retry."""
    pk, at = UUID(run.payload["submission"]), clock.now()
    try:
        take(pk=pk, at=at)
    except Refused as refusal:
        _fail(pk, refusal.message)
    except Exception:
        if run.attempts < MOST_ATTEMPTS:
            raise
        log.exception("A submission could not be taken in: %s", pk)
        _fail(pk, _("Сбой на нашей стороне. Попробуйте ещё раз или сообщите администратору."))


@transaction.atomic
def take(*, pk: UUID, at: datetime) -> State:
    """Take a submission in; one that is settled stays as it is. Raises Refused."""
    rows = Submission.objects.select_for_update(no_key=True, of=("self",))
    row: Submission = rows.select_related("form__account", "form__owner", "consent_text__form").get(pk=pk)
    if row.state != State.RECEIVED:
        return State(row.state)
    form, draft = row.form, _draft_of(row.form, row.kept)
    with pghistory.context(user=str(form.account_id), form=str(form.pk)):
        taken = take_in(drafts=[draft], by=form.account, at=at, origin=Origin.FORM)[0]
        if taken.refusal is None:
            lead: Lead | None = Lead.objects.select_related("party").get(pk=taken.lead_id)
            party, state = getattr(lead, "party", None), State.ACCEPTED
        elif isinstance(taken.refusal, KnownLead | KnownParty):
            party, state = _known(draft), State.KNOWN
            lead = _lead_of(party) or _begun(party, draft, at)
        else:
            raise taken.refusal
        _remember(row, party, lead, state, at)
    # Nobody works with him and nobody may begin: then the words stay here, or they would be lost.
    said = row.kept.get(Field.TEXT, "")
    kept = {Field.TEXT: said} if said and lead is None else {}
    Submission.objects.filter(pk=pk).update(state=state, lead=lead, party=party, kept=kept, error="")
    return state


@transaction.atomic
def try_again(*, submission: Submission, by: User, at: datetime) -> None:
    """Put a failed one back into the queue; any other stays as it is."""
    demand_administrator(by)
    failed = Submission.objects.filter(pk=submission.pk, state=State.FAILED)
    if failed.update(state=State.RECEIVED, error="", tries=F("tries") + 1):
        owe([duty_of(Submission.objects.get(pk=submission.pk), at)])


def _draft_of(form: PublicForm, kept: Mapping[str, str]) -> LeadDraft:
    contacts = tuple(
        ContactDraft(name, kept[name], preferred=name == Field.PHONE)
        for name in (Field.PHONE, Field.EMAIL)
        if kept.get(name)
    )
    fields = {"segment_id": form.segment_id, "initiative_id": form.initiative_id, "source_channel": form.title[:60]}
    return LeadDraft(
        kind=form.kind, owner=form.owner,
        party=PartyDraft(
            kind=form.kind, name=kept["name"], contacts=contacts, city=kept.get(Field.CITY, ""),
            segment_id=form.segment_id,
        ),
        fields={name: value for name, value in fields.items() if value},
    )  # fmt: skip


def _known(draft: LeadDraft) -> Party | None:
    """Whom the refusal is about, also where the form's account does not see him: nothing of it is shown outside."""
    return Known([draft.party], lock=False).find(draft.party) if draft.party else None


def _lead_of(party: Party | None) -> Lead | None:
    """The one that is worked now, else the last one."""
    rows = Lead.objects.filter(party=party).select_related("owner", "party")
    found: Lead | None = rows.filter(outcome=Outcome.OPEN).order_by("-touched_at").first()
    return found or rows.order_by("-created_at").first() if party is not None else None


def _begun(party: Party | None, draft: LeadDraft, at: datetime) -> Lead | None:
    """A lead for whoever the party is entrusted to, where it has none yet; the form's own account may not see it."""
    owner = party.owner if party is not None else None
    if party is None or owner is None or not owner.is_active or not owner.may_write:
        return None
    own = replace(draft, party=None, party_id=party.pk, owner=owner)
    taken = take_in(drafts=[own], by=owner, at=at, origin=Origin.FORM)[0]
    return Lead.objects.select_related("party").get(pk=taken.lead_id) if taken.refusal is None else None


def _remember(row: Submission, party: Party | None, lead: Lead | None, state: State, at: datetime) -> None:
    """The consent, the question, and, for somebody known, word to whoever works with him."""
    form, said = row.form, row.kept.get(Field.TEXT, "")
    if party is not None:
        _consent(row, party, at)
    again = state is State.KNOWN
    if lead is not None and (again or said):
        head = _("Снова обратился с формы «%(form)s»") if again else _("Написал в форме «%(form)s»")
        text = head % {"form": form.title} + (f":\n{said}" if said else ".")
        add_note(lead=lead, by=form.account, at=row.at, text=text)
    if again and party is not None:
        owner_id = (lead.owner_id if lead else None) or party.owner_id
        publish(CameAgain(row.pk, party.pk, party.kind, lead.pk if lead else None, owner_id, form.title, at))


def _consent(row: Submission, party: Party, at: datetime) -> None:
    try:
        record_consent(
            party=party, by=row.form.account, at=at, purpose=row.consent_text.purpose, source=ConsentSource.SITE,
            text_version=row.consent_text.version_name, given_at=row.at,
            text=row.consent_text.texts.get(row.language, ""),
        )  # fmt: skip
    except ConsentStands:
        log.debug("A consent for the same purpose is in force: %s", row.pk)


def _fail(pk: UUID, words: str) -> None:
    rows = Submission.objects.filter(pk=pk, state=State.RECEIVED)
    rows.update(state=State.FAILED, error=words[:_ERROR_LENGTH])
