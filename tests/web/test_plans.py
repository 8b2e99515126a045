"""The page of the weekly plan of leads: numbers that open their rows, targets typed in place, the way from a goal."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from agents.models import Segment
from backlog.models import Goal
from common import clock
from funnel import rollups
from plans.models import LeadPlan, PlanTarget
from plans.services import open_plan, set_targets
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)  # Wednesday, eleven in Tashkent
MONDAY, PAGE = date(2026, 11, 23), "/plans/2026-W48/"
HTMX = {"HX-Request": "true", "HX-Target": "plan", "HX-Current-URL": f"http://testserver{PAGE}"}


@pytest.fixture(autouse=True)
def _wednesday() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def _client(office: Office, name: str = "olim") -> Client:
    client = Client()
    client.force_login(getattr(office, name))
    return client


def _plan(office: Office, contact: int | None = 10, segment: Segment | None = None) -> LeadPlan:
    plan = open_plan(owner=office.olim, segment=segment or office.segment, week=MONDAY, by=office.olim, at=NOW)
    return set_targets(plan=plan, by=office.olim, at=NOW, targets={office.stage("contact"): contact})


def _text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def _numbers(office: Office, plan: LeadPlan, **typed: str) -> dict[str, str]:
    """What the row's form sends: every stage as it stands, some of them typed over."""
    known = {row.stage.code: row for row in plan.targets.select_related("stage")}
    sent = {}
    for code in ("contact", "meeting", "custdev", "verbal_contract", "signed_contract", "value_delivered"):
        stage, row = office.stage(code), known.get(code)
        sent[f"t-{stage.pk}"] = typed.get(code, str(row.target) if row else "")
        sent[f"v-{stage.pk}"] = str(row.version if row else 0)
    return sent


class TestReading:
    def test_the_bare_address_leads_to_the_week_that_runs_and_keeps_the_question(self, office: Office) -> None:
        assert _client(office).get("/plans/?owner=all").url == f"{PAGE}?owner=all"

    @pytest.mark.parametrize("path", ["/plans/2026-W54/", "/plans/x/", f"{PAGE}?owner=x", f"{PAGE}?funnel=x"])
    def test_what_is_no_plan_is_not_found(self, office: Office, path: str) -> None:
        assert _client(office).get(path).status_code == 404

    def test_a_strangers_plan_is_not_found(self, office: Office) -> None:
        assert _client(office).get(f"{PAGE}?owner={office.sitora.pk}").status_code == 404

    def test_plan_fact_and_pace_stand_in_one_cell(self, office: Office) -> None:
        _plan(office, 40)
        office.lead(segment_id=office.segment.pk)
        rollups.refresh(at=NOW)
        text = _text(_client(office).get(PAGE))
        for words in ("Оценщики", "охват 100", 'value="40"', "темп 18", "Итого за неделю", "План лидов: "):
            assert words in text, words

    def test_a_fact_opens_exactly_the_rows_that_it_counts(self, office: Office) -> None:
        _plan(office)
        for name in ("Первый", "Второй"):
            office.lead(name=name, segment_id=office.segment.pk)
        office.lead(office.oksana, name="Чужой", segment_id=office.segment.pk)
        office.lead(name="Без сегмента")
        rollups.refresh(at=NOW)
        client = _client(office)
        html = client.get(PAGE).content.decode()
        line = html[html.index('id="plan-') :]
        url = line[line.index('href="/reports/rows/') + 6 :].split('"')[0].replace("&amp;", "&")
        rows = _text(client.get(url))
        assert "Первый" in rows
        assert "Второй" in rows
        assert "Чужой" not in rows
        assert "Без сегмента" not in rows
        assert "1</td>" in html  # the lead of no segment stands outside the plan

    def test_the_week_and_the_plan_lead_to_each_other(self, office: Office) -> None:
        client = _client(office)
        assert f'href="{PAGE}?owner={office.olim.pk}"' in client.get("/week/2026-W48/").content.decode()
        assert 'href="/week/2026-W48/' in client.get(PAGE).content.decode()

    def test_a_head_sees_the_rows_of_his_people_at_once(self, office: Office) -> None:
        _plan(office)
        text = _text(_client(office, "nodira").get(PAGE))
        assert "Olim · охват 100" in text

    def test_an_auditor_reads_and_types_nothing(self, office: Office) -> None:
        _plan(office)
        text = _text(_client(office, "aziz").get(PAGE))
        assert "Оценщики" in text
        assert '<input class="input plan-target' not in text
        assert "Добавить сегмент" not in text

    def test_a_past_week_is_shown_and_not_typed_into(self, office: Office) -> None:
        _plan(office)
        with time_machine.travel(NOW + timedelta(days=7), tick=True):
            text = _text(_client(office).get(PAGE))
        assert "Неделя прошла" in text
        assert "plan-target" not in text

    def test_an_empty_week_says_how_to_begin(self, office: Office) -> None:
        assert "Добавьте сегмент и посчитайте от цели" in _text(_client(office).get(PAGE))

    def test_a_plan_above_the_reach_is_told(self, office: Office) -> None:
        _plan(office, 150)
        assert "План 150 больше охвата 100" in _text(_client(office).get(PAGE))


