"""The auditor's pages: who saw whom, what somebody did, and an earlier value put back."""

from datetime import timedelta

import pghistory
import pytest
from django.test import Client

from agents.models import Party
from agents.services.parties import update_party
from audit import watching
from audit.choices import Look
from audit.history import versions
from audit.models import View
from common import clock
from leads.models import Lead
from notifications.models import Notice
from tests.office import Office
from tests.web.test_markers import said

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return said(answer.getvalue()).decode()


@pytest.fixture
def lead(office: Office) -> Lead:
    """Olim's lead, whose card he has opened; Oksana has seen it in a list."""
    made = office.lead(name="Тимур Саидов")
    signed_in(office.olim).get(f"/leads/{made.pk}/")
    signed_in(office.oksana).get("/leads/?view=all")
    return made


def test_who_saw_a_client_is_told_by_name_and_way(office: Office, lead: Lead) -> None:
    text = page(signed_in(office.aziz), f"/audit/?subject={lead.party_id}")
    assert "Olim" in text
    assert "карточка" in text
    assert "Oksana" in text
    assert "список" in text
    by_lead = page(signed_in(office.aziz), f"/audit/?subject={lead.pk}&look=card")
    assert "Olim" in by_lead
    assert "leads:list" not in by_lead


def test_a_client_is_found_by_words_and_whoever_looks_for_him_is_journalled(office: Office, lead: Lead) -> None:
    text = page(signed_in(office.aziz), "/audit/?q=Саидов")
    assert f"?subject={lead.party_id}" in text
    entry = View.objects.filter(user_id=office.aziz.pk).latest("pk")
    assert (entry.look, entry.route) == (Look.SEARCH, "audit:seen")
    assert lead.party_id in entry.subjects


def test_what_a_person_looked_at_and_what_he_changed(office: Office, lead: Lead) -> None:
    signed_in(office.olim).post(f"/leads/{lead.pk}/note/", {"text": "позвонил"})
    client = signed_in(office.adiba)
    assert "Тимур Саидов" in page(client, f"/audit/person/?user={office.olim.pk}")
    changes = page(client, f"/audit/person/?user={office.olim.pk}&what=changes")
    assert "Заметка: создание" in " ".join(changes.replace("</a>", "").split()).replace("\n", "")
    assert f"/leads/{lead.pk}/note/" in changes
    assert "Выберите сотрудника" in page(client, "/audit/person/")


def test_the_journal_and_the_people_seen_are_had_as_files(office: Office, lead: Lead) -> None:
    client = signed_in(office.aziz)
    lines = page(client, f"/audit/export/?by=person&user={office.olim.pk}&format=csv")
    assert "leads:card" in lines
    assert str(lead.party_id) in lines
    assert "Тимур" not in lines
    people = page(client, f"/audit/export/?by=person&user={office.olim.pk}&format=csv&of=people")
    assert "Тимур Саидов" in people
    assert "leads:list" in page(client, f"/audit/export/?subject={lead.pk}&format=xlsx")


def test_nobody_else_enters(office: Office, lead: Lead) -> None:
    for path in ("/audit/", "/audit/person/", "/audit/export/", f"/audit/leads-lead/{lead.pk}/"):
        assert signed_in(office.nodira).get(path).status_code == 403


@pytest.fixture
def renamed(office: Office, lead: Lead) -> Party:
    with pghistory.context(user=str(office.olim.pk), request_id="r-1", ip="10.0.0.7"):
        return update_party(party=lead.party, by=office.olim, changes={"name": "Тимур Ошибкин", "city": "Бухара"})


def test_history_tells_values_before_and_after_in_words(office: Office, renamed: Party) -> None:
    text = page(signed_in(office.aziz), f"/audit/agents-party/{renamed.pk}/")
    assert "<del>Тимур Саидов</del> → Тимур Ошибкин" in text
    assert "10.0.0.7" in text
    assert "Вернуть это значение" not in text


def restore(office: Office, party: Party, *, version: int, user: object = None) -> int:
    first = versions(Party, party.pk)[-1]
    data = {"entry": first.pk, "column": "name", "version": version}
    return signed_in(user or office.adiba).post(f"/audit/agents-party/{party.pk}/restore/", data).status_code


def test_an_earlier_value_is_put_back_by_the_records_own_service(office: Office, renamed: Party) -> None:
    assert "Вернуть это значение" in page(signed_in(office.adiba), f"/audit/agents-party/{renamed.pk}/")
    renamed.refresh_from_db()
    assert restore(office, renamed, version=renamed.version) == 302
    renamed.refresh_from_db()
    assert (renamed.name, renamed.sort_key, renamed.city) == ("Тимур Саидов", "тимур саидов", "Бухара")
    newest = versions(Party, renamed.pk)[0]
    assert newest.told["user"] == str(office.adiba.pk)
    assert {change.field.name for change in newest.changes} == {"name"}


def test_a_value_is_not_put_over_what_somebody_changed_meanwhile(office: Office, renamed: Party) -> None:
    assert restore(office, renamed, version=1) == 409
    assert Party.objects.get(pk=renamed.pk).name == "Тимур Ошибкин"


def test_who_only_reads_puts_nothing_back(office: Office, renamed: Party) -> None:
    assert restore(office, renamed, version=2, user=office.aziz) == 403


def test_unusual_viewing_is_told_once_an_hour(office: Office, settings: object) -> None:
    settings.UNUSUAL_CARDS_AN_HOUR = 3  # type: ignore[attr-defined]
    assert office.aziz.is_active
    assert office.adiba.is_active
    leads, client = [office.lead() for _ in range(4)], signed_in(office.olim)
    for lead in leads[:3]:
        client.get(f"/leads/{lead.pk}/")
        client.get(f"/leads/{lead.pk}/")
    at = clock.now() + timedelta(seconds=1)
    assert watching.look(at=at) == 0  # three cards, however often: usual
    client.get(f"/leads/{leads[3].pk}/")
    at = clock.now().replace(minute=30) if clock.now().minute < 30 else clock.now() + timedelta(seconds=1)
    assert watching.look(at=at) == 1
    watching.look(at=at)
    told = Notice.objects.filter(kind="security")
    assert {notice.user_id for notice in told} == {office.aziz.pk, office.adiba.pk}
    assert told.count() == 2
    bell = page(signed_in(office.aziz), "/notifications/")
    assert "Olim открывает необычно много карточек: за час 4" in bell
    opened = signed_in(office.aziz).get(f"/notifications/{told.get(user_id=office.aziz.pk).pk}/")
    assert opened["Location"] == f"/audit/person/?user={office.olim.pk}"
