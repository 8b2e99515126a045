"""The list of leads: who sees what, conditions, sums, bulk edits, export."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from agents.models import Segment
from common import clock
from leads.models import Lead, LossReason
from leads.services import moves, outcomes
from tests.office import Office

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, **query: object) -> str:
    response = as_(user).get("/leads/", query)
    assert response.status_code == 200
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def bulk(user: User, leads: list[object], deed: str, **fields: object):
    return as_(user).post("/leads/bulk/", {"lead": [getattr(x, "pk", x) for x in leads], "deed": deed, **fields})


def table(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


# --- who sees what ---------------------------------------------------------------------------------------------


def test_a_stranger_sees_neither_names_nor_numbers(office: Office) -> None:
    office.lead(office.sitora, name="Чужой Автосалон", amount=Decimal(777))
    office.lead(name="Свой Автосалон")
    for view in ("mine", "open", "all"):
        text = page(office.olim, view=view)
        assert "Свой Автосалон" in text
        assert "Чужой" not in text
        assert "777" not in text
    assert as_(office.olim).get("/leads/", {"view": "all"}).context["totals"].count == 1
    assert "Чужой Автосалон" in page(office.sitora)


def test_the_counts_on_the_tabs_are_the_rows_behind_them(office: Office) -> None:
    office.lead(name="Первый")
    office.lead(office.oksana, name="Второй", next_action="Звонок", next_action_at=clock.now() + timedelta(days=1))
    office.lead(office.sitora)
    outcomes.close(lead=office.lead(), outcome="archived", note="Дубль", by=office.olim, at=clock.now())
    client = as_(office.olim)
    counts = {name: count for name, _label, count, _current in client.get("/leads/").context["tabs"]}
    assert counts == {"mine": 1, "open": 2, "nostep": 1, "overdue": 0, "new": 2, "queue": 0, "all": 3}
    for name, count in counts.items():
        assert len(client.get("/leads/", {"view": name}).context["page"].object_list) == count


def test_an_owner_lands_on_his_own_leads_and_a_head_on_all_the_work(office: Office) -> None:
    office.lead(office.oksana, name="Лид Оксаны")
    assert "Лид Оксаны" not in page(office.olim)
    assert "Лид Оксаны" in page(office.nodira)


def test_the_list_costs_the_same_for_one_row_and_for_fifty(office: Office, django_assert_max_num_queries) -> None:
    client = as_(office.nodira)
    office.lead(agent_id=office.lead().party_id, segment_id=office.segment.pk, initiative_id=office.initiative.pk)
    with django_assert_max_num_queries(12) as few:
        client.get("/leads/")
    for _n in range(50):
        office.lead(agent_id=office.lead().party_id, segment_id=office.segment.pk)
    with django_assert_max_num_queries(12) as many:
        assert len(client.get("/leads/").context["page"].object_list) == 50
    assert len(many) == len(few)


def test_bulk_edit_needs_no_scripts(office: Office) -> None:
    office.lead()
    text = page(office.olim)
    bar = text[text.index('<form id="bulk"') :]
    assert " hidden" not in bar[: bar.index(">")].replace(":hidden", "")


# --- conditions ------------------------------------------------------------------------------------------------


def test_conditions_stand_in_the_address_and_as_chips(office: Office) -> None:
    office.lead(name="С сегментом", segment_id=office.segment.pk)
    office.lead(name="Без сегмента")
    text = page(office.olim, segment=office.segment.pk, q="сегмент")
    assert "С сегментом" in text
    assert "Без сегмента" not in text
    assert f"{office.segment.name}" in text
    chips = as_(office.olim).get("/leads/", {"segment": office.segment.pk, "stage": "contact"}).context["asked"].chips()
    assert [(str(c["label"]), str(c["text"])) for c in chips] == [("Сегмент", "Оценщики"), ("Этап", "Контакт")]
    nothing = page(office.olim, segment="none")
    assert "Без сегмента" in nothing
    assert ">С сегментом<" not in nothing


@pytest.mark.parametrize(
    "query",
    [
        "owner=abc",
        "owner=6ff0479d-15f4-43cd-bda1-a5863118cbf7",
        "view=zzz",
        "stage=zzz",
        "created_at_after=вчера",
        "party=7",
        "reached=contact&then_owner=abc",
        "outcome=zzz",
        "page=abc",
        "sort=zzz",
        "cols=zzz",
        "reached=zzz",
        "kind=zzz",
    ],
)
def test_nonsense_in_the_address_is_answered_in_words(office: Office, query: str) -> None:
    office.lead()
    response = as_(office.olim).get(f"/leads/?{query}")
    assert response.status_code == 200
    told = query.split("=", maxsplit=1)[0] in {"page", "sort", "cols"} or query == "reached=zzz"
    assert told or "не применено" in response.content.decode()


def test_a_hidden_owner_and_a_missing_one_sound_the_same(office: Office) -> None:
    hidden, missing = (page(office.olim, owner=pk) for pk in (office.sitora.pk, uuid4()))
    assert "Sitora" not in hidden
    told = "Условие «Владелец» не применено: такого значения нет, или оно вам не видно."
    assert told in hidden
    assert told in missing


def test_a_day_given_as_the_end_of_a_period_is_inside_it(office: Office) -> None:
    office.lead(name="Сегодняшний")
    today = timezone.localdate().isoformat()
    assert "Сегодняшний" in page(office.olim, created_at_before=today)
    assert "Сегодняшний" not in page(office.olim, created_at_before="2020-01-01")


def test_sums_of_different_currencies_are_not_added(office: Office) -> None:
    office.lead(amount=Decimal(1_000_000), currency="UZS")
    office.lead(amount=Decimal(500_000), currency="UZS")
    office.lead(amount=Decimal(300), currency="USD")
    sums = as_(office.olim).get("/leads/").context["totals"].sums
    assert {(money.currency, money.amount) for money in sums} == {("UZS", Decimal(1_500_000)), ("USD", Decimal(300))}


def test_a_sorted_list_puts_the_unknown_last_both_ways(office: Office) -> None:
    for name, amount in (("Б", Decimal(5)), ("А", Decimal(9)), ("В", None)):
        office.lead(name=name, amount=amount)
    client = as_(office.olim)

    def names(sort: str) -> str:
        return "".join(row.lead.party.name for row in client.get("/leads/", {"sort": sort}).context["page"].object_list)

    assert (names("amount"), names("-amount"), names("name")) == ("БАВ", "АБВ", "АБВ")


def test_fifty_rows_then_the_rest(office: Office) -> None:
    for _n in range(53):
        office.lead()
    client = as_(office.olim)
    first, second = (client.get("/leads/", {"page": n}, headers=HX) for n in (1, 2))
    assert (first.content.count(b"data-row>"), second.content.count(b"data-row>")) == (50, 3)
    assert "Показать ещё 3".encode() in first.content
    assert b"<html" not in first.content


def test_a_number_of_the_funnel_opens_the_rows_it_counts_and_says_what_they_are(office: Office) -> None:
    at = clock.now()
    moved = office.lead(name="Ушёл дальше")
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    moves.move(lead=moved, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)
    office.lead(name="Стоит на месте")
    query = {
        "reached": "contact",
        "kind": "agent",
        "state": "open",
        "entered_from": "2020-11-01",
        "entered_to": "2020-12-01",
    }
    assert "Вошли в «Контакт» с 1 по 30 ноября 2020 г. и ещё на этапе: 0" in page(office.olim, **query)
    query |= {"entered_to": (at + timedelta(days=1)).isoformat(), "then_owner": str(office.olim.pk)}
    text = page(office.olim, **query)
    assert "Стоит на месте" in text
    assert "Ушёл дальше" not in text
    assert "владелец тогда — «Olim»: 1" in text


def test_columns_are_chosen_by_the_address(office: Office) -> None:
    office.lead(source_channel="Выставка")
    assert "Выставка" not in page(office.olim)
    assert "Выставка" in page(office.olim, cols=["source_channel", "owner"])


def test_nothing_yet_and_nothing_found_are_told_apart(office: Office) -> None:
    assert "Здесь появятся лиды" in page(office.olim)
    office.lead()
    assert "По этим условиям лидов нет" in page(office.olim, q="такого нет")


def test_who_only_reads_is_offered_no_changes(office: Office) -> None:
    lead = office.lead()
    text = page(office.aziz)
    assert lead.party.name in text
    assert "Новый лид" not in text
    assert 'id="bulk"' not in text
    client = as_(office.aziz)
    for address in ("/leads/new/", "/leads/bulk/", f"/leads/{lead.pk}/board-move/"):
        assert client.post(address, {"lead": lead.pk, "deed": "owner", "to": "meeting"}).status_code == 403


# --- bulk ------------------------------------------------------------------------------------------------------


def test_a_bulk_edit_says_first_how_many_it_will_touch(office: Office) -> None:
    mine, hidden = office.lead(), office.lead(office.sitora, name="Чужой")
    text = bulk(office.olim, [mine, hidden], "owner").content.decode()
    assert "Выбрано 2: изменится 1, без прав 1" in text
    assert "Чужой" not in text


def test_one_refused_row_does_not_hold_the_others_back(office: Office) -> None:
    good, closed = office.lead(), office.lead(name="Закрытый")
    outcomes.close(lead=closed, outcome="archived", note="Дубль", by=office.olim, at=clock.now())
    hidden = office.lead(office.sitora, name="Чужой")
    step = {
        "run": 1,
        "text": "Позвонить",
        "next_action_at": (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    client = as_(office.olim)
    ids = [good.pk, closed.pk, hidden.pk]
    response = client.post("/leads/bulk/", {"lead": ids, "deed": "step", "_once": "k1", **step}, follow=True)
    text = response.content.decode()
    assert "Изменено: 1, без прав: 1, отказано: 1" in text
    assert "Закрытый" in text
    assert "Лид закрыт" in text
    assert "Чужой" not in text
    good.refresh_from_db()
    hidden.refresh_from_db()
    assert (good.next_action, hidden.next_action) == ("Позвонить", "")


def test_a_bulk_edit_pressed_twice_runs_once(office: Office) -> None:
    lead, client = office.lead(), as_(office.olim)
    form = {"lead": lead.pk, "deed": "owner", "run": 1, "owner": office.oksana.pk, "_once": "same"}
    first, second = (client.post("/leads/bulk/", form) for _n in range(2))
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    lead.refresh_from_db()
    assert (lead.owner, lead.version) == (office.oksana, 2)


def test_work_is_handed_only_to_those_one_sees(office: Office) -> None:
    lead = office.lead()
    response = bulk(office.olim, [lead], "owner", run=1, owner=office.sitora.pk)
    assert response.status_code == 422
    assert "Sitora" not in response.content.decode()


def test_what_is_wrong_for_every_row_is_said_at_the_field(office: Office) -> None:
    lead = office.lead()
    response = bulk(office.olim, [lead], "step", run=1, text="Звонок", next_action_at="2024-01-01T10:00")
    assert response.status_code == 422
    assert "не раньше, чем сейчас" in response.content.decode()
    response = bulk(office.olim, [lead], "close", run=1, outcome="lost")
    assert "Выберите причину отказа" in response.content.decode()


def test_leads_are_closed_and_sorted_together(office: Office) -> None:
    leads = [office.lead(), office.lead()]
    bulk(office.olim, leads, "segment", run=1, segment=office.segment.pk)
    assert Lead.objects.filter(segment=office.segment).count() == 2
    client_lead = office.lead(kind="client", name="Покупатель")
    other = Segment.objects.create(kind="client", name="Клиенты", owner=office.olim, team=office.north)
    response = as_(office.olim).post(
        "/leads/bulk/",
        {"lead": [leads[0].pk, client_lead.pk], "deed": "segment", "run": 1, "segment": other.pk},
        follow=True,
    )
    assert "Этот сегмент — из другой воронки" in response.content.decode()
    reason = LossReason.objects.first()
    bulk(office.olim, leads, "close", run=1, outcome="lost", reason=reason.pk)
    assert Lead.objects.filter(outcome="lost", loss_reason=reason).count() == 2


def test_more_than_two_hundred_at_once_are_refused_plainly(office: Office) -> None:
    response = bulk(office.olim, [uuid4() for _n in range(201)], "owner")
    assert response.status_code == 422
    assert "до 200 лидов" in response.content.decode()
    assert bulk(office.olim, [], "owner").status_code == 422
    assert bulk(office.olim, ["мусор"], "owner").status_code == 422


def test_all_that_meet_the_conditions_can_be_changed_at_once(office: Office) -> None:
    inside, outside = office.lead(segment_id=office.segment.pk), office.lead()
    filters = urlencode({"segment": office.segment.pk})
    form = {"all": 1, "filters": filters, "deed": "owner", "run": 1, "owner": office.oksana.pk}
    response = as_(office.olim).post("/leads/bulk/", form)
    assert response.url == f"/leads/?{filters}"
    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.owner, outside.owner) == (office.oksana, office.olim)
    assert as_(office.olim).post("/leads/bulk/", form | {"filters": "owner=abc"}).status_code == 422


# --- export ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_an_exported_name_is_never_a_formula(office: Office, name: str) -> None:
    office.lead(name=name)
    client = as_(office.olim)
    header, line = table(client.get("/leads/export/", {"format": "csv"}))
    assert header[0] == "Лид"
    assert line[0] == f"'{name}"
    assert all(cell[:1] not in "=+-@" for cell in line if cell)
    book = load_workbook(BytesIO(client.get("/leads/export/", {"format": "xlsx"}).content))
    cell = book.active["A2"]
    assert (cell.value, cell.data_type) == (name, "s")


def test_the_export_holds_what_the_list_shows_and_no_more(office: Office) -> None:
    office.lead(name="Свой", segment_id=office.segment.pk)
    office.lead(name="Другой")
    office.lead(office.sitora, name="Чужой")
    client = as_(office.olim)
    names = [row[0] for row in table(client.get("/leads/export/", {"view": "all"}))]
    assert sorted(names) == ["Другой", "Лид", "Свой"]
    assert [r[0] for r in table(client.get("/leads/export/", {"segment": office.segment.pk}))] == ["Лид", "Свой"]
    assert client.get("/leads/export/", {"owner": "abc"}).status_code == 422
