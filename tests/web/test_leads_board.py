"""The board: what stands on it, how a card moves, what happens when it may not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from leads.models import Lead, LossReason
from leads.services import editing, moves
from tests.office import Office

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/leads/board/?kind=agent&view=open"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def board(user: User, **query: object):
    response = as_(user).get("/leads/board/", query)
    assert response.status_code == 200
    return response


def push(user: User, lead: Lead, to: str, **fields: object):
    address = f"/leads/{lead.pk}/board-move/"
    return as_(user).post(address, {"to": to, "version": lead.version, **fields}, headers=HX)


def met(office: Office, lead: Lead) -> Lead:
    at = clock.now()
    facts = {"meeting": {"planned_at": at, "held_at": at}}
    return moves.move(lead=lead, to=office.stage("meeting"), by=lead.owner or office.olim, at=at, facts=facts)


def heads(response) -> dict[str, int]:
    return {shown.column.stage.code: shown.column.totals.count for shown in response.context["board"]}


# --- what stands on it -----------------------------------------------------------------------------------------


def test_a_stranger_sees_neither_cards_nor_numbers(office: Office) -> None:
    office.lead(office.sitora, name="Чужой", amount=Decimal(900))
    office.lead(name="Свой")
    response = board(office.olim, view="open")
    text = response.content.decode()
    assert "Свой" in text
    assert "Чужой" not in text
    assert heads(response)["contact"] == 1
    assert response.context["board"][0].column.totals.sums == ()


def test_one_funnel_at_a_time(office: Office) -> None:
    office.lead(name="Агент Алиев")
    office.lead(name="Клиент Каримов", kind="client")
    agents, clients = (board(office.olim, kind=kind).content.decode() for kind in ("agent", "client"))
    assert ("Агент Алиев" in agents, "Клиент Каримов" in agents) == (True, False)
    assert ("Агент Алиев" in clients, "Клиент Каримов" in clients) == (False, True)
    assert board(office.olim, kind="zzz").status_code == 200


def test_a_column_tells_its_count_sums_and_median(office: Office) -> None:
    for days, amount in ((2, 100), (4, 200), (9, 300)):
        lead = office.lead(amount=Decimal(amount))
        Lead.objects.filter(pk=lead.pk).update(stage_entered_at=clock.now() - timedelta(days=days))
    office.lead(amount=Decimal(5), currency="USD")
    column = board(office.olim).context["board"][0].column
    assert column.totals.count == 4
    assert {(m.currency, m.amount) for m in column.totals.sums} == {("UZS", Decimal(600)), ("USD", Decimal(5))}
    assert column.median_days == pytest.approx(3, abs=0.1)


def test_a_card_that_stands_too_long_is_marked(office: Office) -> None:
    lead = office.lead()
    assert "card-stale" not in board(office.olim).content.decode()
    Lead.objects.filter(pk=lead.pk).update(stage_entered_at=clock.now() - timedelta(days=12))
    text = board(office.olim).content.decode()
    assert "12/3" in text
    assert "card-stale" in text
    assert "нет шага" in text


def test_forty_cards_a_column_then_the_next_forty(office: Office) -> None:
    for _n in range(43):
        office.lead()
    response = board(office.olim)
    assert response.content.count(b"data-card ") == 40
    assert "Показать ещё 3" in response.content.decode()
    query = {"kind": "agent", "column": "contact", "from": 40}
    rest = as_(office.olim).get("/leads/board/", query, headers=HX)
    assert rest.content.count(b"data-card ") == 3
    assert b"<html" not in rest.content
    assert "Показать ещё" not in rest.content.decode()
    assert as_(office.olim).get("/leads/board/", query).content.count(b"data-card ") == 3
    assert as_(office.olim).get("/leads/board/", {"column": "zzz"}).status_code == 404


def test_the_board_costs_the_same_for_one_card_and_for_fifty(office: Office, django_assert_max_num_queries) -> None:
    client = as_(office.nodira)
    office.lead(agent_id=office.lead().party_id, segment_id=office.segment.pk)
    with django_assert_max_num_queries(16) as few:
        client.get("/leads/board/")
    for _n in range(25):
        met(office, office.lead(agent_id=office.lead().party_id))
    with django_assert_max_num_queries(16) as many:
        assert client.get("/leads/board/").content.count(b"data-card ") > 50
    assert len(many) == len(few)


def test_what_got_to_the_end_stays_in_the_last_column(office: Office) -> None:
    lead = office.lead(name="Дошёл")
    moves.move(
        lead=lead, to=office.stage("value_delivered"), by=office.nodira, at=clock.now(), waive=True, reason="Проверено"
    )
    for view in ("mine", "open"):
        assert heads(board(office.olim, view=view))["value_delivered"] == 1
    assert heads(board(office.olim, view="nostep"))["value_delivered"] == 0


# --- moving ----------------------------------------------------------------------------------------------------


def test_a_move_answers_with_the_card_and_all_the_heads(office: Office) -> None:
    lead = met(office, office.lead(name="Идёт дальше"))
    lead = moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=clock.now(), reason="Встречу перенесли")
    response = push(office.olim, lead, "meeting")
    text = response.content.decode()
    assert response.status_code == 200
    assert f'id="lead-card-{lead.pk}"' in text
    assert 'data-stage="meeting"' in text
    assert text.count('hx-swap-oob="true"') == 7
    assert 'id="head-contact"' in text
    lead.refresh_from_db()
    assert lead.stage.code == "meeting"


def test_a_closed_gate_asks_and_the_lead_stays(office: Office) -> None:
    lead = office.lead()
    response = push(office.olim, lead, "meeting")
    text = response.content.decode()
    assert response.status_code == 409
    assert "data-gate" in text
    assert f'hx-target="#lead-card-{lead.pk}"' in text
    lead.refresh_from_db()
    assert (lead.stage.code, lead.version) == ("contact", 1)


def test_what_the_gate_asked_for_moves_the_card_in_the_same_step(office: Office) -> None:
    lead = office.lead()
    dialog = push(office.olim, lead, "meeting")
    fields = {bound.html_name: "" for part in dialog.context["parts"] for bound in part}
    fields |= {name: "2026-01-01T10:00" for name in fields if name.endswith("_at")}
    response = push(office.olim, lead, "meeting", gate=1, **fields)
    assert response.status_code == 200, response.content.decode()
    assert 'data-stage="meeting"' in response.content.decode()


def test_a_way_back_asks_for_the_reason(office: Office) -> None:
    lead = met(office, office.lead())
    response = push(office.olim, lead, "contact")
    assert response.status_code == 409
    assert 'name="reason"' in response.content.decode()
    response = push(office.olim, lead, "contact", gate=1, reason="Встречи не было")
    assert response.status_code == 200
    lead.refresh_from_db()
    assert lead.stage.code == "contact"


def test_who_was_late_learns_it_and_gets_the_card_as_it_stands(office: Office) -> None:
    lead = office.lead(name="Спорный")
    met(office, lead)
    response = push(office.oksana, lead, "custdev")
    text = response.content.decode()
    assert response.status_code == 409
    assert "«Спорный» изменили, пока вы работали: сейчас этап «Созвон-встреча»" in text
    assert 'data-card data-stage="meeting" data-version="2"' in text
    assert "data-gate" not in text


def test_another_change_of_the_same_lead_does_not_stand_in_the_way(office: Office) -> None:
    lead = met(office, office.lead())
    back = moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=clock.now(), reason="Ошибка")
    editing.update_lead(lead=back, by=office.oksana, changes={"source_channel": "Выставка"})
    assert push(office.olim, back, "meeting").status_code == 200


def test_a_card_pressed_twice_moves_once(office: Office) -> None:
    lead = met(office, office.lead())
    lead = moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=clock.now(), reason="Ошибка")
    first, second = (push(office.olim, lead, "meeting") for _n in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    lead.refresh_from_db()
    assert lead.version == 4


def test_a_rail_asks_why_and_takes_the_card_off(office: Office) -> None:
    lead = office.lead()
    asked = push(office.olim, lead, "close:lost")
    assert asked.status_code == 409
    assert "data-gate" in asked.content.decode()
    assert push(office.olim, lead, "close:lost", close=1).status_code == 422
    closed = push(office.olim, lead, "close:lost", close=1, reason=LossReason.objects.first().pk)
    assert closed.status_code == 200
    assert closed["HX-Reswap"] == "delete"
    assert 'id="head-contact"' in closed.content.decode()
    lead.refresh_from_db()
    assert lead.outcome == "lost"


def test_a_card_is_moved_by_its_menu_without_scripts(office: Office) -> None:
    lead = met(office, office.lead())
    lead = moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=clock.now(), reason="Ошибка")
    client, address = as_(office.olim), f"/leads/{lead.pk}/board-move/"
    menu = client.get(address).content.decode()
    assert "Созвон-встреча" in menu
    response = client.post(address, {"to": "meeting", "version": lead.version, "next": "/leads/board/?kind=agent"})
    assert response.url == "/leads/board/?kind=agent"
    gate = client.post(address, {"to": "custdev"})
    assert gate.status_code == 409
    assert "CustDev" in gate.content.decode()
    assert client.post(address, {"to": "close:archived"}).status_code == 409


def test_a_hidden_card_cannot_be_moved(office: Office) -> None:
    lead = office.lead(office.sitora)
    assert push(office.olim, lead, "meeting").status_code == 404
    assert as_(office.olim).get(f"/leads/{lead.pk}/board-move/").status_code == 404
    assert push(office.olim, office.lead(), "zzz").status_code == 404
