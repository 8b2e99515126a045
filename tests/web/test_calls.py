"""The journal of calls: its rows, its airtime and its file are one and the same, and calls stand on the cards."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from calls.services import CallDraft, log_call
from common import clock
from tests.office import Office

pytestmark = pytest.mark.django_db


def log(by: Any, *, hours: float = 2, **fields: Any) -> Any:
    at = clock.now() - timedelta(hours=hours)
    given = {"direction": "out", "at": at, "result": "talked", "duration_seconds": 605, "owner": by}
    return log_call(draft=CallDraft(**(given | fields)), by=by, at=clock.now()).call


def page_of(user: Any, path: str = "/calls/", **query: Any) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(path, query)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return str(content.decode())


def test_the_journal_shows_whom_how_long_and_the_recording_as_a_link(office: Office) -> None:
    lead = office.lead(name="Автосалон Мир")
    log(office.olim, lead=lead, recording_url="https://pbx.bank/1.mp3")
    page = page_of(office.olim)
    assert "Автосалон Мир" in page
    assert "10:05" in page
    assert 'href="https://pbx.bank/1.mp3"' in page
    assert 'rel="noopener noreferrer external"' in page
    assert "Автосалон Мир" not in page_of(office.sitora)


def test_the_usual_period_is_a_week_and_another_one_is_a_press_away(office: Office) -> None:
    log(office.olim, phone="+998901111111")
    log(office.olim, phone="+998902222222", hours=24 * 10)
    assert "902222222" not in page_of(office.olim).replace(" ", "").replace("-", "")
    assert "902222222" in page_of(office.olim, days="30").replace(" ", "").replace("-", "")
    assert "902222222" in page_of(office.olim, at_after="2020-01-01").replace(" ", "").replace("-", "")


def test_airtime_stands_by_person_and_day_beside_a_year_ago(office: Office) -> None:
    log(office.olim, duration_seconds=3600)
    log(office.oksana, duration_seconds=100)
    log(office.olim, duration_seconds=1800, hours=24 * 365 + 5)
    page = page_of(office.nodira, tab="airtime")
    people = page.partition("Разговор в среднем")[2]
    assert people.index("Olim") < people.index("Oksana")
    assert "1\u00a0ч" in page
    assert "год назад 30\u00a0мин" in page


def test_short_talks_are_marked_and_counted(office: Office) -> None:
    log(office.olim, duration_seconds=60, phone="+998901111111")
    log(office.olim, duration_seconds=600, phone="+998902222222")
    page = page_of(office.olim, likely_empty="true")
    assert "вероятно, пустой" in page
    assert "901111111" in page.replace(" ", "").replace("-", "")
    assert "902222222" not in page.replace(" ", "").replace("-", "")


def test_the_file_holds_the_rows_of_the_page_and_nothing_a_spreadsheet_would_run(office: Office) -> None:
    log(office.olim, lead=office.lead(name="=1+1"))
    log(office.olim, result="missed", duration_seconds=0)
    log(office.sitora)
    file = page_of(office.olim, "/calls/export/", result="talked")
    assert len(file.strip().splitlines()) == 2
    assert "'=1+1" in file
    client = Client()
    client.force_login(office.olim)
    assert client.get("/calls/export/", {"result": "nonsense"}).status_code == 422


def test_calls_stand_in_the_lead_s_feed_and_on_the_agent_s_card(office: Office) -> None:
    lead = office.lead(name="Автосалон Мир")
    log(office.olim, lead=lead, recording_url="https://pbx.bank/1.mp3")
    card = page_of(office.olim, reverse("leads:card", args=[lead.pk]))
    assert "Исходящий звонок: разговор" in card
    assert "https://pbx.bank/1.mp3" in card
    talks = page_of(office.olim, reverse("leads:card", args=[lead.pk]), feed="talks")
    assert "Исходящий звонок" in talks
    assert "Исходящий звонок" not in page_of(office.olim, reverse("leads:card", args=[lead.pk]), feed="notes")
    assert "10:05" in page_of(office.olim, reverse("agents:card", args=[lead.party_id]), tab="calls")