class TestWriting:
    def test_a_segment_is_added_once_whoever_presses_twice(self, office: Office) -> None:
        client = _client(office)
        for _press in range(2):
            response = client.post(f"{PAGE}add/", {"segment": str(office.segment.pk)})
            assert response.status_code == 302
        assert LeadPlan.objects.get().owner == office.olim

    @pytest.mark.parametrize("key", ["", "x", "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000"])
    def test_no_segment_is_no_row(self, office: Office, key: str) -> None:
        assert _client(office).post(f"{PAGE}add/", {"segment": key}).status_code in {404, 422}
        assert not LeadPlan.objects.exists()

    def test_a_segment_of_the_other_funnel_is_refused_in_words(self, office: Office) -> None:
        clients = Segment.objects.create(kind="client", name="Продавцы", team=office.north)
        response = _client(office).post(f"{PAGE}add/", {"segment": str(clients.pk)})
        assert response.status_code == 422
        assert "из другой воронки" in _text(response)

    def test_typed_numbers_are_kept_and_a_fragment_gets_the_block_anew(self, office: Office) -> None:
        plan = _plan(office)
        client = _client(office)
        response = client.post(f"/plans/rows/{plan.pk}/save/", _numbers(office, plan, contact="1 200", custdev="5"))
        assert response.status_code == 302
        assert dict(plan.targets.values_list("stage__code", "target")) == {"contact": 1200, "custdev": 5}
        block = client.get(PAGE, headers=HTMX).content.decode()
        assert block.strip().startswith('<div id="plan"')

    def test_an_emptied_number_takes_the_target_away(self, office: Office) -> None:
        plan = _plan(office)
        _client(office).post(f"/plans/rows/{plan.pk}/save/", _numbers(office, plan, contact=""))
        assert not PlanTarget.objects.exists()

    @pytest.mark.parametrize("typed", ["-3", "много", "1.5", "9" * 30, "١٢", "100001"])
    def test_what_is_no_number_stands_in_the_row_as_typed(self, office: Office, typed: str) -> None:
        plan = _plan(office)
        response = _client(office).post(f"/plans/rows/{plan.pk}/save/", _numbers(office, plan, custdev=typed))
        assert response.status_code == 422
        assert "от 0 до 100 000" in _text(response).replace("\u00a0", " ")
        assert f'value="{typed}"' in response.content.decode()
        assert plan.targets.get().target == 10

    def test_a_number_changed_by_another_meanwhile_is_told_and_what_was_typed_stays(self, office: Office) -> None:
        plan = _plan(office)
        mine = _numbers(office, plan, contact="15")
        set_targets(plan=plan, by=office.nodira, at=clock.now(), targets={office.stage("contact"): 12})
        client, where = _client(office), f"/plans/rows/{plan.pk}/save/"
        response = client.post(where, mine)
        assert response.status_code == 409
        assert "теперь он 12" in _text(response)
        assert 'value="15"' in response.content.decode()
        again = _numbers(office, plan, contact="15")
        assert client.post(where, again).status_code == 302
        assert plan.targets.get().target == 15

    def test_a_past_week_takes_nothing(self, office: Office) -> None:
        plan = _plan(office)
        sent = _numbers(office, plan, contact="99")
        with time_machine.travel(NOW + timedelta(days=7), tick=True):
            client = _client(office)
            answers = [
                client.post(f"/plans/rows/{plan.pk}/save/", sent), client.post(f"/plans/rows/{plan.pk}/drop/"),
                client.post(f"{PAGE}copy/"), client.post(f"{PAGE}add/", {"segment": str(office.segment.pk)}),
            ]  # fmt: skip
        assert [answer.status_code for answer in answers][:3] == [409, 409, 409]
        assert plan.targets.get().target == 10

    def test_last_weeks_plan_is_taken_by_one_press(self, office: Office) -> None:
        with time_machine.travel(NOW - timedelta(days=7), tick=True):
            old = open_plan(
                owner=office.olim, segment=office.segment, week=clock.now().date(), by=office.olim, at=clock.now()
            )
            set_targets(plan=old, by=office.olim, at=clock.now(), targets={office.stage("contact"): 30})
        assert _client(office).post(f"{PAGE}copy/").status_code == 302
        assert PlanTarget.objects.get(plan__week=MONDAY).target == 30

    def test_a_row_is_dropped_with_its_numbers(self, office: Office) -> None:
        plan = _plan(office)
        assert _client(office).post(f"/plans/rows/{plan.pk}/drop/").status_code == 302
        assert not LeadPlan.objects.exists()

    def test_a_head_plans_for_his_person_and_a_stranger_meets_nothing(self, office: Office) -> None:
        plan = _plan(office)
        sent = _numbers(office, plan, contact="12")
        assert _client(office, "sitora").post(f"/plans/rows/{plan.pk}/save/", sent).status_code == 404
        assert _client(office, "aziz").post(f"/plans/rows/{plan.pk}/save/", sent).status_code == 403
        assert _client(office, "nodira").post(f"/plans/rows/{plan.pk}/save/", sent).status_code == 302
        assert plan.targets.get().target == 12


