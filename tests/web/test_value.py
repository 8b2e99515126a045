"""Value promised and measured on pages: the card's small history, the mark in lists, counts that open their rows."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common import clock
from leads.models import Lead, ValuePromise
from leads.services import moves, recording
from leads.services.editing import update_lead
from leads.value import bank_day
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def olim(office: Office, client: Client) -> Client:
    client.force_login(office.olim)
    return client


def promise(office: Office, lead: Lead | None = None, due: int = 10, **changed: Any) -> ValuePromise:
    """``due`` days from today."""
    today = bank_day(clock.now())
    values = {"metric": "Срок выдачи", "unit": "дн.", "target": Decimal(1), "direction": "down",
              "promised_on": today - 60 * DAY, "due_on": today + due * DAY}  # fmt: skip
    lead = lead or office.lead()
    return recording.record_promise(lead=lead, by=office.olim, at=clock.now(), **values | changed)


def measure(office: Office, row: ValuePromise, value: str, at: datetime | None = None, taken_from: str = "") -> None:
    recording.record_measurement(
        lead=row.lead,
        by=office.olim,
        at=clock.now(),
        value=Decimal(value),
        promise=row,
        measured_at=at,
        taken_from=taken_from,
    )


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def card(client: Client, lead: Lead) -> str:
    return text_of(client.get(reverse("leads:card", args=[lead.pk])).content.decode())


def test_the_card_tells_how_far_a_promise_has_come_and_keeps_its_history(office: Office, olim: Client) -> None:
    row = promise(office, due=-1)
    measure(office, row, "2.5", clock.now() - 2 * DAY, "звонок")
    measure(office, row, "1.25", taken_from="выгрузка")
    page = card(olim, row.lead)
    assert "1,25 дн. из 1 дн.: 80 %" in page
    assert "2,5 дн." in page
    assert "звонок" in page
    assert page.count("недокрутили") == 2, "beside the promise, and at the head of the lead"


def test_with_a_baseline_the_way_is_measured(office: Office, olim: Client) -> None:
    row = promise(office, baseline=Decimal(5))
    measure(office, row, "2")
    assert "2 дн. из 1 дн.: пройдено 75 % пути" in card(olim, row.lead)
    measure(office, row, "6")
    assert "6 дн. из 1 дн.: хуже, чем было" in card(olim, row.lead)


def test_what_nobody_measured_says_so(office: Office, olim: Client) -> None:
    late, near = promise(office, due=-9), promise(office, due=1)
    assert "недокрутили: не измерено" in card(olim, late.lead)
    assert "пора измерить" in card(olim, near.lead)


def test_a_won_lead_whose_number_falls_later_is_shown_as_fallen_short_and_stays_won(
    office: Office, olim: Client
) -> None:
    row = promise(office, due=-1)
    measure(office, row, "1", clock.now() - DAY)
    moves.move(
        lead=row.lead,
        to=office.stage("value_delivered"),
        by=office.nodira,
        at=clock.now(),
        waive=True,
        reason="Проверка",
    )
    assert "недокрутили" not in card(olim, row.lead)
    measure(office, row, "1.5")
    page = card(olim, row.lead)
    assert "недокрутили" in page
    assert "Ценность доставлена" in page
    assert Lead.objects.get(pk=row.lead_id).outcome == "won"


def test_a_fact_is_written_in_one_form_behind_one_press(office: Office, olim: Client) -> None:
    row = promise(office)
    address = f"{reverse('leads:measurement', args=[row.lead_id])}?promise={row.pk}"
    assert address in olim.get(reverse("leads:card", args=[row.lead_id])).content.decode()
    answer = olim.post(address, {"measurement-promise": row.pk, "measurement-value": "1,4"})
    assert answer.status_code == 302
    assert row.measurements.get().value == Decimal("1.4")


def test_a_number_from_before_the_promise_is_refused_at_its_field(office: Office, olim: Client) -> None:
    row = promise(office, promised_on=bank_day(clock.now()))
    then = timezone.localtime(clock.now() - 3 * DAY, office.olim.zone).strftime("%Y-%m-%dT%H:%M")
    sent = {"measurement-promise": row.pk, "measurement-value": "1,4", "measurement-measured_at": then}
    answer = olim.post(f"{reverse('leads:measurement', args=[row.lead_id])}?promise={row.pk}", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Измерено до обещания" in page
    assert "1,4" in page


def test_the_gate_of_the_verbal_contract_offers_to_write_the_promise_down(office: Office, olim: Client) -> None:
    lead = office.lead()
    moves.move(lead=lead, to=office.stage("custdev"), by=office.nodira, at=clock.now(), waive=True, reason="Проверка")
    lead.refresh_from_db()
    update_lead(lead=lead, by=office.olim, changes={"utp": office.utp})
    lead.refresh_from_db()
    address = reverse("leads:move", args=[lead.pk]) + "?to=verbal_contract"
    page = olim.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "не хватает 2" in page
    assert 'name="promise-metric"' in page
    terms = {"gate": "1", "version": lead.version, "agreement-agent_gives": "База", "agreement-bank_gives": "Комиссия"}
    half = olim.post(address, terms | {"promise-metric": "Заявки", "promise-direction": "up"})
    assert half.status_code == 422, "what was begun is to be finished or emptied"
    whole = {"promise-metric": "Заявки", "promise-target": "15", "promise-direction": "up",
             "promise-due_on": "2030-01-01"}  # fmt: skip
    assert olim.post(address, terms | whole).status_code == 302
    assert Lead.objects.get(pk=lead.pk).stage.code == "verbal_contract"
    assert lead.promises.get().target == 15


def test_terms_without_a_promise_still_pass_the_gate(office: Office, olim: Client) -> None:
    lead = office.lead()
    moves.move(lead=lead, to=office.stage("custdev"), by=office.nodira, at=clock.now(), waive=True, reason="Проверка")
    lead.refresh_from_db()
    update_lead(lead=lead, by=office.olim, changes={"utp": office.utp})
    lead.refresh_from_db()
    sent = {"gate": "1", "version": lead.version, "agreement-agent_gives": "База", "agreement-bank_gives": "Комиссия",
            "promise-metric": office.utp.promised_metric, "promise-direction": "up"}  # fmt: skip
    assert olim.post(reverse("leads:move", args=[lead.pk]) + "?to=verbal_contract", sent).status_code == 302
    assert not lead.promises.exists()


def test_the_list_marks_and_finds_what_fell_short(office: Office, olim: Client) -> None:
    short, waiting = promise(office, due=-9), promise(office)
    for name, found in (("short", [short.lead_id]), ("waiting", [waiting.lead_id]), ("kept", [])):
        page = olim.get(reverse("leads:list"), {"value": name}).content.decode()
        assert re.findall(r'<tr id="lead-([0-9a-f-]+)"', page) == [str(pk) for pk in found]
    page = olim.get(reverse("leads:list"), {"view": "all"}).content.decode()
    rows = re.split(r'<tr id="lead-', page)[1:]
    assert {row[:36]: "tag-error" in row and "недокрутили" in row for row in rows} == {
        str(short.lead_id): True, str(waiting.lead_id): False,
    }  # fmt: skip
    assert "недокрутили" in olim.get(reverse("leads:board")).content.decode()


def _set(office: Office, **lead: Any) -> dict[str, ValuePromise]:
    """One promise of each fate, and one dropped with its lead."""
    rows = {
        "in_time": promise(office, office.lead(**lead), due=-5),
        "late": promise(office, office.lead(**lead), due=-5),
        "short": promise(office, office.lead(**lead), due=-5),
        "measure": promise(office, office.lead(**lead), due=-5),
        "waiting": promise(office, office.lead(**lead)),
    }
    at = clock.now()
    measure(office, rows["in_time"], "1", at - 6 * DAY)
    measure(office, rows["late"], "2", at - 6 * DAY)
    measure(office, rows["late"], "0.5", at)
    measure(office, rows["short"], "2", at)
    return rows


def _rows(client: Client, address: str) -> set[str]:
    return set(re.findall(r'<tr id="promise-([0-9a-f-]+)"', client.get(address).content.decode()))


def test_each_number_of_a_segment_opens_exactly_the_promises_it_counts(office: Office, olim: Client) -> None:
    rows = _set(office, segment_id=office.segment.pk)
    promise(office, due=-9)
    page = olim.get(reverse("segments:detail", args=[office.segment.pk])).content.decode()
    links = re.findall(r'href="(/value/\?[^"]+)">([^<]+)</a>', page)
    names = [set(rows) - {"waiting"}, {"in_time"}, {"late"}, {"short"}, {"measure"}, {"waiting"}]
    assert [text for _address, text in links] == ["2 из 4", "1", "1", "1", "1", "1"]
    for (address, _text), expected in zip(links, names, strict=True):
        assert _rows(olim, address.replace("&amp;", "&")) == {str(rows[name].pk) for name in expected}


def test_the_agents_card_counts_his_own_promises_and_those_to_his_clients(office: Office, olim: Client) -> None:
    own = office.lead()
    client = office.lead(kind="client", agent_id=own.party_id)
    measure(office, promise(office, own, due=-5), "1")
    promise(office, client, due=-9)
    promise(office, due=-9)
    page = olim.get(reverse("agents:card", args=[own.party_id]), {"tab": "value"}).content.decode()
    assert "1 из 2" in text_of(page)
    assert len(_rows(olim, f"{reverse('value:list')}?agent={own.party_id}&due=1")) == 2


def test_the_list_shows_only_promises_of_leads_one_may_see(office: Office, olim: Client) -> None:
    mine = promise(office)
    theirs = recording.record_promise(
        lead=office.lead(office.sitora), by=office.sitora, at=clock.now(), metric="Чужое", target=Decimal(1),
        due_on=bank_day(clock.now()),
    )  # fmt: skip
    assert _rows(olim, reverse("value:list")) == {str(mine.pk)}
    assert _rows(olim, f"{reverse('value:list')}?owner={office.sitora.pk}") == {str(mine.pk)}
    client = Client()
    client.force_login(office.sitora)
    assert _rows(client, reverse("value:list")) == {str(theirs.pk)}


def test_the_list_opens_with_what_asks_for_most_and_offers_a_fact_only_there(office: Office, olim: Client) -> None:
    kept = promise(office, due=-5, metric="выполнено")
    measure(office, kept, "1", clock.now() - 6 * DAY)
    for due, metric in ((40, "ждём"), (1, "пора"), (-3, "недокрутили")):
        promise(office, due=due, metric=metric)
    page = olim.get(reverse("value:list")).content.decode()
    rows = re.findall(r"<tr id=\"promise-.*?</tr>", page, re.DOTALL)
    assert [next(name for name in ("недокрутили,", "пора,", "ждём,", "выполнено,") if name in row) for row in rows] == [
        "недокрутили,", "пора,", "ждём,", "выполнено,"
    ]  # fmt: skip
    assert ["Внести факт" in row for row in rows] == [True, True, True, False]
