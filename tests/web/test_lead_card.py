"""The card of a lead: what it shows, to whom, at what cost, and the small deeds done from it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common import clock
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead, LossReason, Note
from leads.services import outcomes, recording
from leads.services.editing import add_note, assign, plan_next_step, update_lead
from leads.services.intake import take_in_one
from tests.office import Office
from tests.web.lead_desk import Browse, fresh, full_lead, url

pytestmark = pytest.mark.django_db


def addresses(lead: Lead) -> list[str]:
    """Every address that hangs off a lead."""
    names = (
        "card", "move", "close", "reopen", "assign", "step", "note", "edit", "party_edit", "contact_add", "blocker_add",
        "meeting", "interview", "agreement", "contract", "promise", "measurement",
    )  # fmt: skip
    found = [url(lead, name) for name in names]
    contact = lead.party.contacts.get()
    return [
        *found,
        url(lead, "contact_remove", contact.pk),
        url(lead, "blocker_release", uuid4()),
        url(lead, "contract_file", uuid4()),
    ]


def test_the_card_shows_where_the_lead_stands_and_what_comes_next(office: Office, browse: Browse) -> None:
    page = browse(office.olim).get(url(full_lead(office))).content.decode()
    shown = (
        "Orient Auto", "Оценщики", "Звонок", "Лимит скоринга", "20 оценок", "Срок выдачи", "1,4", "Ждут пять дней",
        "Просил перезвонить", "Перевести: Созвон-встреча", 'href="tel:+998',
        "12 500 000 сум".replace(" ", "\N{NO-BREAK SPACE}"),
    )  # fmt: skip
    assert [words for words in shown if words not in page] == []


def test_a_lead_without_a_step_says_so(office: Office, browse: Browse) -> None:
    assert "нет шага" in browse(office.olim).get(url(office.lead())).content.decode()


def test_the_card_costs_the_same_for_few_rows_and_for_many(office: Office, browse: Browse) -> None:
    lead, at = full_lead(office), clock.now()
    browser = browse(office.olim)
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(url(lead))
    for n in range(30):
        add_note(lead=lead, by=office.olim, at=at, text=f"Заметка {n}")
        recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=at - timedelta(days=n + 1))
    with CaptureQueriesContext(connection) as many:
        browser.get(url(lead))
    assert len(many) == len(few)
    assert len(many) <= 24, [query["sql"][:90] for query in many.captured_queries]


def test_a_stranger_meets_the_same_nothing_at_every_address(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    before = fresh(lead).version
    browser = browse(office.sitora)
    answers = {
        (address, method): getattr(browser, method)(address).status_code
        for address in addresses(lead)
        for method in ("get", "post")
    }
    assert {where: code for where, code in answers.items() if code not in {404, 405}} == {}
    assert fresh(lead).version == before


def test_the_owner_is_let_in_where_the_stranger_was_not(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    browser = browse(office.olim)
    wanted = [address for address in addresses(lead) if "release" not in address and "file" not in address]
    assert {address: browser.get(address).status_code for address in wanted} == dict.fromkeys(wanted, 200)


def test_an_auditor_reads_the_card_and_meets_no_deed(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    browser = browse(office.aziz)
    page = browser.get(url(lead)).content.decode()
    assert "Orient Auto" in page
    for deed in ("/move/", "/step/", "/note/", "/close/", "/assign/", "/edit/", "/contacts/", "/release/", "/promise/"):
        assert deed not in page
    codes = {address: browser.post(address).status_code for address in addresses(lead)}
    assert {address: code for address, code in codes.items() if code not in {403, 405}} == {}


def test_a_guest_is_sent_to_sign_in(office: Office, client: Client) -> None:
    lead = office.lead()
    assert {client.get(address).status_code for address in addresses(lead)} <= {302, 405}


def test_an_imported_history_is_marked_and_shown_as_given(office: Office, browse: Browse) -> None:
    at = clock.now()
    steps = (
        HistoryStep("contact", at - timedelta(days=3)),
        HistoryStep("signed_contract", at - timedelta(days=9)),
    )
    lead = take_in_one(
        draft=LeadDraft(kind="agent", party_id=office.lead(name="Импортный").party_id, owner=office.olim,
                        fields={"initiative_id": office.initiative.pk}, history=steps),
        by=office.olim, at=at, origin="import",
    )  # fmt: skip
    page = browse(office.olim).get(url(lead)).content.decode()
    assert page.count("импорт") >= 2
    assert f"{timezone.localtime(at - timedelta(days=9)):%d.%m.%Y}" in page


def test_the_feed_narrows_to_what_is_asked(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    page = browse(office.olim).get(url(lead) + "?feed=notes").content.decode()
    feed = page[page.index('class="timeline"') :]
    assert "Просил перезвонить" in feed
    assert "Познакомились" not in feed


@pytest.mark.parametrize("chip", ["hour", "tomorrow", "days", "monday"])
def test_one_press_plans_the_step(office: Office, browse: Browse, chip: str) -> None:
    lead = office.lead()
    answer = browse(office.olim).post(url(lead, "step"), {"when": chip, "text": "Звонок", "version": lead.version})
    planned = fresh(lead)
    assert answer.status_code == 302
    assert planned.next_action == "Звонок"
    assert planned.next_action_at is not None
    assert planned.next_action_at > clock.now()
    if chip != "hour":
        assert timezone.localtime(planned.next_action_at, office.olim.zone).hour == 10


def test_a_step_of_ones_own_is_read_in_the_persons_zone(office: Office, browse: Browse) -> None:
    lead = office.lead()
    day = (timezone.localtime(clock.now(), office.olim.zone) + timedelta(days=2)).strftime("%Y-%m-%d")
    browse(office.olim).post(url(lead, "step"), {"when": "own", "at": f"{day}T16:20", "version": lead.version})
    planned = fresh(lead).next_action_at
    assert planned is not None
    assert f"{timezone.localtime(planned, office.olim.zone):%Y-%m-%dT%H:%M}" == f"{day}T16:20"


def test_a_step_in_the_past_comes_back_with_what_was_typed(office: Office, browse: Browse) -> None:
    lead = office.lead()
    answer = browse(office.olim).post(url(lead, "step"), {"when": "own", "at": "2020-01-01T10:00", "text": "Позвать"})
    assert answer.status_code == 422
    assert "не раньше, чем сейчас" in answer.content.decode()
    assert "Позвать" in answer.content.decode()
    assert fresh(lead).next_action_at is None


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "9999-12-31T23:59", "завтра", "2026-02-31T10:00"])
def test_a_slip_in_the_date_is_told_and_breaks_nothing(office: Office, browse: Browse, at: str) -> None:
    lead = office.lead()
    assert browse(office.olim).post(url(lead, "step"), {"when": "own", "at": at}).status_code == 422
    assert browse(office.olim).post(url(lead, "meeting"), {"meeting-held_at": at}).status_code == 422


def test_the_step_is_taken_away(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    browse(office.olim).post(url(lead, "step"), {"when": "none", "version": lead.version})
    assert fresh(lead).next_action_at is None


def test_a_step_that_somebody_else_moved_is_shown_and_not_overwritten(office: Office, browse: Browse) -> None:
    lead, at = full_lead(office), clock.now()
    theirs = at + timedelta(days=5)
    plan_next_step(lead=lead, by=office.oksana, at=at, step_at=theirs, text="Встреча у них")
    sent = {"when": "hour", "text": "Моё дело", "version": lead.version}
    answer = browse(office.olim).post(url(lead, "step"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Моё дело" in page
    assert "Встреча у них" in page
    assert fresh(lead).next_action_at == theirs
    again = sent | {"version": fresh(lead).version, "keep": "mine"}
    assert browse(office.olim).post(url(lead, "step"), again).status_code == 302
    assert fresh(lead).next_action == "Моё дело"


def test_a_change_elsewhere_does_not_stand_in_the_way_of_a_step(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    update_lead(lead=lead, by=office.oksana, changes={"problem": "Другая проблема"})
    sent = {"when": "tomorrow", "text": "Звонок", "version": lead.version}
    assert browse(office.olim).post(url(lead, "step"), sent).status_code == 302


def test_a_double_press_writes_one_note(office: Office, browse: Browse) -> None:
    lead, key = office.lead(), str(uuid4())
    for _press in range(2):
        answer = browse(office.olim).post(url(lead, "note"), {"text": "Думает", "_once": key})
        assert answer.status_code == 302
    assert Note.objects.filter(lead=lead).count() == 1
    browse(office.olim).post(url(lead, "note"), {"text": "Думает", "_once": str(uuid4())})
    assert Note.objects.filter(lead=lead).count() == 2


@pytest.mark.parametrize("text", ["", "   ", "я" * 10_001])
def test_a_note_that_cannot_be_kept_comes_back(office: Office, browse: Browse, text: str) -> None:
    lead = office.lead()
    answer = browse(office.olim).post(url(lead, "note"), {"text": text})
    assert answer.status_code == 422
    assert not Note.objects.exists()


def test_a_note_with_markup_stays_text(office: Office, browse: Browse) -> None:
    lead = office.lead()
    browse(office.olim).post(url(lead, "note"), {"text": "<script>alert(1)</script>"})
    page = browse(office.olim).get(url(lead)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_contact_is_added_once_and_removed_after_a_question(office: Office, browse: Browse) -> None:
    lead, key = office.lead(), str(uuid4())
    browser = browse(office.olim)
    sent = {"value": "90 765 43 21", "person": "Ирина", "note": "после 18:00", "_once": key}
    assert [browser.post(url(lead, "contact_add"), sent).status_code for _press in range(2)] == [302, 302]
    contact = lead.party.contacts.get(value="+998907654321")
    doubled = browser.post(url(lead, "contact_add"), sent | {"_once": ""})
    assert doubled.status_code == 422
    assert "уже записан" in doubled.content.decode()
    where = url(lead, "contact_remove", contact.pk)
    assert "+998907654321" in browser.get(where).content.decode()
    assert lead.party.contacts.filter(pk=contact.pk).exists()
    browser.post(where)
    assert not lead.party.contacts.filter(pk=contact.pk).exists()


def test_a_contact_of_another_lead_is_not_removed(office: Office, browse: Browse) -> None:
    mine, other = office.lead(), office.lead(office.oksana)
    contact = other.party.contacts.get()
    browse(office.olim).post(url(mine, "contact_remove", contact.pk))
    assert other.party.contacts.filter(pk=contact.pk).exists()


def test_a_contact_that_is_none_is_told_at_its_field(office: Office, browse: Browse) -> None:
    lead = office.lead()
    answer = browse(office.olim).post(url(lead, "contact_add"), {"value": "12", "type": "phone"})
    assert answer.status_code == 422
    assert "не похоже на телефон" in answer.content.decode()


def test_a_blocker_is_added_and_released(office: Office, browse: Browse) -> None:
    lead = office.lead()
    browser = browse(office.olim)
    sent = {"category": "scoring", "description": "Не кредитуем старше 5 лет", "responsible": "Риски"}
    assert browser.post(url(lead, "blocker_add"), sent).status_code == 302
    blocker = lead.party.blockers.get()
    assert browser.post(url(lead, "blocker_release", blocker.pk)).status_code == 302
    assert not lead.party.blockers.exists()
    assert browser.post(url(lead, "blocker_add"), {"category": "weather", "description": "x"}).status_code == 422


def test_a_lead_is_handed_over_within_sight_only(office: Office, browse: Browse) -> None:
    lead = office.lead()
    browser = browse(office.olim)
    foreign = browser.post(url(lead, "assign"), {"owner": office.sitora.pk, "version": lead.version})
    assert foreign.status_code == 422
    browser.post(url(lead, "assign"), {"owner": office.oksana.pk, "version": lead.version})
    assert fresh(lead).owner == office.oksana


def test_two_hands_over_at_once_do_not_overwrite_each_other(office: Office, browse: Browse) -> None:
    lead = office.lead()
    assign(lead=lead, owner=office.kamila, by=office.nodira, at=clock.now())
    answer = browse(office.olim).post(url(lead, "assign"), {"owner": office.oksana.pk, "version": lead.version})
    assert answer.status_code == 409
    assert "Kamila" in answer.content.decode()
    assert fresh(lead).owner == office.kamila


def test_a_refusal_asks_its_reason_and_shows_it(office: Office, browse: Browse) -> None:
    lead = office.lead()
    reason = LossReason.objects.filter(active=True).first()
    assert reason is not None
    browser = browse(office.olim)
    without = browser.post(url(lead, "close") + "?outcome=lost", {"version": lead.version, "note": "Не хочет"})
    assert without.status_code == 422
    assert "Не хочет" in without.content.decode()
    sent = {"version": lead.version, "reason": reason.pk, "note": "Не хочет"}
    assert browser.post(url(lead, "close") + "?outcome=lost", sent).status_code == 302
    page = browser.get(url(lead)).content.decode()
    assert reason.name in page
    assert "Вернуть в работу" in page
    assert "/step/" not in page


def test_an_archived_lead_comes_back_with_a_reason(office: Office, browse: Browse) -> None:
    lead = office.lead()
    browser = browse(office.olim)
    where = url(lead, "close") + "?outcome=archived"
    assert browser.post(where, {"version": lead.version}).status_code == 422
    assert browser.post(where, {"version": lead.version, "note": "Не целевой"}).status_code == 302
    assert fresh(lead).outcome == "archived"
    assert browser.post(url(lead, "reopen"), {"reason": ""}).status_code == 422
    assert browser.post(url(lead, "reopen"), {"reason": "Позвонил сам"}).status_code == 302
    assert fresh(lead).is_open


def test_a_lead_whose_party_is_worked_again_does_not_reopen(office: Office, browse: Browse) -> None:
    lead = office.lead()
    outcomes.close(lead=lead, outcome="archived", note="Потом", by=office.olim, at=clock.now())
    take_in_one(
        draft=LeadDraft(kind="agent", party_id=lead.party_id, owner=office.olim), by=office.olim, at=clock.now()
    )
    answer = browse(office.olim).post(url(lead, "reopen"), {"reason": "Позвонил сам"})
    assert answer.status_code == 422
    assert "уже идёт другой лид" in answer.content.decode()


def test_the_neighbours_are_those_of_the_list_one_came_from(office: Office, browse: Browse) -> None:
    leads = [office.lead(name=name) for name in ("А", "Б", "В")]
    office.lead(office.oksana, name="Чужой в списке")
    page = browse(office.olim).get(url(leads[1]) + "?from=view%3Dmine%26sort%3Dname").content.decode()
    assert "2 из 3" in page
    assert f'href="{url(leads[0])}?from=view%3Dmine%26sort%3Dname"' in page
    assert f'href="{url(leads[2])}?from=view%3Dmine%26sort%3Dname"' in page


def test_a_dialog_comes_as_a_piece_to_scripts_and_as_a_page_without(office: Office, browse: Browse) -> None:
    lead = office.lead()
    browser = browse(office.olim)
    whole = browser.get(url(lead, "note"))
    piece = browser.get(url(lead, "note"), headers={"HX-Request": "true"})
    assert b"<html" in whole.content
    assert b"<html" not in piece.content
    assert "HX-Request" in piece["Vary"]
    done = browser.post(url(lead, "note"), {"text": "Готово"}, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, url(lead) + "#feed")