class TestFromTheGoal:
    def _ask(self, office: Office, plan: LeadPlan, wanted: str = "10", post: bool = False) -> Any:
        data = {"goal": str(office.stage("verbal_contract").pk), "wanted": wanted}
        client, where = _client(office), f"/plans/rows/{plan.pk}/from-goal/"
        return client.post(where, data) if post else client.get(where, data)

    def test_the_way_back_is_shown_with_its_doubts(self, office: Office) -> None:
        text = _text(self._ask(office, _plan(office, None))).replace("\u00a0", " ")
        for words in ("в четырёх случаях из пяти", "мало данных: опирались на вашу оценку", "Охват сегмента 100",
                      "Работы на", "Заполнить строку"):  # fmt: skip
            assert words in text, words
        assert not PlanTarget.objects.exists()

    def test_accepting_fills_the_row_up_to_the_goal(self, office: Office) -> None:
        plan = _plan(office, 3)
        assert self._ask(office, plan, post=True).status_code == 302
        found = dict(plan.targets.values_list("stage__code", "target"))
        assert found["verbal_contract"] == 10
        assert found["contact"] > found["meeting"] > found["custdev"] > 10

    @pytest.mark.parametrize("wanted", ["-1", "x", "", "1000001"])
    def test_an_absurd_goal_is_refused_beside_its_field(self, office: Office, wanted: str) -> None:
        plan = _plan(office, None)
        assert self._ask(office, plan, wanted).status_code == 422
        assert self._ask(office, plan, wanted, post=True).status_code == 422
        assert not PlanTarget.objects.exists()

    def test_people_of_the_segment_that_are_taken_are_counted_once(self, office: Office) -> None:
        plan = _plan(office, None)
        office.lead(segment_id=office.segment.pk)
        office.lead(office.oksana, segment_id=office.segment.pk)
        assert "уже взято 2" in _text(self._ask(office, plan, "1"))

    def test_it_opens_with_what_is_planned_furthest(self, office: Office) -> None:
        plan = _plan(office, 10)
        set_targets(plan=plan, by=office.olim, at=NOW, targets={office.stage("custdev"): 4})
        html = _client(office).get(f"/plans/rows/{plan.pk}/from-goal/").content.decode()
        assert f'<option value="{office.stage("custdev").pk}" selected>' in html
        assert 'value="4"' in html


class TestGoals:
    def test_a_number_becomes_a_goal_of_the_week_by_one_press_and_only_once(self, office: Office) -> None:
        plan = _plan(office)
        client, where = _client(office), f"/plans/rows/{plan.pk}/goal/contact/"
        for _press in range(2):
            assert client.post(where).status_code == 302
        goal = Goal.objects.get()
        assert (goal.metric, int(goal.target), goal.segment, goal.owner) == ("contact", 10, office.segment, office.olim)
        assert f"#goal-{goal.pk}" in client.get(PAGE).content.decode()

    @pytest.mark.parametrize("code", ["custdev", "no_such_stage"])
    def test_nothing_planned_is_no_goal(self, office: Office, code: str) -> None:
        plan = _plan(office)
        assert _client(office).post(f"/plans/rows/{plan.pk}/goal/{code}/").status_code in {404, 422}
        assert not Goal.objects.exists()
