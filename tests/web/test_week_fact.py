"""The week as it went: the switch «План — Факт»; and the plan of the last week for an empty one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backlog.models import Action
from backlog.services.actions import create_action
from backlog.services.results import record_result
from backlog.services.sprints import open_sprint
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)  # Monday, ten in Tashkent
PAGE, NEXT = "/week/2026-W48/", "/week/2026-W49/"


@pytest.fixture
def client(office: Office):
    with time_machine.travel(NOW, tick=False):
        one = Client()
        one.force_login(office.olim)
        yield one


def _action(office: Office, title: str, **fields: object) -> Action:
    week = open_sprint(owner=office.olim, day=NOW.date(), by=office.olim)
    return create_action(owner=office.olim, title=title, by=office.olim, at=NOW, sprint=week, **fields)


def test_the_fact_shows_what_was_done_when_it_was_done(office: Office, client: Client) -> None:
    done = _action(office, "Сделанный звонок", minutes=30, slot_at=NOW + timedelta(days=2))
    record_result(action=done, by=office.olim, at=NOW, outcome="agreed")
    _action(office, "Ещё впереди")
    plan, fact = client.get(PAGE), client.get(PAGE, {"show": "fact"})
    assert "Ещё впереди" in plan.content.decode()
    text = fact.content.decode()
    assert "Сделанный звонок" in text
    assert "Ещё впереди" not in text
    entry = [e for day in fact.context["week"].days for e in day.entries]
    assert [(e.begins.weekday(), e.clock) for e in entry] == [(0, "09:30")]
    assert fact.context["planned"] == 0.5


def test_the_fact_is_only_read(office: Office, client: Client) -> None:
    _action(office, "Ещё впереди")
    text = client.get(PAGE, {"show": "fact"}).content.decode()
    assert "data-handle" not in text
    assert reverse("week:add", args=["2026-W48"]) not in text
    assert "Сделанных действий" not in text or "Ещё впереди" not in text


def test_an_empty_week_offers_the_plan_of_the_last_and_takes_it_by_one_press(office: Office, client: Client) -> None:
    _action(office, "Обзвонить оценщиков")
    page = client.get(NEXT).content.decode()
    assert "Взять план недели 48" in page
    taken = client.post(reverse("week:repeat", args=["2026-W49"]), {"_once": "a"})
    assert taken.url == NEXT
    assert "Обзвонить оценщиков" in client.get(NEXT).content.decode()
    assert "Взять план недели" not in client.get(NEXT).content.decode()


def test_without_an_earlier_plan_nothing_is_offered_and_the_press_is_answered_in_words(
    office: Office, client: Client
) -> None:
    assert "Взять план недели" not in client.get(NEXT).content.decode()
    refused = client.post(reverse("week:repeat", args=["2026-W49"]), {"_once": "b"})
    assert refused.status_code == 422
    assert "повторить пока нечего" in refused.content.decode()


def test_an_auditor_takes_no_plan(office: Office, client: Client) -> None:
    auditor = Client()
    auditor.force_login(office.aziz)
    where = reverse("week:repeat", args=["2026-W49"]) + f"?owner={office.olim.pk}"
    assert auditor.post(where, {"_once": "c"}).status_code == 403
