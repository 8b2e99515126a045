"""The signed paper comes back: its file goes where every contract's file goes, onto the lead's own contract."""

from datetime import date, datetime

from django.core.files import File
from django.db import transaction

from accounts.access import demand_write
from accounts.models import User
from common.changes import check_version, save_changes
from documents.choices import DocumentStatus
from documents.models import Document
from documents.services.preparing import demand_draft, locked
from leads.services.recording import record_contract

TERMS = {"provides": "terms.party_gives", "terms": "terms.conditions", "bank_service": "bank.service"}


@transaction.atomic
def sign(
    *, document: Document, by: User, at: datetime, signed_on: date, file: "File[bytes]",
    expected_version: int | None = None,
) -> Document:  # fmt: skip
    """Attach the signed file and write the contract down on the lead; signed already it changes nothing.

    Type by its first bytes, and size, are judged by ``leads.services.recording``. Raises Invalid, StaleVersion,
    NotAllowed.
    """
    demand_write(by)
    current = locked(document)
    if current.status == DocumentStatus.SIGNED:
        return current
    check_version(current, expected_version)
    demand_draft(current)
    last = current.versions.first()
    values = last.values if last is not None else {}
    said = {name: values[code] for name, code in TERMS.items() if values.get(code)}
    contract = record_contract(
        lead=current.lead, by=by, at=at, number=current.number, signed_on=signed_on, file=file, **said
    )
    return save_changes(current, {"status": DocumentStatus.SIGNED, "contract": contract})
