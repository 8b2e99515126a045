"""Writing down the facts behind the gates. A fact can be completed later: a contract gets its file when signed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.services.contacts import ContactDraft, add_contact, guess_type
from agents.services.parties import update_party
from common.changes import save_changes
from common.errors import FieldError, Invalid
from common.events import publish
from common.outside import KnownOutside, meant_by
from leads.access import locked
from leads.choices import Direction, MeetingStatus
from leads.events import ContractSigned, MeetingPlanned, ValuePromised
from leads.models import Agreement, Contract, Interview, Lead, Meeting, ValueMeasurement, ValuePromise
from leads.services.contract_files import check_file
from leads.services.fact_names import go_on, save_new
from leads.services.fact_rows import (
    agreement_sides,
    contract_values,
    fitting,
    interview_row,
    measurement_row,
    meeting_values,
    promise_row,
    wrong,
)
from leads.services.value import judge

Facts = Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]]


def _each(facts: Facts) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record, given in facts.items():
        rows = [given] if isinstance(given, Mapping) else given
        yield from ((record, values) for values in rows)


@transaction.atomic
def record_facts(*, lead: Lead, by: User, at: datetime, facts: Facts) -> None:
    """Write several facts at once, keyed by record: party, contact, lead, meeting, interview, agreement, contract,
    promise, measurement; a list holds several of one record. Raises Invalid, KnownOutside; errors name the field as
    ``record.field``."""
    for record, values in _each(facts):
        if record not in RECORDERS:
            raise wrong(record, _("Такого факта нет."), "unknown")
        try:
            RECORDERS[record](lead=lead, by=by, at=at, **values)
        except Invalid as error:
            errors = [FieldError(f"{record}.{e.field}", e.code, e.message) for e in error.errors]
            raise Invalid(error.message, errors) from error
        except KnownOutside as error:
            raise KnownOutside(error.message, f"{record}.") from error
        except TypeError as error:
            raise wrong(record, _("Поля этого факта названы неверно или их не хватает."), "unknown_field") from error


def record_party(*, lead: Lead, by: User, at: datetime, name: str) -> None:
    update_party(party=lead.party, by=by, changes={"name": name})


def record_contact(*, lead: Lead, by: User, at: datetime, value: str, type: str = "", person: str = "") -> None:
    add_contact(party=lead.party, by=by, draft=ContactDraft(type or guess_type(value), value, person))


def record_lead(*, lead: Lead, by: User, at: datetime, **changes: Any) -> None:
    from leads.services.editing import update_lead

    update_lead(lead=lead, by=by, changes=changes)


@transaction.atomic
def record_meeting(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    planned_at: datetime | None = None,
    held_at: datetime | None = None,
    status: str = "",
    kind: str = "call",
    place: str = "",
    note: str = "",
    source: str = "",
    external_id: str = "",
    meeting: Meeting | None = None,
) -> Meeting:
    """Appoint a meeting, or complete one: without ``meeting`` the one planned first is completed when it was held.

    Raises Invalid when it was held in the future, when neither time is known, or for another lead's meeting;
    KnownOutside.
    """
    demand_write(by)
    if meeting is not None and meeting.lead_id != lead.pk:
        raise wrong("meeting", _("Эта встреча — с другим лидом."), "foreign")
    planned = lead.meetings.filter(status=MeetingStatus.PLANNED).order_by("planned_at")
    known = meeting or (meant_by(planned, source, external_id) if held_at or status else None)
    values = meeting_values(at=at, planned_at=planned_at, held_at=held_at, status=status, known=known)
    fitting(Meeting(lead=lead, kind=kind, place=place, note=note, **values))
    words = {name: text for name, text in {"place": place, "note": note}.items() if text}
    if known is not None:
        saved = go_on(known, values | words, source, external_id)
    else:
        saved = save_new(Meeting(lead=lead, by=by, kind=kind, **words, **values), source, external_id)
    ahead = saved.planned_at if saved.status == MeetingStatus.PLANNED else None
    publish(MeetingPlanned(lead.pk, saved.pk, ahead, by.pk, at))
    return saved


@transaction.atomic
def record_interview(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    problem: str = "",
    problem_validated: str = "",
    value_validated: str = "",
    utp_validated: str = "",
    quotes: str = "",
    held_at: datetime | None = None,
    source: str = "",
    external_id: str = "",
) -> Interview:
    """Write down a CustDev interview; the lead's own problem is filled when it was empty. Raises Invalid,
    KnownOutside."""
    demand_write(by)
    interview = interview_row(
        lead=lead, by=by, at=at, problem=problem, quotes=quotes, held_at=held_at, problem_validated=problem_validated,
        value_validated=value_validated, utp_validated=utp_validated,
    )  # fmt: skip
    save_new(interview, source, external_id)
    current = locked(lead)
    if not current.problem:
        save_changes(current, {"problem": interview.problem})
    return interview


@transaction.atomic
def record_agreement(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    agent_gives: str = "",
    bank_gives: str = "",
    source: str = "",
    external_id: str = "",
) -> Agreement:
    """Write down the verbal contract; the missing half of the last one is completed. Raises Invalid, KnownOutside."""
    demand_write(by)
    given = agreement_sides(agent_gives, bank_gives)
    last = meant_by(lead.agreements.all()[:1], source, external_id)
    if last is not None and not (last.agent_gives and last.bank_gives):
        return go_on(last, given, source, external_id)
    return save_new(Agreement(lead=lead, by=by, at=at, **given), source, external_id)


@transaction.atomic
def record_contract(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    number: str = "",
    signed_on: date | None = None,
    file: "File[bytes] | None" = None,
    provides: str = "",
    terms: str = "",
    bank_service: str = "",
    source: str = "",
    external_id: str = "",
    contract: Contract | None = None,
) -> Contract:
    """Write down the signed contract, or complete the last one (the named one, where ``contract`` is given).

    Raises Invalid for a date in the future, a file that is too large or not PDF, DOCX, JPG or PNG, nothing at all, or
    a named contract that is complete: a new paper is a new contract, only its name elsewhere may still be given.
    Raises KnownOutside.
    """
    demand_write(by)
    said = {"provides": provides, "terms": terms, "bank_service": bank_service}
    values = contract_values(at=at, number=number, signed_on=signed_on, terms=said)
    if contract is not None and external_id and not values and file is None:
        return go_on(contract, {}, source, external_id)
    if not values and file is None:
        raise wrong("number", _("Укажите номер, дату или приложите файл."), "required")
    fitting(Contract(lead=lead, **values))
    last = contract or meant_by(lead.contracts.all()[:1], source, external_id)
    complete = last is not None and last.number and last.signed_on and last.file
    if contract is not None and complete:
        message = _("Контракт записан полностью и не меняется. Новый контракт запишите отдельно.")
        raise wrong("contract", message, "complete")
    contract = last
    if contract is None or complete:
        contract = save_new(Contract(lead=lead, by=by), source, external_id)
    if file is not None:
        check_file(file)
        contract.file.save(PurePath(file.name or "contract").name[-100:], file, save=False)
        Contract.objects.filter(pk=contract.pk).update(file=contract.file.name)
        values["file_name"] = PurePath(file.name or "").name[:200]
    signed_before = contract.signed_on
    saved = go_on(contract, values, source, external_id)
    if saved.signed_on and saved.signed_on != signed_before:
        publish(ContractSigned(lead.pk, saved.pk, saved.signed_on, by.pk, at))
    return saved


@transaction.atomic
def record_promise(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    metric: str,
    target: Decimal,
    due_on: date,
    baseline: Decimal | None = None,
    unit: str = "",
    direction: str = Direction.UP,
    promised_on: date | None = None,
    source: str = "",
    external_id: str = "",
) -> ValuePromise:
    """Write down what was promised. Raises Invalid when the target is no better than the baseline, KnownOutside."""
    demand_write(by)
    promise = promise_row(
        lead=lead, by=by, at=at, metric=metric, baseline=baseline, target=target, due_on=due_on, unit=unit,
        direction=direction, promised_on=promised_on,
    )  # fmt: skip
    save_new(promise, source, external_id)
    publish(ValuePromised(lead.pk, promise.pk, promise.due_on, by.pk, at))
    return promise


@transaction.atomic
def record_measurement(
    *,
    lead: Lead,
    by: User,
    at: datetime,
    value: Decimal,
    measured_at: datetime | None = None,
    taken_from: str = "",
    source: str = "",
    external_id: str = "",
    promise: ValuePromise | None = None,
) -> ValueMeasurement:
    """Write down what came of a promise (without ``promise``: of the one due first that is not yet kept), and judge
    it. Raises Invalid for another lead's promise, a moment ahead or before the promise; KnownOutside."""
    demand_write(by)
    if promise is not None and promise.lead_id != lead.pk:
        raise wrong("promise", _("Это обещание — другому лиду."), "foreign")
    found = promise or lead.promises.order_by(F("kept_on").asc(nulls_first=True), "due_on").first()
    if found is None:
        raise wrong("promise", _("Сначала запишите обещание: что, было, будет, к какому дню."), "required")
    held = ValuePromise.objects.select_for_update(no_key=True).get(pk=found.pk)
    measurement = save_new(
        measurement_row(promise=held, by=by, at=at, value=value, measured_at=measured_at, taken_from=taken_from),
        source, external_id,
    )  # fmt: skip
    judge(held, round=measurement.pk.hex, at=at)
    return measurement


RECORDERS: dict[str, Callable[..., Any]] = {
    "party": record_party,
    "contact": record_contact,
    "lead": record_lead,
    "meeting": record_meeting,
    "interview": record_interview,
    "agreement": record_agreement,
    "contract": record_contract,
    "promise": record_promise,
    "measurement": record_measurement,
}
