"""A second person's consent as pages: the file that is held back, asking, deciding, going on."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import stepup
from approvals.models import Approval
from calls.services import CallDraft, log_call
from common import clock
from imports import services as imports
from imports.models import Import
from leads.models import Lead
from notifications.models import Notice
from tests.imports.desk import check, settle
from tests.office import Office
from tests.web.pressing import form_of

pytestmark = pytest.mark.django_db
EXPORT, LIST, ASK = "/leads/export/", "/approvals/", "/approvals/ask/"
OPEN = "view=open"


@pytest.fixture(autouse=True)
def two(settings: Any) -> None:
    settings.FOUR_EYES_OVER = 2


@pytest.fixture
def three(office: Office) -> list[Lead]:
    assert office.nodira, office.adiba
    return [office.lead(office.olim, name=f"Зимородок {n}") for n in range(3)]


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def asked(client: Client, query: str = OPEN, *, deed: str = "leads", reason: str = "Сверка с АБС") -> Any:
    return client.post(ASK, {"deed": deed, "query": query, "reason": reason})


def decided(client: Client, answer: str = "yes", note: str = "") -> Any:
    request = Approval.objects.latest("asked_at")
    data = {"agree": answer, "note": note, "version": request.version}
    return client.post(reverse("approvals:decide", args=[request.pk]), data)


def test_a_large_file_waits_for_a_second_person(office: Office, three: list[Lead]) -> None:
    """Held back, asked for, agreed to, downloaded; the whole way by the forms of the pages."""
    olim, nodira = as_(office.olim), as_(office.nodira)
    held = olim.get(f"{EXPORT}?{OPEN}&format=csv")
    page = text_of(held)
    assert held.status_code == 403
    assert "Нужно согласие второго сотрудника" in page
    assert "Зимородок" not in page
    form = form_of(page, ASK)
    assert form is not None
    sent = olim.post(ASK, form.data() | {"reason": ["Сверка с АБС"]})
    assert sent["Location"].startswith(f"{LIST}#approval-")
    assert "Запрос отправлен" in text_of(olim.get(f"{EXPORT}?{OPEN}"))
    shown = text_of(nodira.get(LIST))
    assert "Сверка с АБС" in shown
    request = Approval.objects.get()
    form = form_of(shown, reverse("approvals:decide", args=[request.pk]))
    assert form is not None
    assert nodira.post(reverse("approvals:decide", args=[request.pk]), form.data() | {"agree": ["yes"]})["Location"]
    way = f"{EXPORT}?{urlencode({'view': 'open'})}"
    assert f'href="{way}"' in text_of(olim.get(LIST))
    file = olim.get(way)
    assert file.status_code == 200
    assert file.getvalue().decode().count("Зимородок") == 3


def test_without_the_guard_the_file_comes_at_once(office: Office, three: list[Lead], settings: Any) -> None:
    settings.FOUR_EYES_OVER = 0
    assert as_(office.olim).get(EXPORT).status_code == 200


def test_up_to_the_limit_nobody_is_asked(office: Office, three: list[Lead], settings: Any) -> None:
    settings.FOUR_EYES_OVER = 3
    assert as_(office.olim).get(EXPORT).status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_other_conditions_than_agreed_are_held_back(office: Office, three: list[Lead], form: str) -> None:
    olim = as_(office.olim)
    asked(olim)
    decided(as_(office.nodira))
    assert olim.get(f"{EXPORT}?{OPEN}&format={form}&sort=name&cols=stage").status_code == 200
    assert olim.get(f"{EXPORT}?view=all&format={form}").status_code == 403
    assert olim.get(f"{EXPORT}?{OPEN}&q=Зимородок&format={form}").status_code == 403


def test_a_list_that_grew_by_half_is_held_back(office: Office, three: list[Lead]) -> None:
    olim = as_(office.olim)
    asked(olim)
    decided(as_(office.nodira))
    for number in range(2):
        office.lead(office.olim, name=f"Новый {number}")
    again = olim.get(f"{EXPORT}?{OPEN}")
    assert again.status_code == 403
    assert "Прежнее согласие уже не подходит" in text_of(again)


def test_the_number_is_counted_by_the_server_and_not_taken_from_the_form(office: Office, three: list[Lead]) -> None:
    as_(office.olim).post(ASK, {"deed": "leads", "query": OPEN, "reason": "Сверка", "count": "1"})
    assert Approval.objects.get().count == 3


def test_the_asker_does_not_decide(office: Office, three: list[Lead]) -> None:
    for name in ("olim", "adiba"):
        client = as_(getattr(office, name))
        asked(client)
        assert decided(client).status_code == 403
        assert "Согласовать" not in text_of(client.get(LIST)) or name == "adiba"
        assert client.get(f"{EXPORT}?{OPEN}").status_code == 403


@pytest.mark.parametrize(("name", "status"), [("oksana", 404), ("nargiza", 404), ("sardor", 404), ("aziz", 403)])
def test_a_stranger_finds_no_request_and_an_auditor_only_reads(
    office: Office, three: list[Lead], name: str, status: int
) -> None:
    asked(as_(office.olim), reason="Пустельга")
    client = as_(getattr(office, name))
    assert decided(client).status_code == status
    assert ("Пустельга" in text_of(client.get(LIST))) is (name == "aziz")
    assert Approval.objects.get().state == "waiting"


def test_an_auditor_asks_for_himself_and_an_administrator_decides(office: Office, three: list[Lead]) -> None:
    aziz = as_(office.aziz)
    assert asked(aziz, "view=all").status_code == 302
    assert "Сверка с АБС" not in text_of(as_(office.nodira).get(LIST))
    decided(as_(office.adiba))
    assert aziz.get(f"{EXPORT}?view=all").status_code == 200


def test_deciding_asks_again_who_one_is(office: Office, three: list[Lead], monkeypatch: pytest.MonkeyPatch) -> None:
    asked(as_(office.olim))
    nodira = as_(office.nodira)
    monkeypatch.setattr(stepup, "FRESH", -stepup.FRESH)
    answer = decided(nodira)
    assert answer.status_code == 403
    assert "Подтвердите, что это вы" in text_of(answer)
    assert 'name="agree" value="yes"' in text_of(answer)
    assert Approval.objects.get().state == "waiting"


def test_a_refusal_wants_a_word_and_the_asker_reads_it(office: Office, three: list[Lead]) -> None:
    olim, nodira = as_(office.olim), as_(office.nodira)
    asked(olim)
    without = decided(nodira, "no")
    assert without.status_code == 422
    assert "Напишите, почему отказываете" in text_of(without)
    decided(nodira, "no", "Хватит сводки")
    assert "Хватит сводки" in text_of(olim.get(f"{EXPORT}?{OPEN}"))
    assert "Хватит сводки" in text_of(olim.get(LIST))


def test_what_was_decided_meanwhile_is_told(office: Office, three: list[Lead]) -> None:
    asked(as_(office.olim))
    decided(as_(office.nodira), "no", "Нет")
    late = decided(as_(office.adiba))
    assert late.status_code == 409
    assert "Запрос уже решён" in text_of(late)


def test_neither_button_pressed_is_told(office: Office, three: list[Lead]) -> None:
    asked(as_(office.olim))
    answer = decided(as_(office.nodira), "", "Мысль")
    assert answer.status_code == 422
    assert "Мысль" in text_of(answer)


def test_without_a_reason_nothing_is_asked_and_the_page_comes_back(office: Office, three: list[Lead]) -> None:
    answer = asked(as_(office.olim), reason=" ")
    assert answer.status_code == 422
    assert "Напишите, зачем это нужно" in text_of(answer)
    assert not Approval.objects.exists()


@pytest.mark.parametrize("data", [{}, {"deed": "nothing"}, {"deed": "leads", "query": "stage=%00"},
                                  {"deed": "hand_over", "query": "lead=x&owner=y"}])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(office: Office, data: dict[str, str]) -> None:
    assert 400 <= as_(office.olim).post(ASK, data).status_code < 500


def test_where_nobody_could_agree_the_page_says_so(office: Office) -> None:
    for number in range(3):
        office.lead(office.olim, name=f"Лид {number}")
    page = text_of(as_(office.olim).get(f"{EXPORT}?{OPEN}"))
    assert "нужен ещё один администратор" in page
    assert form_of(page, ASK) is None


def test_the_search_words_stand_on_the_page_and_in_no_notice(office: Office, three: list[Lead]) -> None:
    asked(as_(office.olim), f"{OPEN}&{urlencode({'q': 'Зимородок'})}")
    assert "Зимородок" in text_of(as_(office.nodira).get(LIST))
    notice = Notice.objects.get(user=office.nodira)
    assert "Зимородок" not in f"{notice.facts} {notice.key}"
    assert "Olim просит согласия" in text_of(as_(office.nodira).get("/notifications/"))


def test_the_journal_of_calls_waits_too(office: Office, three: list[Lead]) -> None:
    olim, at = as_(office.olim), clock.now()
    for number in range(3):
        draft = CallDraft(direction="out", at=at, result="talked", duration_seconds=60 + number, lead=three[0],
                          owner=office.olim, source="pbx", external_id=str(number))  # fmt: skip
        log_call(draft=draft, by=office.olim, at=at)
    held = olim.get("/calls/export/?days=30")
    assert held.status_code == 403
    form = form_of(text_of(held), ASK)
    assert form is not None
    olim.post(ASK, form.data() | {"reason": ["Сверка"]})
    decided(as_(office.nodira))
    assert olim.get("/calls/export/?days=30").status_code == 200
    assert olim.get("/calls/export/?days=all").status_code == 403


def test_leads_handed_over_in_one_act_wait_too(office: Office, three: list[Lead]) -> None:
    olim = as_(office.olim)
    chosen = {"deed": "owner", "run": "1", "owner": str(office.oksana.pk), "lead": [str(lead.pk) for lead in three]}
    held = olim.post("/leads/bulk/", chosen)
    assert held.status_code == 403
    assert not Lead.objects.filter(owner=office.oksana).exists()
    form = form_of(text_of(held), ASK)
    assert form is not None
    olim.post(ASK, form.data() | {"reason": ["Отпуск"]})
    decided(as_(office.nodira))
    other = chosen | {"owner": str(office.kamila.pk)}
    assert olim.post("/leads/bulk/", other).status_code == 403
    on = form_of(text_of(olim.get(LIST)), "/leads/bulk/")
    assert on is not None
    leads = [item.value for item in on.fields if item.name == "lead"]
    assert olim.post("/leads/bulk/", on.data() | {"lead": leads}).status_code == 302
    assert Lead.objects.filter(owner=office.oksana).count() == 3


def checked_file(office: Office, owner: str) -> Import:
    """A file that names the three leads and their owner, checked."""
    rows = "".join(f"z-{n},Зимородок {n},+9989011122{n}3,{owner}\r\n" for n in range(3))
    text = f"Внешний номер,Имя,Телефон,Владелец\r\n{rows}".encode()
    run = imports.take_file(by=office.nodira, name="base.csv", file=ContentFile(text, name="base.csv"))
    mapping = {
        "kind": "agent", "source": "abs", "update_known": True,
        "fields": {"external_id": {"column": "Внешний номер"}, "name": {"column": "Имя"},
                   "phone": {"column": "Телефон"}, "owner": {"column": "Владелец"}},
    }  # fmt: skip
    imports.choose_columns(run=run, by=office.nodira, mapping=mapping)
    return check(run, office.nodira)


def test_a_file_under_which_leads_change_hands_waits_too(office: Office) -> None:
    assert office.adiba
    nodira, rows = as_(office.nodira), {"rows": "good"}
    first = checked_file(office, office.olim.email)
    assert nodira.post(f"/imports/{first.pk}/load/", rows).status_code == 302  # new leads: nobody loses any
    settle(first)
    assert Lead.objects.filter(owner=office.olim).count() == 3
    second = checked_file(office, office.oksana.email)
    held = nodira.post(f"/imports/{second.pk}/load/", rows)
    assert held.status_code == 403
    form = form_of(text_of(held), ASK)
    assert form is not None
    nodira.post(ASK, form.data() | {"reason": ["Отпуск"]})
    decided(as_(office.adiba))
    assert f"/imports/{second.pk}/" in text_of(nodira.get(LIST))
    assert nodira.post(f"/imports/{second.pk}/load/", rows).status_code == 302
    settle(second)
    assert Lead.objects.filter(owner=office.oksana).count() == 3


def test_a_large_file_that_was_not_checked_is_checked_before_anything_else(office: Office) -> None:
    """Else nobody would know how many leads change hands."""
    run = checked_file(office, office.olim.email)
    Import.objects.filter(pk=run.pk).update(state="uploaded")
    run.rows.all().delete()
    as_(office.nodira).post(f"/imports/{run.pk}/load/", {"rows": "good"})
    run.refresh_from_db()
    assert run.state == "checking"


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_costs_the_same_for_one_request_and_for_many(office: Office, rows: int) -> None:
    at = clock.now()
    Approval.objects.bulk_create([
        Approval(asked_by=office.olim, deed="leads", digest=str(n), asked_at=at, until=at + stepup.FRESH, words=[],
                 conditions=[], count=5, reason="Сверка")
        for n in range(rows)
    ])  # fmt: skip
    nodira = as_(office.nodira)
    nodira.get(LIST)
    with CaptureQueriesContext(connection) as seen:
        assert text_of(nodira.get(LIST)).count("Сверка") == rows
    assert len(seen) <= 8
