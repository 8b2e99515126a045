"""Blockers: the sales head's list of what to remove first."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock
from leads.models import Blocker, Lead
from leads.services.blockers import add_blocker
from tests.office import Office
from tests.web.parties import make_client, queries, signed_in, text_of

pytestmark = pytest.mark.django_db
LIST = "blockers:list"


def blocker(office: Office, lead: Lead, words: str) -> Blocker:
    return add_blocker(party=lead.party, by=office.olim, at=clock.now(), description=words, category="product")


def test_the_dearest_stands_first_and_counts_open_leads_only(office: Office) -> None:
    cheap, dear = office.lead(amount=Decimal(1_000_000)), office.lead(amount=Decimal(9_000_000))
    blocker(office, cheap, "Долго")
    blocker(office, dear, "Дорого")
    browser = signed_in(office.nodira)
    rows = browser.get(reverse(LIST)).context["page"].object_list
    assert [(row.description, row.leads_held, row.margin_held) for row in rows] == [
        ("Дорого", 1, Decimal(9_000_000)),
        ("Долго", 1, Decimal(1_000_000)),
    ]
    listed = reverse("leads:list") + f"?blocker={rows[0].pk}&view=open"
    assert listed.replace("&", "&amp;") in text_of(browser, reverse(LIST))
    assert browser.get(listed).context["page"].paginator.count == 1
    Lead.objects.filter(pk=dear.pk).update(outcome="lost")
    assert browser.get(reverse(LIST)).context["page"][0].description == "Долго"


def test_the_money_is_that_of_the_leads_one_sees(office: Office) -> None:
    north, south = office.lead(amount=Decimal(100)), office.lead(office.sitora, amount=Decimal(700))
    for lead in (north, south):
        blocker(office, lead, "Долго")
    held = {
        who: signed_in(getattr(office, who)).get(reverse(LIST)).context["page"][0].margin_held
        for who in ("nodira", "sardor", "adiba")
    }
    assert held == {"nodira": 100, "sardor": 700, "adiba": 800}


def test_the_list_costs_the_same_for_one_and_for_thirty(office: Office) -> None:
    browser = signed_in(office.nodira)
    blocker(office, office.lead(), "Блокатор 0")
    before = queries(browser, reverse(LIST))
    for n in range(1, 30):
        blocker(office, office.lead(), f"Блокатор {n}")
    assert queries(browser, reverse(LIST)) == before
    assert before <= 12


def test_a_removed_one_moves_to_its_tab_and_can_come_back(office: Office) -> None:
    one, browser = blocker(office, office.lead(), "Долго"), signed_in(office.nodira)
    browser.post(reverse("blockers:remove", args=[one.pk]))
    one.refresh_from_db()
    assert one.status == "removed"
    assert one.removed_at is not None
    assert "Долго" not in text_of(browser, reverse(LIST))
    assert "Долго" in text_of(browser, reverse(LIST) + "?status=removed")
    browser.post(reverse("blockers:reopen", args=[one.pk]))
    one.refresh_from_db()
    assert (one.status, one.removed_at) == ("open", None)


def test_the_responsible_is_named_and_two_editors_are_asked(office: Office) -> None:
    one, browser = blocker(office, office.lead(), "Долго"), signed_in(office.nodira)
    edit = reverse("blockers:edit", args=[one.pk])
    sent = {"description": "Долго", "category": "product", "version": one.version}
    assert browser.post(edit, sent | {"responsible": "Юридическая служба"}).status_code == 302
    one.refresh_from_db()
    assert one.responsible == "Юридическая служба"
    assert browser.post(edit, sent | {"responsible": "Риски"}).status_code == 409
    assert browser.post(edit, sent | {"description": "", "version": one.version}).status_code == 422


def test_the_same_words_are_the_same_blocker(office: Office) -> None:
    first, second = office.lead(), office.lead()
    blocker(office, first, "Долго")
    other = blocker(office, second, "Дорого")
    sent = {"description": "Долго", "category": "product", "version": other.version}
    response = signed_in(office.nodira).post(reverse("blockers:edit", args=[other.pk]), sent)
    assert response.status_code == 422
    assert "уже есть" in response.content.decode()


def test_a_blocker_is_written_on_the_party_it_holds(office: Office) -> None:
    client, browser = make_client(office, None), signed_in(office.olim)
    create = reverse("blockers:create", args=[client.pk])
    assert browser.post(create, {"description": "", "category": "product"}).status_code == 422
    assert browser.post(create, {"description": "Долго", "category": "nonsense"}).status_code == 422
    browser.post(create, {"description": "Долго", "category": "process", "responsible": "Риски"})
    assert client.blockers.get().responsible == "Риски"
    assert signed_in(office.sitora).post(create, {"description": "x", "category": "product"}).status_code == 404


def test_the_auditor_reads_and_removes_nothing(office: Office) -> None:
    one, auditor = blocker(office, office.lead(), "Долго"), signed_in(office.aziz)
    page = text_of(auditor, reverse(LIST))
    assert "Долго" in page
    for deed in ("remove", "edit", "reopen"):
        assert reverse(f"blockers:{deed}", args=[one.pk]) not in page
        assert auditor.post(reverse(f"blockers:{deed}", args=[one.pk])).status_code == 403
    missing = reverse("blockers:remove", args=["00000000-0000-7000-8000-000000000000"])
    assert signed_in(office.nodira).post(missing).status_code == 404
