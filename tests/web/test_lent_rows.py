"""A list and a board offer no deed on a lead that was lent only to be read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.sharing import lend
from common import clock
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db


def offered(client: Client, lead: Lead) -> set[str]:
    pages = (reverse("leads:list"), reverse("leads:board"))
    bodies = [client.get(page, {"view": "all"}).content.decode() for page in pages]
    assert all(lead.party.name in body for body in bodies)
    ways = {reverse(name, args=[lead.pk]) for name in ("results:lead", "leads:step", "leads:move")}
    return {way for way in ways for body in bodies if f'href="{way}' in body}


@pytest.mark.parametrize(("level", "count"), [("read", 0), ("work", 3)])
def test_what_would_be_refused_is_not_offered(office: Office, client: Client, level: str, count: int) -> None:
    lead, at = office.lead(name="Зимородок"), clock.now()
    lend(
        by=office.olim, owner=office.olim, noun="lead", subject=lead.pk, email=office.sitora.email, level=level,
        until=at.date() + timedelta(days=7), reason="Общий клиент", at=at,
    )  # fmt: skip
    client.force_login(office.sitora)
    assert len(offered(client, lead)) == count
