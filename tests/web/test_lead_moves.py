"""The gate as a page: it asks for what is missing and nothing else, and moves by what it got."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common import clock
from funnel.models import StageEntry
from leads.models import Lead
from leads.services import moves, recording
from leads.services.editing import update_lead
from tests.office import Office

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def olim(office: Office, client: Client) -> Client:
    client.force_login(office.olim)
    return client


def way(lead: Lead, code: str = "") -> str:
    return reverse("leads:move", args=[lead.pk]) + (f"?to={code}" if code else "")


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def local(hours: float, user: User) -> str:
    """A moment relative to now as a datetime-local field of this person sends it."""
    return timezone.localtime(clock.now() + timedelta(hours=hours), user.zone).strftime("%Y-%m-%dT%H:%M")


def gate(lead: Lead, **values: Any) -> dict[str, Any]:
    """What the gate's dialog sends."""
    return {"gate": "1", "version": lead.version} | {name.replace("__", "-"): value for name, value in values.items()}


def at_stage(office: Office, code: str, **fields: Any) -> Lead:
    """A lead that a head let through to this stage."""
    lead = office.lead(**fields)
    reason = "Для проверки"
    return moves.move(lead=lead, to=office.stage(code), by=office.nodira, at=clock.now(), waive=True, reason=reason)


