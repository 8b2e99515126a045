"""Rows that are read together are those that each queryset would have given by itself."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from agents.models import Contact
from common import clock
from common.together import read_together
from leads.facts import promises_with_verdict
from leads.models import Meeting, Note, ValuePromise
from leads.services.recording import record_promise
from leads.value import bank_day
from tests.office import Office

pytestmark = pytest.mark.django_db


def plain(row: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_each_row_is_what_its_own_query_gives(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    for number in range(3):
        Meeting.objects.create(lead=lead, by=office.olim, planned_at=at + timedelta(hours=number), note=f"{number} %s")
        Note.objects.create(lead=lead, by=None, text=f"Заметка {number}", at=at)
    record_promise(
        lead=lead, by=office.olim, at=at, metric="оценок", baseline=Decimal("0.1"), target=Decimal("20.5"),
        due_on=bank_day(at) + timedelta(days=14),
    )  # fmt: skip
    asked = {
        "meetings": lead.meetings.all(),
        "notes": lead.notes.all()[:2],
        "promises": promises_with_verdict().filter(lead=lead).order_by("due_on", "id"),
        "contacts": Contact.objects.filter(party=lead.party_id),
        "nothing": ValuePromise.objects.none(),
        "empty": lead.interviews.all(),
    }
    with CaptureQueriesContext(connection) as seen:
        read = read_together(asked)
    assert len(seen) == 1
    for name, rows in asked.items():
        assert [plain(row) for row in read[name]] == [plain(row) for row in rows], name
    assert [row.note for row in read["meetings"]] == ["2 %s", "1 %s", "0 %s"]
    assert not any(row._state.adding for row in read["notes"])
