"""The week's page: it shows the plan, adds by one line, moves by one press, and refuses in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backlog.models import Action, Goal, PriorityChange, Sprint
from backlog.services.actions import create_action
from backlog.services.goals import create_goal
from backlog.services.sprints import open_sprint
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)  # Monday, ten in Tashkent
PAGE = "/week/2026-W48/"
HTMX = {"HX-Request": "true", "HX-Target": "week", "HX-Current-URL": f"http://testserver{PAGE}"}


@pytest.fixture(autouse=True)
def _monday() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def _client(office: Office, name: str = "olim") -> Client:
    client = Client()
    client.force_login(getattr(office, name))
    return client


def _goal(office: Office, **fields: object) -> Goal:
    wanted = {"statement": "10 звонков", "metric": "calls", "target": Decimal(10), "segment": office.segment}
    return create_goal(sprint=_week(office), by=office.olim, **(wanted | fields))


def _week(office: Office, days: int = 0) -> Sprint:
    return open_sprint(owner=office.olim, day=NOW.date() + timedelta(days=days), by=office.olim)


def _action(office: Office, title: str = "Обзвонить оценщиков", **fields: object) -> Action:
    if "goal" not in fields and "sprint" not in fields:
        fields["sprint"] = _week(office)
    return create_action(owner=office.olim, title=title, by=office.olim, at=NOW, **fields)


def _text(response: object) -> str:
    return " ".join(response.content.decode().split())


def test_the_bare_address_leads_to_the_week_that_runs(office: Office) -> None:
    response = _client(office).get("/week/")
    assert response.url == PAGE


@pytest.mark.parametrize("code", ["2026-W54", "2026-48", "W48", "1900-W10", "9999-W01", "2026-W00", "x"])
def test_what_is_no_week_is_not_found(office: Office, code: str) -> None:
    assert _client(office).get(f"/week/{code}/").status_code == 404


def test_the_page_shows_goals_actions_ideas_and_what_is_left_of_last_week(office: Office) -> None:
    goal = _goal(office)
    _action(office, goal=goal, slot_at=NOW + timedelta(hours=2), location="Офис")
    _action(office, "Хорошая мысль", sprint=None)
    last = open_sprint(owner=office.olim, day=NOW.date() - timedelta(days=7), by=office.olim)
    create_action(owner=office.olim, title="Старое", by=office.olim, at=NOW - timedelta(days=5), sprint=last)
    text = _text(_client(office).get(PAGE))
    for words in ("Оценщики", "10 звонков", "0/10", "сегодня +0", "Обзвонить оценщиков", "пн 23, 12:00", "Офис",
                  "Хорошая мысль", "Осталось с прошлой недели: 1", "0,5 из 40 ч", "обед"):  # fmt: skip
        assert words in text, words


def test_looking_at_a_week_writes_nothing(office: Office) -> None:
    assert _client(office).get(PAGE).status_code == 200
    assert not Sprint.objects.exists()


def test_one_line_and_enter_add_an_action_where_the_line_stands(office: Office) -> None:
    goal, client = _goal(office), _client(office)
    client.post(f"{PAGE}add/", {"title": "К цели", "to": f"goal:{goal.pk}"})
    client.post(f"{PAGE}add/", {"title": "К сегменту", "to": f"segment:{office.segment.pk}"})
    client.post(f"{PAGE}add/", {"title": "Мысль", "to": "ideas:"})
    made = {row.title: row for row in Action.objects.all()}
    assert made["К цели"].goal == goal
    assert (made["К сегменту"].goal, made["К сегменту"].segment) == (None, office.segment)
    assert made["Мысль"].is_idea


def test_a_double_press_adds_once(office: Office) -> None:
    client = _client(office)
    for _ in range(2):
        client.post(f"{PAGE}add/", {"title": "Раз", "to": "segment:none", "_once": "a" * 36})
    assert Action.objects.count() == 1


def test_an_empty_line_is_refused_where_it_stands_and_opens_no_week(office: Office) -> None:
    response = _client(office).post(f"{PAGE}add/", {"title": "  ", "to": "segment:none"}, headers=HTMX)
    assert response.status_code == 422
    assert "Напишите, что сделать." in _text(response)
    assert not Sprint.objects.exists()


def test_a_press_gets_the_block_anew_and_a_plain_form_the_page(office: Office) -> None:
    action, client = _action(office), _client(office)
    url = reverse("actions:priority", args=[action.pk])
    fragment = client.post(url, {"to": "0", "next": PAGE, "version": "1"}, headers=HTMX, follow=True)
    assert fragment.content.decode().lstrip().startswith('<div id="week"')
    assert "приоритет 0, часы" in _text(fragment)
    plain = client.post(url, {"to": "1", "next": PAGE})
    assert (plain.status_code, plain.url) == (302, PAGE)


def test_priority_seven_is_refused_in_words(office: Office) -> None:
    action = _action(office)
    response = _client(office).post(reverse("actions:priority", args=[action.pk]), {"to": "7"})
    assert response.status_code == 422
    assert "Выберите 0 — часы" in _text(response)
    assert not PriorityChange.objects.exists()


def test_a_slot_in_the_past_and_an_overlap_are_refused_with_the_way_out(office: Office) -> None:
    action, client = _action(office, "Звонок"), _client(office)
    _action(office, "Встреча", slot_at=NOW + timedelta(hours=1))
    url = reverse("actions:slot", args=[action.pk])
    past = client.post(url, {"slot_at": (NOW - timedelta(hours=1)).isoformat()})
    assert past.status_code == 422
    assert "прошёл" in _text(past)
    clash = client.post(url, {"slot_at": (NOW + timedelta(hours=1)).isoformat(), "next": PAGE})
    assert clash.status_code == 409
    assert "«Звонок» пересекается с «Встреча» (11:00–11:30)" in _text(clash)
    free = (NOW + timedelta(hours=1, minutes=30)).isoformat()
    assert free in clash.content.decode()
    client.post(url, {"slot_at": free})
    action.refresh_from_db()
    assert action.slot_at == NOW + timedelta(hours=1, minutes=30)


def test_the_slot_picker_offers_only_free_working_time(office: Office) -> None:
    action = _action(office)
    _action(office, "Встреча", slot_at=NOW + timedelta(hours=1), minutes=60)
    text = _client(office).get(reverse("actions:slot", args=[action.pk])).content.decode()
    assert "2026-11-23T10:30:00+05:00" in text
    for gone in ("T09:00:00", "T11:00:00", "T11:30:00", "T13:00:00", "T18:00:00"):
        assert f"2026-11-23{gone}+05:00" not in text


def test_two_people_on_one_row_are_told_and_on_different_rows_are_not(office: Office) -> None:
    one, other = _action(office, "Раз"), _action(office, "Два")
    head, owner = _client(office, "nodira"), _client(office)
    assert head.post(reverse("actions:priority", args=[one.pk]), {"to": "0", "version": "1"}).status_code == 302
    late = owner.post(reverse("actions:priority", args=[one.pk]), {"to": "1", "version": "1"})
    assert late.status_code == 409
    assert "изменили, пока вы работали" in _text(late)
    assert owner.post(reverse("actions:priority", args=[other.pk]), {"to": "1", "version": "1"}).status_code == 302


def test_the_menu_moves_to_another_goal_to_ideas_and_to_the_next_week(office: Office) -> None:
    goal, action, client = _goal(office), _action(office), _client(office)
    url = reverse("actions:move", args=[action.pk])
    for to, check in (
        (f"goal:{goal.pk}", lambda row: row.goal == goal),
        ("ideas", lambda row: row.is_idea),
        ("week", lambda row: row.sprint.starts_on == NOW.date()),
        ("next", lambda row: row.sprint.starts_on == NOW.date() + timedelta(days=7)),
    ):
        assert client.post(url, {"to": to, "next": PAGE}).status_code == 302
        assert check(Action.objects.select_related("sprint", "goal").get()), to
    assert client.post(url, {"to": "moon"}).status_code == 422


def test_a_goal_without_a_metric_is_sent_back_with_what_was_typed(office: Office) -> None:
    response = _client(office).post(f"{PAGE}goals/new/", {"statement": "Много звонков", "target": "10"})
    assert response.status_code == 422
    text = _text(response)
    assert "Выберите метрику" in text
    assert 'value="Много звонков"' in text
    assert not Sprint.objects.exists()


def test_an_own_metric_is_written_down_and_a_counted_one_is_not(office: Office) -> None:
    own, counted = _goal(office, metric="own", metric_name="Обученные", unit="чел."), _goal(office)
    client = _client(office)
    assert client.post(reverse("week:goal_value", args=[own.pk]), {"value": "3,5"}).status_code == 302
    assert "3,5/10" in _text(client.get(PAGE))
    refused = client.post(reverse("week:goal_value", args=[counted.pk]), {"value": "3"})
    assert "считается из итогов действий" in _text(refused)


def test_the_rest_of_last_week_comes_over_by_one_press(office: Office) -> None:
    last = open_sprint(owner=office.olim, day=NOW.date() - timedelta(days=7), by=office.olim)
    for title in ("Раз", "Два"):
        create_action(owner=office.olim, title=title, by=office.olim, at=NOW - timedelta(days=5), sprint=last)
    client = _client(office)
    for _ in range(2):
        assert client.post(f"{PAGE}carry/", {"move": "1"}).status_code == 302
    assert set(Action.objects.values_list("sprint__starts_on", flat=True)) == {NOW.date()}
    assert PriorityChange.objects.count() == 2


def test_the_review_shows_plan_and_fact_and_moves_what_is_ticked(office: Office) -> None:
    goal, kept, left = _goal(office), _action(office, "Перенести"), _action(office, "Оставить")
    client = _client(office)
    assert goal.statement in _text(client.get(f"{PAGE}review/"))
    client.post(f"{PAGE}review/", {"worked": "Звонки утром", "action": str(kept.pk), "version": "1"})
    week = _week(office)
    assert (week.status, week.worked) == ("closed", "Звонки утром")
    kept.refresh_from_db()
    left.refresh_from_db()
    assert (kept.sprint == week, left.sprint == week) == (False, True)


def test_a_head_sees_his_peoples_weeks_and_a_stranger_does_not(office: Office) -> None:
    _action(office)
    query = f"?owner={office.olim.pk}"
    assert "Обзвонить оценщиков" in _text(_client(office, "nodira").get(PAGE + query))
    assert _client(office, "sitora").get(PAGE + query).status_code == 404


def test_the_page_of_an_action_keeps_the_history_of_its_priority(office: Office) -> None:
    action, client = _action(office), _client(office)
    url = reverse("actions:page", args=[action.pk])
    client.post(reverse("actions:priority", args=[action.pk]), {"to": "0", "reason": "просил директор"})
    text = _text(client.get(url))
    assert "неделя → <strong>часы</strong>" in text
    assert "просил директор" in text
    wrong = client.post(url, {"title": "Обзвон", "kind": "call", "minutes": "1800", "due_at": "2026-11-24T10:00"})
    assert wrong.status_code == 422
    assert "от 5 минут до 12 часов" in _text(wrong)


def test_a_ring_is_named_at_its_field(office: Office) -> None:
    one, other = _action(office, "Первое"), _action(office, "Второе")
    client = _client(office)
    client.post(reverse("actions:follows", args=[other.pk]), {"follows": str(one.pk)})
    ring = client.post(reverse("actions:follows", args=[one.pk]), {"follows": str(other.pk)})
    assert ring.status_code == 422
    assert "кольцо: «Первое» → «Второе» → «Первое»" in _text(ring)


def test_a_reader_gets_no_forms(office: Office) -> None:
    _action(office)
    text = _text(_client(office, "aziz").get(f"{PAGE}?owner={office.olim.pk}"))
    assert "Обзвонить оценщиков" in text
    assert "+ Действие" not in text
    assert "data-handle" not in text


def test_forty_actions_cost_no_more_queries_than_one(office: Office, django_assert_max_num_queries: object) -> None:
    goal, client = _goal(office), _client(office)
    for number in range(40):
        _action(office, f"Действие {number}", goal=goal)
    client.get(PAGE)
    with django_assert_max_num_queries(14):  # twelve, and the two of the session and its person
        assert client.get(PAGE).status_code == 200
