"""The journal of views by itself: what is noted, when it is written, and what happens when it cannot be."""

import logging
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client

from agents.models import Party
from audit import journal
from audit.choices import Fields, Look
from audit.models import View
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_what_is_read_without_personal_columns_is_no_look(office: Office) -> None:
    party = office.lead().party
    with journal.looking(journal.Looking()) as one:
        list(Party.objects.only("id", "version"))
        assert not one.subjects
        list(Party.objects.all())
    assert set(one.subjects) == {party.pk}


def test_jobs_and_the_shell_note_nothing(office: Office) -> None:
    office.lead()
    list(Party.objects.all())
    journal.note([uuid4()], Fields.RAW)
    assert not View.objects.exists()


def test_a_long_look_leaves_several_entries(office: Office) -> None:
    with journal.looking(journal.Looking(look=Look.EXPORT)) as one:
        journal.note([uuid4() for _ in range(journal.MOST * 2 + 1)], Fields.IDENTITY)
        one.write()
    assert sorted(len(row.subjects) for row in View.objects.all()) == [1, journal.MOST, journal.MOST]


def test_an_export_is_noted_row_by_row(office: Office) -> None:
    leads, client = [office.lead() for _ in range(3)], Client()
    client.force_login(office.olim)
    assert client.get("/leads/export/").getvalue()
    entry = View.objects.latest("pk")
    assert (entry.look, entry.user_id) == (Look.EXPORT, office.olim.pk)
    assert len(entry.request_id) == 36  # the request's, although its stream is read when it is over
    assert {lead.party_id for lead in leads} <= set(entry.subjects)


def test_an_explicit_look_says_what_it_was_for(office: Office) -> None:
    party = office.lead().party
    journal.seen(
        user_id=office.olim.pk, look=Look.REVEAL, subjects=[party.pk], fields=[Fields.CONTACTS], purpose="звонок"
    )
    entry = View.objects.get()
    assert (entry.purpose, entry.fields, entry.subjects) == ("звонок", ["contacts"], [party.pk])


def test_who_was_refused_has_seen_nothing(office: Office) -> None:
    lead, client = office.lead(), Client()
    client.force_login(office.sitora)
    assert client.get(f"/leads/{lead.pk}/").status_code == 404
    assert not View.objects.filter(subjects__contains=[lead.party_id]).exists()


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_fails_stops_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lead, client = office.lead(), Client()
    client.force_login(office.olim)
    monkeypatch.setattr(journal, "_INSERT", "INSERT INTO nowhere ")
    with caplog.at_level(logging.ERROR, logger="audit.journal"):
        assert client.get(f"/leads/{lead.pk}/").status_code == 200
    assert "The journal of views took no entry for request" in caplog.text
    with pytest.raises(DatabaseError):
        View.objects.raw("SELECT * FROM nowhere")[0]
