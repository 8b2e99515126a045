"""After a deed in a dialog the page behind it shows what was done, also where only a place of that page is named."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.services.consents import record_consent
from common import clock
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(office: Office, client: Client) -> Lead:
    client.force_login(office.olim)
    return office.lead()


def withdrawn(client: Client, office: Office, lead: Lead, page: str) -> Any:
    """The answer to a consent's withdrawal in a dialog over ``page``."""
    at = clock.now()
    given = {"purpose": "marketing", "source": "paper", "text_version": "3", "given_at": at}
    consent = record_consent(party=lead.party, by=office.olim, at=at, **given)
    address = reverse("leads:consent_withdraw", args=[lead.pk, consent.pk])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    return client.post(address, headers=headers)


@pytest.mark.parametrize("place", ["", "#feed", "#consents"])
def test_the_page_that_is_open_is_read_again_where_only_its_place_is_named(
    office: Office, client: Client, lead: Lead, place: str
) -> None:
    card = reverse("leads:card", args=[lead.pk])
    answer = withdrawn(client, office, lead, card + place)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{card}#consents")
    assert answer["HX-Refresh"] == "true"


@pytest.mark.parametrize("page", ["/leads/", "/leads/?view=all#top", ""])
def test_another_page_is_left_as_ever(office: Office, client: Client, lead: Lead, page: str) -> None:
    """The control: to read a page again while it is being left would lead back to it."""
    answer = withdrawn(client, office, lead, page)
    assert answer["HX-Redirect"].endswith("#consents")
    assert "HX-Refresh" not in answer