def pdf(name: str = "Контракт.pdf", body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def test_the_gate_lists_exactly_what_is_missing(office: Office, olim: Client) -> None:
    page = olim.get(way(office.lead(), "meeting"), headers=HTMX).content.decode()
    assert "Для этапа «Созвон-встреча» не хватает 2" in page
    assert 'name="meeting-planned_at"' in page
    assert 'name="meeting-held_at"' in page
    for other in ("interview-", "agreement-", "contract-", "promise-", "lead-utp", "contact-value"):
        assert f'name="{other}' not in page


def test_what_is_known_is_not_asked_again(office: Office, olim: Client) -> None:
    lead = office.lead()
    planned = clock.now() - timedelta(hours=2)
    recording.record_meeting(lead=lead, by=office.olim, at=clock.now(), planned_at=planned)
    page = olim.get(way(lead, "meeting")).content.decode()
    assert "не хватает 1" in page
    assert 'name="meeting-planned_at"' not in page
    assert f'value="{timezone.localtime(planned, office.olim.zone):%Y-%m-%dT%H:%M}"' in page


def test_a_jump_asks_for_the_stages_in_between_too(office: Office, olim: Client) -> None:
    page = olim.get(way(office.lead(), "custdev")).content.decode()
    assert "не хватает 5" in page
    assert 'name="meeting-held_at"' in page
    assert 'name="interview-utp_validated"' in page


def test_filling_the_gate_moves_the_lead(office: Office, olim: Client) -> None:
    lead = office.lead()
    answer = olim.post(way(lead, "meeting"), gate(lead, meeting__held_at=local(-1, office.olim), meeting__note="Да"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("leads:card", args=[lead.pk]))
    assert fresh(lead).stage.code == "meeting"
    assert lead.meetings.get().note == "Да"


def test_a_double_press_moves_once_and_writes_one_fact(office: Office, olim: Client) -> None:
    lead = office.lead()
    sent = gate(lead, meeting__held_at=local(-1, office.olim), _once=str(uuid4()))
    assert [olim.post(way(lead, "meeting"), sent).status_code for _press in range(2)] == [302, 302]
    assert lead.meetings.count() == 1
    assert StageEntry.objects.filter(lead_id=lead.pk, stage__code="meeting").count() == 1


def test_a_wrong_field_keeps_what_was_typed_and_moves_nothing(office: Office, olim: Client) -> None:
    lead, future = office.lead(), local(5, office.olim)
    sent = gate(lead, meeting__held_at=future, meeting__note="Обещал подумать")
    answer = olim.post(way(lead, "meeting"), sent, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "не могла состояться в будущем" in page
    assert future in page
    assert "Обещал подумать" in page
    assert (fresh(lead).stage.code, lead.meetings.count()) == ("contact", 0)


def test_an_empty_gate_names_each_empty_field(office: Office, olim: Client) -> None:
    lead = at_stage(office, "verbal_contract")
    answer = olim.post(way(lead, "signed_contract"), gate(lead))
    assert answer.status_code == 422
    assert answer.content.decode().count("field-wrong") == 3


def test_the_upload_is_kept_and_comes_back_as_a_download(office: Office, olim: Client) -> None:
    lead = at_stage(office, "verbal_contract")
    today = timezone.localtime(clock.now(), office.olim.zone).date().isoformat()
    sent = gate(lead, contract__number="14", contract__signed_on=today, contract__file=pdf())
    assert olim.post(way(lead, "signed_contract"), sent).status_code == 302
    contract = lead.contracts.get()
    answer = olim.get(reverse("leads:contract_file", args=[lead.pk, contract.pk]))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_picture_named_pdf_is_refused_at_its_field(office: Office, olim: Client) -> None:
    lead = at_stage(office, "verbal_contract")
    sent = gate(lead, contract__number="14", contract__signed_on="2026-01-15", contract__file=pdf(body=b"GIF89a..."))
    answer = olim.post(way(lead, "signed_contract"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "файл другого вида не принимается" in page
    assert 'value="14"' in page
    assert not lead.contracts.exists()


def test_a_files_name_leads_nowhere_but_to_itself(office: Office, olim: Client) -> None:
    lead = office.lead()
    recording.record_contract(
        lead=lead, by=office.olim, at=clock.now(), number="1", file=pdf('../../etc/pass"wd\r\nX: y.pdf')
    )
    contract = lead.contracts.get()
    answer = olim.get(reverse("leads:contract_file", args=[lead.pk, contract.pk]))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert ".." not in contract.file.name
    assert "/" not in answer["Content-Disposition"].replace("filename*=utf-8''", "")
    assert "X" not in answer.headers


def test_a_contract_of_another_lead_is_not_served(office: Office, olim: Client) -> None:
    mine, foreign = office.lead(), office.lead(office.sitora)
    recording.record_contract(lead=foreign, by=office.sitora, at=clock.now(), number="1", file=pdf())
    contract = foreign.contracts.get()
    assert olim.get(reverse("leads:contract_file", args=[foreign.pk, contract.pk])).status_code == 404
    assert olim.get(reverse("leads:contract_file", args=[mine.pk, contract.pk])).status_code == 404


def test_some_facts_are_kept_without_a_move(office: Office, olim: Client) -> None:
    lead = office.lead()
    sent = gate(lead, meeting__planned_at=local(20, office.olim), record="1")
    assert olim.post(way(lead, "meeting"), sent).status_code == 302
    assert fresh(lead).stage.code == "contact"
    assert lead.meetings.get().status == "planned"
    assert olim.post(way(lead, "meeting"), gate(lead, record="1")).status_code == 422


def test_a_number_short_of_the_promise_is_told_and_may_be_kept(office: Office, olim: Client) -> None:
    lead = at_stage(office, "signed_contract")
    due = clock.now().date()
    recording.record_promise(
        lead=lead, by=office.olim, at=clock.now(), metric="Заявки", baseline=Decimal(0), target=Decimal(15), due_on=due
    )
    promise = lead.promises.get()
    sent = gate(lead, measurement__promise=promise.pk, measurement__value="6,5")
    answer = olim.post(way(lead, "value_delivered"), sent)
    assert answer.status_code == 409
    assert "не дотягивает до обещанного" in answer.content.decode()
    assert not promise.measurements.exists()
    olim.post(way(lead, "value_delivered"), sent | {"record": "1"})
    assert promise.measurements.get().value == Decimal("6.5")
    assert fresh(lead).stage.code == "signed_contract"
    olim.post(way(lead, "value_delivered"), sent | {"measurement-value": "15"})
    assert (fresh(lead).stage.code, fresh(lead).outcome) == ("value_delivered", "won")


def test_every_promise_is_asked_for_its_number(office: Office, olim: Client) -> None:
    lead, at = at_stage(office, "signed_contract"), clock.now()
    for metric in ("Заявки", "Оценки"):
        recording.record_promise(
            lead=lead, by=office.olim, at=at, metric=metric, baseline=Decimal(0), target=Decimal(5), due_on=at.date()
        )
    first, second = lead.promises.all()
    sent = gate(lead, measurement__promise=first.pk, measurement__value="5") | {
        "measurement-1-promise": second.pk,
        "measurement-1-value": "7",
    }
    assert olim.post(way(lead, "value_delivered"), sent).status_code == 302
    assert (first.measurements.count(), second.measurements.count()) == (1, 1)
    assert fresh(lead).outcome == "won"


def test_only_a_head_may_skip_the_gate_and_says_why(office: Office, client: Client) -> None:
    lead = office.lead()
    client.force_login(office.olim)
    assert "Пропустить шлюз" not in client.get(way(lead, "meeting")).content.decode()
    assert client.post(way(lead, "meeting"), gate(lead, waive="1", waive_reason="Знаю")).status_code == 403
    client.force_login(office.nodira)
    assert "Пропустить шлюз" in client.get(way(lead, "meeting")).content.decode()
    silent = client.post(way(lead, "meeting"), gate(lead, waive="1", waive_reason=" "))
    assert silent.status_code == 422
    assert "Напишите причину" in silent.content.decode()
    assert client.post(way(lead, "meeting"), gate(lead, waive="1", waive_reason="Знаю")).status_code == 302
    entry = StageEntry.objects.filter(lead_id=lead.pk).latest("id")
    assert (entry.waived, entry.reason) == (["meeting_appointed", "meeting_held"], "Знаю")


def test_the_way_back_asks_only_the_reason(office: Office, olim: Client) -> None:
    lead = at_stage(office, "custdev")
    page = olim.get(way(lead, "contact")).content.decode()
    assert "Вернуть на этап «Контакт»" in page
    assert 'name="reason"' in page
    assert 'name="meeting-held_at"' not in page
    assert olim.post(way(lead, "contact"), gate(lead, reason=" ")).status_code == 422
    assert olim.post(way(lead, "contact"), gate(lead, reason="Встречи не было")).status_code == 302
    assert StageEntry.objects.filter(lead_id=lead.pk).latest("id").reason == "Встречи не было"


def test_a_free_way_moves_by_one_press(office: Office, olim: Client) -> None:
    lead, at = office.lead(), clock.now()
    recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=at)
    assert olim.post(way(lead), {"to": "meeting", "version": lead.version}).status_code == 302
    assert fresh(lead).stage.code == "meeting"


def test_a_refused_press_is_answered_by_the_question(office: Office, olim: Client) -> None:
    lead = office.lead()
    answer = olim.post(way(lead), {"to": "meeting", "version": lead.version}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "data-gate" in page
    assert "field-wrong" not in page
    assert "<html" not in page


def test_without_scripts_the_question_is_a_page(office: Office, olim: Client) -> None:
    lead = office.lead()
    page = olim.get(way(lead, "meeting")).content.decode()
    assert "<html" in page
    assert 'enctype="multipart/form-data"' in page
    answer = olim.post(way(lead, "meeting"), gate(lead))
    assert answer.status_code == 422
    assert "<html" in answer.content.decode()


def test_a_move_on_a_stage_that_others_changed_saves_neither(office: Office, olim: Client) -> None:
    lead = at_stage(office, "meeting")
    moves.move(lead=lead, to=office.stage("contact"), by=office.oksana, at=clock.now(), reason="Не было")
    sent = gate(
        lead, interview__problem="Долго", interview__problem_validated="yes", interview__value_validated="yes",
        interview__utp_validated="no",
    )  # fmt: skip
    answer = olim.post(way(lead, "custdev"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Моё: этап «CustDev». Сейчас в базе: «Контакт»" in page
    assert "Долго" in page
    assert fresh(lead).stage.code == "contact"
    assert not lead.interviews.exists()


def test_a_change_of_something_else_does_not_stop_a_move(office: Office, olim: Client) -> None:
    lead = office.lead()
    update_lead(lead=lead, by=office.oksana, changes={"problem": "Узнали"})
    sent = gate(lead, meeting__held_at=local(-1, office.olim))
    assert olim.post(way(lead, "meeting"), sent).status_code == 302
    assert fresh(lead).stage.code == "meeting"


def test_a_closed_lead_says_how_to_go_on(office: Office, olim: Client) -> None:
    lead = office.lead()
    Lead.objects.filter(pk=lead.pk).update(outcome="archived")
    answer = olim.post(way(lead, "meeting"), gate(lead, meeting__held_at=local(-1, office.olim)))
    assert answer.status_code == 409
    assert "Верните его в работу" in answer.content.decode()


@pytest.mark.parametrize("code", ["nowhere", "<script>", "x" * 300])
def test_an_unknown_stage_is_not_found(office: Office, olim: Client, code: str) -> None:
    lead = office.lead()
    assert olim.get(way(lead, code)).status_code == 404
    assert olim.post(way(lead), {"to": code}).status_code == 404


def test_the_answer_leads_back_to_the_page_behind_but_never_abroad(office: Office, olim: Client) -> None:
    lead, at = office.lead(), clock.now()
    recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=at)
    home = olim.post(way(lead), {"to": "meeting", "next": "/leads/?view=mine"})
    assert home["Location"] == "/leads/?view=mine"
    abroad = olim.post(way(lead), {"to": "contact", "reason": "Нет", "next": "https://evil.example/"})
    assert abroad["Location"] == reverse("leads:card", args=[lead.pk])


@pytest.mark.parametrize(
    ("record", "sent", "count"),
    [
        ("meeting", {"meeting-planned_at": "2030-05-05T10:00", "meeting-kind": "visit"}, "meetings"),
        ("interview", {"interview-problem": "Дорого", "interview-problem_validated": "yes"}, "interviews"),
        ("agreement", {"agreement-agent_gives": "Клиентов"}, "agreements"),
        ("contract", {"contract-number": "7"}, "contracts"),
        ("promise", {"promise-metric": "Заявки", "promise-baseline": "1", "promise-target": "1,5",
                     "promise-direction": "up", "promise-due_on": "2030-01-01"}, "promises"),
    ],
)  # fmt: skip
def test_a_fact_is_recorded_outside_a_move(
    office: Office, olim: Client, record: str, sent: dict[str, str], count: str
) -> None:
    lead = office.lead()
    where, key = reverse(f"leads:{record}", args=[lead.pk]), str(uuid4())
    for _press in range(2):
        assert olim.post(where, sent | {"_once": key}).status_code == 302
    assert getattr(lead, count).count() == 1
    assert fresh(lead).stage.code == "contact"


@pytest.mark.parametrize(
    ("record", "sent", "words"),
    [
        ("meeting", {}, "Укажите, на когда назначен"),
        ("interview", {"interview-problem": ""}, "Обязательное поле"),
        ("agreement", {}, "что даёт каждая сторона"),
        ("contract", {"contract-signed_on": "2090-01-01", "contract-number": "7"}, "в будущем"),
        ("contract", {}, "номер"),
        ("promise", {"promise-metric": "М", "promise-baseline": "5", "promise-target": "4", "promise-direction": "up",
                     "promise-due_on": "2030-01-01"}, "не лучше того, что было"),
        ("promise", {"promise-metric": "М", "promise-baseline": "пять", "promise-target": "9" * 30,
                     "promise-direction": "up", "promise-due_on": "2030-01-01"}, "field-wrong"),
        ("measurement", {"measurement-value": "5"}, "Сначала запишите обещание"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_told(
    office: Office, olim: Client, record: str, sent: dict[str, str], words: str
) -> None:
    answer = olim.post(reverse(f"leads:{record}", args=[office.lead().pk]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_planned_meeting_ends_as_it_ended(office: Office, olim: Client) -> None:
    lead = office.lead()
    meeting = recording.record_meeting(
        lead=lead, by=office.olim, at=clock.now(), planned_at=clock.now() - timedelta(hours=1)
    )
    where = reverse("leads:meeting", args=[lead.pk])
    assert "Что с ней стало" in olim.get(f"{where}?meeting={meeting.pk}").content.decode()
    sent = {"meeting-meeting": meeting.pk, "meeting-status": "no_show", "meeting-planned_at": local(-1, office.olim)}
    assert olim.post(where, sent).status_code == 302
    assert [(m.pk, m.status) for m in lead.meetings.all()] == [(meeting.pk, "no_show")]
