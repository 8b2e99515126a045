"""Papers of a lead that was lent: who may only read them meets no form in vain."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.sharing import lend
from common import clock
from documents.models import Document, LegalRequest
from documents.services.legal import ask
from tests.documents.desk import prepared
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(office: Office) -> Document:
    return prepared(office)


@pytest.fixture
def question(office: Office, paper: Document) -> LegalRequest:
    return ask(lead=paper.lead, by=office.olim, at=clock.now(), question="Можно ли платить долями?", document=paper)


def forms_and_ways(paper: Document, question: LegalRequest) -> dict[str, set[str]]:
    """By page, what leads to a change on it."""
    document, request = reverse("documents:detail", args=[paper.pk]), reverse("documents:request", args=[question.pk])
    names = ("documents:version", "documents:sign", "documents:void")
    return {
        document: {reverse(name, args=[paper.pk]) for name in names} | {reverse("documents:ask", args=[paper.lead_id])},
        request: {'name="answer"', 'name="take"', 'name="withdraw"'},
    }


def offered(client: Client, pages: dict[str, set[str]]) -> set[str]:
    return {way for page, ways in pages.items() for way in ways if way in client.get(page).content.decode()}


def lent(office: Office, paper: Document, level: str) -> None:
    at = clock.now()
    lend(
        by=office.olim, owner=office.olim, noun="lead", subject=paper.lead_id, email=office.sitora.email, level=level,
        until=at.date() + timedelta(days=7), reason="Общий клиент", at=at,
    )  # fmt: skip


def test_papers_lent_for_reading_are_shown_without_what_would_be_refused(
    office: Office, client: Client, paper: Document, question: LegalRequest
) -> None:
    pages = forms_and_ways(paper, question)
    client.force_login(office.sitora)
    lent(office, paper, "read")
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert offered(client, pages) == set()
    told = {"version": question.version, "answer": "Можно"}
    assert client.post(reverse("documents:request", args=[question.pk]), told).status_code == 404
    lent(office, paper, "work")
    assert offered(client, pages) == set().union(*pages.values())
    assert client.post(reverse("documents:request", args=[question.pk]), told).status_code == 302


def test_whoever_holds_the_lead_is_offered_all_of_it_and_an_auditor_nothing(
    office: Office, client: Client, paper: Document, question: LegalRequest
) -> None:
    pages = forms_and_ways(paper, question)
    client.force_login(office.olim)
    assert offered(client, pages) == set().union(*pages.values())
    client.force_login(office.aziz)
    assert offered(client, pages) == set()
