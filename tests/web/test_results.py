"""The result bar: one press by a plain form, what an outcome asks besides, undo, and who may press at all."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from backlog.models import Action, ActionResult
from backlog.services.actions import create_action, update_action
from backlog.services.sprints import open_sprint
from common import clock
from leads.models import Lead, LossReason
from leads.services import outcomes
from leads.services.editing import plan_next_step, update_lead
from tests.office import Office
from tests.web.parties import queries, signed_in

pytestmark = pytest.mark.django_db
HELD = "2026-11-20T10:30"


def of_lead(lead: Lead) -> str:
    return reverse("results:lead", args=[lead.pk])


def of_action(action: Action) -> str:
    return reverse("results:action", args=[action.pk])


def plan(office: Office, lead: Lead | None = None, **fields: Any) -> Action:
    at = clock.now()
    week = open_sprint(owner=office.olim, day=at.astimezone(office.olim.zone).date(), by=office.olim)
    named = {"title": "Позвонить и договориться", "kind": "call", "priority": 1, "sprint": week} | fields
    return create_action(owner=office.olim, by=office.olim, at=at, lead=lead, **named)


def names(text: str) -> set[str]:
    """Fields that a form shows, without the hidden ones."""
    found = re.findall(r"<(?:input|textarea|select)[^>]*>", text)
    return {re.search(r'name="([^"]+)"', tag)[1] for tag in found if 'type="hidden"' not in tag and "name=" in tag}  # type: ignore[index]


def hidden(text: str) -> dict[str, str]:
    """What the form of the result sends unseen."""
    form = re.search(r'<form[^>]+action="/results/.*?</form>', text, re.DOTALL)
    assert form
    text = form[0]
    tags = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return {name: unescape(value) for name, value in tags if name != "csrfmiddlewaretoken"}


# --- one press -------------------------------------------------------------------------------------------------


def test_one_press_of_a_plain_form_writes_outcome_note_and_step(office: Office) -> None:
    lead = office.lead(name="Orient Auto")
    browser = signed_in(office.olim)
    text = browser.get(of_lead(lead)).content.decode()
    assert 'name="outcome" value="not_reached"' in text
    sent = hidden(text) | {"outcome": "not_reached", "when": "default", "note": "Гудки"}
    assert browser.post(of_lead(lead), sent)["Location"] == reverse("leads:card", args=[lead.pk])
    lead.refresh_from_db()
    assert lead.next_action == "Позвонить ещё раз"
    assert lead.next_action_at > clock.now()
    assert ActionResult.objects.get().note == "Гудки"
    card = browser.get(reverse("leads:card", args=[lead.pk])).content.decode()
    assert "Orient Auto: нет ответа" in card
    assert reverse("results:undo", args=[ActionResult.objects.get().pk]) in card


def test_a_chip_moves_the_step_and_no_step_plans_none(office: Office) -> None:
    moved, bare = office.lead(), office.lead()
    browser = signed_in(office.olim)
    browser.post(of_lead(moved), {"outcome": "objection", "when": "tomorrow"})
    browser.post(of_lead(bare), {"outcome": "objection", "when": "none"})
    moved.refresh_from_db()
    bare.refresh_from_db()
    assert f"{moved.next_action_at.astimezone(office.olim.zone):%H:%M}" == "10:00"
    assert bare.next_action_at is None


def test_the_action_that_is_due_today_is_done_by_the_result_of_its_lead(office: Office) -> None:
    lead = office.lead()
    due, later = plan(office, lead, due_at=clock.now()), plan(office, lead, due_at=clock.now() + timedelta(days=9))
    signed_in(office.olim).post(of_lead(lead), {"outcome": "agreed"})
    assert Action.objects.get(pk=due.pk).status == "done"
    assert Action.objects.get(pk=later.pk).status == "planned"
    assert ActionResult.objects.get().action == due


def test_the_result_leads_back_to_this_site_only(office: Office) -> None:
    browser = signed_in(office.olim)
    back = {"outcome": "objection", "next": "/leads/?view=mine"}
    assert browser.post(of_lead(office.lead()), back)["Location"] == "/leads/?view=mine"
    lead = office.lead()
    away = {"outcome": "objection", "next": "https://evil.example/"}
    assert browser.post(of_lead(lead), away)["Location"] == reverse("leads:card", args=[lead.pk])
    undo = reverse("results:undo", args=[ActionResult.objects.get(lead=lead).pk])
    assert browser.post(undo, {"next": "https://evil.example/"})["Location"] == reverse("leads:card", args=[lead.pk])


def test_the_dialog_sends_the_page_behind_to_itself(office: Office) -> None:
    lead = office.lead()
    behind = {"HX-Request": "true", "HX-Current-URL": "http://testserver/leads/board/?kind=agent"}
    browser = signed_in(office.olim)
    text = browser.get(of_lead(lead), headers=behind).content.decode()
    assert "<html" not in text
    answer = browser.post(of_lead(lead), hidden(text) | {"outcome": "objection"}, headers=behind)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/leads/board/?kind=agent")


# --- what an outcome asks --------------------------------------------------------------------------------------


def test_a_refusal_asks_its_reason_by_buttons_and_loses_nothing(office: Office) -> None:
    lead = office.lead()
    browser = signed_in(office.olim)
    sent = {
        "outcome": "refused",
        "note": "Ушли к соседям",
        "next": "/leads/",
        "version": lead.version,
        "_once": uuid4(),
    }
    asked = browser.post(of_lead(lead), sent)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert f'name="reason" value="{LossReason.objects.first().pk}"' in text
    assert not ActionResult.objects.exists()
    again = hidden(text)
    assert (again["note"], again["next"], again["outcome"]) == ("Ушли к соседям", "/leads/", "refused")
    answer = browser.post(of_lead(lead), again | {"reason": LossReason.objects.first().pk})
    assert answer["Location"] == "/leads/"
    lead.refresh_from_db()
    assert (lead.outcome, lead.loss_reason) == ("lost", LossReason.objects.first())
    assert lead.notes.get().text == "Ушли к соседям"


def test_a_verbal_contract_asks_exactly_what_is_missing_and_records_when_it_is_there(office: Office) -> None:
    utp, lead = office.utp, office.lead(segment_id=office.segment.pk)
    action = plan(office, lead)
    browser = signed_in(office.olim)
    sent = {"outcome": "verbal_contract", "note": "Ударили по рукам", "version": action.version, "when": "days"}
    asked = browser.post(of_action(action), sent)
    text = asked.content.decode()
    assert asked.status_code == 409
    assert not ActionResult.objects.exists()
    gate = text[text.index("data-gate") :]
    shown = names(gate[: gate.index("</form>")])
    assert {"agreement-agent_gives", "agreement-bank_gives", "meeting-held_at"} <= shown
    # What is promised belongs to the verbal contract: offered beside the terms, never asked for.
    offered = {"promise"}
    asked = {"meeting", "interview", "agreement", "lead"}
    assert not [name for name in shown if name.split("-")[0] not in asked | offered]
    assert 'name="record"' not in text
    assert 'name="waive"' not in text
    again = hidden(text)
    assert again["note"] == "Ударили по рукам"
    address = unescape(re.search(r'action="(/results/[^"]+)"', text)[1])  # type: ignore[index]
    filled = {
        "meeting-planned_at": HELD, "meeting-held_at": HELD, "meeting-kind": "call",
        "agreement-agent_gives": "20 оценок", "agreement-bank_gives": "Выдача за день",
        "interview-problem": "Долгая выдача", "lead-utp": utp.pk,
        "interview-problem_validated": "yes", "interview-value_validated": "yes", "interview-utp_validated": "yes",
    }  # fmt: skip
    half = browser.post(address, again | {name: v for name, v in filled.items() if name != "agreement-bank_gives"})
    assert half.status_code == 422
    assert "20 оценок" in half.content.decode()
    done = browser.post(address, hidden(half.content.decode()) | filled)
    assert done.status_code == 302, done.content.decode()
    lead.refresh_from_db()
    assert lead.stage.code == "verbal_contract"
    assert ActionResult.objects.get().note == "Ударили по рукам"
    assert Action.objects.get(pk=action.pk).status == "done"


def test_a_step_in_the_past_comes_back_with_what_was_typed(office: Office) -> None:
    lead = office.lead()
    sent = {
        "outcome": "objection",
        "when": "own",
        "at": "2026-01-02T10:00",
        "text": "Показать расчёт",
        "note": "Дорого",
    }
    answer = signed_in(office.olim).post(of_lead(lead), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "не раньше" in text
    assert "Показать расчёт" in text
    assert "Дорого" in text
    assert not ActionResult.objects.exists()


@pytest.mark.parametrize("outcome", ["", "won", "'; --", "x" * 5000])
def test_an_outcome_that_is_none_is_told(office: Office, outcome: str) -> None:
    answer = signed_in(office.olim).post(of_lead(office.lead()), {"outcome": outcome, "note": "Не потерять"})
    assert answer.status_code == 422
    assert "Не потерять" in answer.content.decode()


# --- twice, at once, too late ----------------------------------------------------------------------------------


def test_a_second_press_of_the_same_form_writes_one_result(office: Office) -> None:
    lead, sent = office.lead(), {"outcome": "objection", "_once": str(uuid4())}
    browser = signed_in(office.olim)
    first, second = (browser.post(of_lead(lead), sent) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert ActionResult.objects.count() == 1


def test_a_stale_bar_is_told_so_and_the_next_press_goes_through(office: Office) -> None:
    action = plan(office, office.lead())
    sent = {"outcome": "objection", "note": "Не потерять", "version": action.version}
    update_action(action=action, by=office.olim, at=clock.now(), changes={"title": "Уже другое дело"})
    browser = signed_in(office.olim)
    told = browser.post(of_action(action), sent)
    text = told.content.decode()
    assert told.status_code == 409
    assert "Запись изменили" in text
    assert "Не потерять" in text
    assert not ActionResult.objects.exists()
    assert browser.post(of_action(action), hidden(text) | {"outcome": "objection"}).status_code == 302


def test_a_lead_that_somebody_moved_on_is_told_and_other_edits_do_not_stand_in_the_way(office: Office) -> None:
    edited, stepped = office.lead(), office.lead()
    versions = edited.version, stepped.version
    update_lead(lead=edited, by=office.oksana, changes={"problem": "Другая проблема"})
    at = clock.now()
    plan_next_step(lead=stepped, by=office.oksana, at=at, step_at=at + timedelta(days=1), text="Встреча у них")
    browser = signed_in(office.olim)
    sent = {"outcome": "objection"}
    assert browser.post(of_lead(edited), sent | {"version": versions[0]}).status_code == 302
    assert browser.post(of_lead(stepped), sent | {"version": versions[1]}).status_code == 409
    assert not ActionResult.objects.filter(lead=stepped).exists()


def test_an_action_with_another_result_keeps_it(office: Office) -> None:
    action = plan(office, office.lead())
    browser = signed_in(office.olim)
    browser.post(of_action(action), {"outcome": "agreed"})
    again = browser.post(of_action(action), {"outcome": "objection"})
    assert again.status_code == 409
    assert "Итог уже записан" in again.content.decode()
    assert ActionResult.objects.get().outcome == "agreed"


def test_undo_takes_the_result_back_and_a_second_undo_changes_nothing(office: Office) -> None:
    lead = office.lead()
    action = plan(office, lead)
    browser = signed_in(office.olim)
    browser.post(of_action(action), {"outcome": "refused", "reason": LossReason.objects.first().pk})
    undo = reverse("results:undo", args=[ActionResult.objects.get().pk])
    assert browser.post(undo, {"next": "/leads/"})["Location"] == "/leads/"
    assert browser.post(undo).status_code == 302
    lead.refresh_from_db()
    assert lead.is_open
    assert Action.objects.get(pk=action.pk).status == "planned"
    assert browser.get(undo).status_code == 405


def test_an_undo_that_comes_too_late_is_refused_in_words(office: Office) -> None:
    browser = signed_in(office.olim)
    browser.post(of_lead(office.lead()), {"outcome": "agreed"})
    ActionResult.objects.update(at=clock.now() - timedelta(minutes=5))
    late = browser.post(reverse("results:undo", args=[ActionResult.objects.get().pk]))
    assert late.status_code == 409
    assert "сразу после записи" in late.content.decode()
    assert ActionResult.objects.get().undone_at is None


# --- who, and on what ------------------------------------------------------------------------------------------


def test_who_only_reads_meets_no_bar(office: Office) -> None:
    lead, action = office.lead(), plan(office)
    browser = signed_in(office.aziz)
    assert [browser.get(url).status_code for url in (of_lead(lead), of_action(action))] == [403, 403]
    assert browser.post(of_lead(lead), {"outcome": "agreed"}).status_code == 403
    pages = [reverse("leads:card", args=[lead.pk]), "/leads/?view=all", "/leads/board/?kind=agent"]
    assert not [page for page in pages if "/results/" in browser.get(page).content.decode()]
    assert all("/results/" in signed_in(office.olim).get(page).content.decode() for page in pages)


def test_a_stranger_finds_nothing(office: Office) -> None:
    lead, action = office.lead(), plan(office)
    browser = signed_in(office.sitora)
    assert {browser.post(url, {"outcome": "agreed"}).status_code for url in (of_lead(lead), of_action(action))} == {404}
    signed_in(office.olim).post(of_lead(lead), {"outcome": "agreed"})
    assert browser.post(reverse("results:undo", args=[ActionResult.objects.get().pk])).status_code == 404
    assert ActionResult.objects.get().undone_at is None


def test_a_closed_lead_takes_no_result_until_it_is_worked_again(office: Office) -> None:
    lead = office.lead()
    outcomes.close(lead=lead, outcome="lost", by=office.olim, at=clock.now(), reason=LossReason.objects.first())
    browser = signed_in(office.olim)
    answer = browser.post(of_lead(lead), {"outcome": "agreed", "note": "Передумали"})
    assert answer.status_code == 422
    assert "Верните его в работу" in answer.content.decode()
    assert "Передумали" in answer.content.decode()
    assert not ActionResult.objects.exists()
    assert "/results/" not in browser.get(reverse("leads:card", args=[lead.pk])).content.decode()


def test_the_agents_card_opens_the_bar_of_his_own_lead(office: Office) -> None:
    lead, browser = office.lead(name="Ирина К."), signed_in(office.olim)
    card = reverse("agents:card", args=[lead.party_id])
    assert of_lead(lead) in browser.get(card).content.decode()
    outcomes.close(lead=lead, outcome="archived", by=office.olim, at=clock.now(), note="Переехал")
    assert of_lead(lead) not in browser.get(card).content.decode()


def test_the_bar_costs_the_same_for_one_lead_and_for_thirty(office: Office) -> None:
    lead, browser = office.lead(), signed_in(office.olim)
    before = queries(browser, of_lead(lead)), queries(browser, of_action(plan(office, lead)))
    for _number in range(29):
        plan(office, office.lead())
    assert (queries(browser, of_lead(lead)), queries(browser, of_action(plan(office, lead)))) == before
    assert max(before) <= 6


def guest() -> Browser:
    return Browser()


def test_a_guest_is_sent_to_sign_in(office: Office) -> None:
    assert guest().post(of_lead(office.lead()), {"outcome": "agreed"}).status_code == 302
    assert not ActionResult.objects.exists()
