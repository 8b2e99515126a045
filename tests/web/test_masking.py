"""Contacts of people one does not look after: masked by role, shown by a press that is logged."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import View
from common import clock
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db
MASK = "+998 ** *** ** "


def number(lead: Lead) -> str:
    return lead.party.contacts.get().value


def test_an_auditor_sees_masks_everywhere_until_he_presses_show_and_it_is_logged(
    office: Office, client: Client
) -> None:
    lead = office.lead()
    client.force_login(office.aziz)
    addresses = [reverse("leads:card", args=[lead.pk]), reverse("agents:card", args=[lead.party_id])]
    for address in addresses:
        shown = client.get(address).content.decode()
        assert number(lead) not in shown
        assert MASK in shown
    assert not View.objects.filter(look="reveal").exists()
    answer = client.post(reverse("privacy:reveal", args=[lead.party_id]), {"next": addresses[0]})
    assert answer["Location"] == addresses[0]
    for address in addresses:
        assert number(lead) in client.get(address).content.decode()
    entry = View.objects.get(look="reveal")
    assert (entry.user_id, entry.subjects, sorted(entry.fields)) == (
        office.aziz.pk, [lead.party_id], ["contacts", "identity"],
    )  # fmt: skip
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert number(lead) not in client.get(addresses[0]).content.decode()


def test_what_is_shown_of_one_is_not_shown_of_another(office: Office, client: Client) -> None:
    one, other = office.lead(), office.lead()
    client.force_login(office.aziz)
    client.post(reverse("privacy:reveal", args=[one.party_id]))
    assert number(other) not in client.get(reverse("leads:card", args=[other.pk])).content.decode()


def test_the_policy_is_the_banks(office: Office, client: Client, settings: Any) -> None:
    lead = office.lead()
    for eyes, owner, head in (("own", True, False), ("all", True, True), ("masked", False, False)):
        settings.MASKING = {"product_owner": eyes, "sales_head": eyes}
        for user, plain in ((office.olim, owner), (office.nodira, head)):
            client.force_login(user)
            shown = client.get(reverse("leads:card", args=[lead.pk])).content.decode()
            assert (number(lead) in shown) is plain, (eyes, user.name)


def test_a_file_masks_what_the_list_masks(office: Office, client: Client, settings: Any) -> None:
    lead = office.lead()
    client.force_login(office.aziz)
    rows = b"".join(client.get(reverse("leads:export"))).decode()  # type: ignore[arg-type]
    assert number(lead) not in rows
    assert "** " in rows
    settings.MASKING = {}
    assert number(lead)[1:] in b"".join(client.get(reverse("leads:export"))).decode()  # type: ignore[arg-type]


def test_nobody_reveals_whom_he_does_not_see(office: Office, client: Client) -> None:
    lead = office.lead()
    client.force_login(office.sitora)
    assert client.post(reverse("privacy:reveal", args=[lead.party_id])).status_code == 404
    assert not View.objects.filter(look="reveal").exists()
