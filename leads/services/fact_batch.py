"""Many facts at once, for roads that were gone elsewhere: one statement a kind of record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.access import demand_write
from accounts.models import User
from common.changes import save_changes
from leads.models import Agreement, Contract, Interview, Lead, Meeting, ValueMeasurement, ValuePromise
from leads.services import fact_rows
from leads.services.value import take_stock


@dataclass(frozen=True, slots=True)
class FactDraft:
    """One fact to write down: ``values`` as ``recording`` takes them for that record."""

    lead: Lead
    by: User
    at: datetime
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeasurementDraft:
    promise: ValuePromise
    by: User
    at: datetime
    values: Mapping[str, Any]


def record_meetings(drafts: Sequence[FactDraft]) -> list[Meeting]:
    return _save(Meeting, drafts, fact_rows.meeting_row)


@transaction.atomic
def record_interviews(drafts: Sequence[FactDraft]) -> list[Interview]:
    """A lead's own problem is filled when it was empty, as for a single interview."""
    rows = _save(Interview, drafts, fact_rows.interview_row)
    for row in rows:
        if not row.lead.problem:
            save_changes(row.lead, {"problem": row.problem})
    return rows


def record_agreements(drafts: Sequence[FactDraft]) -> list[Agreement]:
    return _save(Agreement, drafts, fact_rows.agreement_row)


def record_contracts(drafts: Sequence[FactDraft]) -> list[Contract]:
    return _save(Contract, drafts, fact_rows.contract_row)


def record_promises(drafts: Sequence[FactDraft]) -> list[ValuePromise]:
    return _save(ValuePromise, drafts, fact_rows.promise_row)


@transaction.atomic
def record_measurements(drafts: Sequence[MeasurementDraft]) -> list[ValueMeasurement]:
    """Nobody is told of each: what fell short is said by the next day's look (``services.value``)."""
    _demand_writers(draft.by for draft in drafts)
    rows = [fact_rows.measurement_row(promise=d.promise, by=d.by, at=d.at, **d.values) for d in drafts]
    made = ValueMeasurement.objects.bulk_create(rows, batch_size=1000)
    take_stock({row.promise_id for row in made})
    return made


def _save(model: Any, drafts: Sequence[FactDraft], row: Callable[..., Any]) -> list[Any]:
    """Each fact is a new record: nothing written down earlier is completed. Raises Invalid."""
    _demand_writers(draft.by for draft in drafts)
    rows = [row(lead=d.lead, by=d.by, at=d.at, **d.values) for d in drafts]
    made: list[Any] = model.objects.bulk_create(rows, batch_size=1000)
    return made


def _demand_writers(people: Iterable[User]) -> None:
    for person in {person.pk: person for person in people}.values():
        demand_write(person)
