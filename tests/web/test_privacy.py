"""The pages of personal data: who enters, what is asked before there is no way back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import View
from common import clock
from jobs.models import Job
from leads.models import Lead
from privacy.models import Erasure, LegalHold, RetentionRule, SubjectExport
from privacy.services import erasing, exporting
from tests.office import Office

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=15, seconds=1)


@pytest.fixture
def adiba(office: Office, client: Client) -> Client:
    client.force_login(office.adiba)
    return client


def closed(office: Office) -> Lead:
    lead = office.lead(name="Аброр Турсунов")
    Lead.objects.filter(pk=lead.pk).update(outcome="lost")
    return lead


def test_an_archive_is_asked_for_made_and_downloaded_with_a_line_in_the_journal(office: Office, adiba: Client) -> None:
    party = office.lead().party
    address = reverse("privacy:archive", args=[party.pk])
    assert adiba.get(address).status_code == 302
    adiba.post(reverse("privacy:export", args=[party.pk]))
    export = SubjectExport.objects.get()
    assert Job.objects.filter(kind=exporting.JOB).count() == 1
    exporting.fill(export=export, at=clock.now())
    answer = adiba.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="{party.pk}.zip"'
    assert answer.content[:2] == b"PK"
    assert View.objects.filter(look="export", subjects__contains=[party.pk], user_id=office.adiba.pk).exists()
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert adiba.get(address)["Location"].startswith("/account/confirm/")


def test_an_erasure_shows_what_goes_and_asks_for_the_last_word_and_a_proof(office: Office, adiba: Client) -> None:
    party = closed(office).party
    address = reverse("privacy:erase", args=[party.pk])
    page = adiba.get(address).content.decode()
    assert "Контакты" in page
    assert "останется без имени и текстов" in page
    assert 'name="sure"' in page
    unsure = adiba.post(address, {"basis": "request", "letter": "№ 7"})
    assert (unsure.status_code, Erasure.objects.count()) == (422, 0)
    sure = {"basis": "request", "letter": "№ 7", "sure": "on"}
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert adiba.post(address, sure).status_code == 403
    assert Erasure.objects.count() == 0
    assert adiba.post(address, sure).status_code == 302
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.letter) == ("running", "№ 7")
    erasing.carry_out(erasure)
    act = adiba.get(reverse("privacy:act", args=[party.pk]))
    assert act.content[:4] == b"%PDF"
    assert "Аброр" not in adiba.get(reverse("privacy:index")).content.decode()


def test_an_archive_is_not_offered_once_what_it_held_is_erased(office: Office, adiba: Client) -> None:
    party = closed(office).party
    card, archive = reverse("privacy:subject", args=[party.pk]), reverse("privacy:archive", args=[party.pk])
    exporting.fill(export=exporting.ask(party=party, by=office.adiba, at=clock.now()), at=clock.now())
    assert archive in adiba.get(card).content.decode()
    asked = erasing.ask(party=party, by=office.adiba, at=clock.now(), basis="request")
    erasing.carry_out(erasing.confirm(erasure=asked, by=office.adiba, at=clock.now()))
    assert archive not in adiba.get(card).content.decode()
    assert adiba.get(archive)["Location"] == card, "and not an empty file"


def test_an_open_lead_and_a_hold_are_told_beside_what_was_typed(office: Office, adiba: Client) -> None:
    party = office.lead().party
    sure = {"basis": "withdrawn", "letter": "№ 8", "sure": "on"}
    answer = adiba.post(reverse("privacy:erase", args=[party.pk]), sure)
    assert answer.status_code == 422
    assert "Сначала закройте его лиды" in answer.content.decode()
    assert "№ 8" in answer.content.decode()
    adiba.post(reverse("privacy:hold", args=[party.pk]), {"reason": "Спор"})
    assert LegalHold.objects.get().reason == "Спор"
    answer = adiba.post(reverse("privacy:erase", args=[party.pk]), sure)
    assert "запрет на удаление" in answer.content.decode()
    adiba.post(reverse("privacy:lift", args=[party.pk]))
    assert LegalHold.objects.get().lifted_at is not None


def test_what_stands_in_the_way_is_said_before_anybody_fills_in_the_form(office: Office, adiba: Client) -> None:
    lead = office.lead()
    address = reverse("privacy:erase", args=[lead.party_id])
    page = adiba.get(address).content.decode()
    assert "Сначала закройте его лиды" in page
    assert 'name="sure"' not in page
    Lead.objects.filter(pk=lead.pk).update(outcome="lost")
    assert 'name="sure"' in adiba.get(address).content.decode(), "the control: nothing stands in the way"
    adiba.post(reverse("privacy:hold", args=[lead.party_id]), {"reason": "Спор"})
    page = adiba.get(address).content.decode()
    assert "Пока он не снят, данные остаются" in page
    assert 'name="sure"' not in page
    told = adiba.get(reverse("privacy:subject", args=[lead.party_id])).content.decode()
    assert "Удалить данные нельзя, пока стоит запрет" in told
    assert address not in told
    assert reverse("agents:card", args=[lead.party_id]) in told, "the way back to where one came from"


def test_the_days_of_a_rule_are_set_and_shown(office: Office, adiba: Client) -> None:
    address = reverse("privacy:rule", args=["calls"])
    assert adiba.post(address, {"days": "0", "active": "on"}).status_code == 422
    assert adiba.post(address, {"days": "777", "active": "on"}).status_code == 302
    assert RetentionRule.objects.get().days == 777
    assert "777" in adiba.get(reverse("privacy:retention")).content.decode()


def test_an_auditor_reads_and_presses_nothing(office: Office, client: Client) -> None:
    party = office.lead().party
    client.force_login(office.aziz)
    for name in ("index", "register", "retention"):
        assert client.get(reverse(f"privacy:{name}")).status_code == 200
    page = client.get(reverse("privacy:subject", args=[party.pk])).content.decode()
    assert "Собрать архив" not in page
    for name in ("export", "hold", "lift", "erase"):
        assert client.post(reverse(f"privacy:{name}", args=[party.pk])).status_code == 403
