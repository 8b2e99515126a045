"""Contacts of people one does not look after: masked by role, shown by a press that is logged."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agents.models import Party
from agents.services.contacts import ContactDraft, add_contact
from agents.services.parties import update_party
from audit.models import View
from common import clock
from common.errors import Invalid
from leads.models import Lead
from tests.documents.desk import prepared
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


TAX_ID = "305558913"


def test_a_hidden_number_is_left_alone_by_a_form_that_comes_back_unchanged(
    office: Office, client: Client, settings: Any
) -> None:
    settings.MASKING = {"product_owner": "masked"}
    lead = office.lead(name="Оценка Плюс")
    update_party(party=lead.party, by=office.olim, changes={"tax_id": TAX_ID})
    client.force_login(office.olim)
    address = reverse("leads:party_edit", args=[lead.pk])
    shown = client.get(address).content.decode()
    assert TAX_ID not in shown
    assert 'value="** 13"' in shown
    version = Party.objects.get(pk=lead.party_id).version
    typed = {"name": "Оценка Минус", "legal_form": "firm", "city": "", "tax_id": "** 13", "version": version}
    assert client.post(address, typed).status_code == 302
    kept = Party.objects.get(pk=lead.party_id)
    assert (kept.name, kept.tax_id) == ("Оценка Минус", TAX_ID)
    changed = typed | {"tax_id": "305558921", "version": kept.version}
    assert client.post(address, changed).status_code == 302
    assert Party.objects.get(pk=lead.party_id).tax_id == "305558921"


def test_two_who_change_a_hidden_number_meet_without_seeing_it(office: Office, client: Client, settings: Any) -> None:
    settings.MASKING = {"product_owner": "masked"}
    lead = office.lead(name="Оценка Плюс")
    update_party(party=lead.party, by=office.olim, changes={"tax_id": TAX_ID})
    read = Party.objects.get(pk=lead.party_id).version
    update_party(party=lead.party, by=office.nodira, changes={"tax_id": "305558921", "name": "Иначе"})
    client.force_login(office.olim)
    address = reverse("leads:party_edit", args=[lead.pk])
    typed = {"name": "Моё имя", "legal_form": "person", "city": "", "tax_id": "305558939", "version": read}
    met = client.post(address, typed)
    assert met.status_code == 409
    assert "305558921" not in met.content.decode()
    assert TAX_ID not in met.content.decode()
    theirs = client.post(address, typed | {"tax_id": "** 21", "version": Party.objects.get(pk=lead.party_id).version})
    assert theirs.status_code == 302
    assert Party.objects.get(pk=lead.party_id).tax_id == "305558921"


@pytest.mark.parametrize(
    ("kind", "value"), [("phone", "+998 ** *** ** 67"), ("email", "a…@…"), ("telegram", "@…"), ("other", "Ч…")]
)
def test_no_mask_is_kept_as_a_contact(office: Office, kind: str, value: str) -> None:
    with pytest.raises(Invalid):
        add_contact(party=office.lead().party, by=office.olim, draft=ContactDraft(kind, value))


def test_a_paper_is_opened_after_its_numbers_were_asked_for(office: Office, client: Client) -> None:
    document = prepared(office)
    client.force_login(office.aziz)
    paper = reverse("documents:pdf", args=[document.pk, 1])
    refused = client.get(paper)
    assert refused["Location"] == reverse("leads:card", args=[document.lead_id]) + "#contacts"
    client.post(reverse("privacy:reveal", args=[document.lead.party_id]))
    assert client.get(paper)["Content-Type"] == "application/pdf"


def test_a_session_reads_masks_in_the_api_and_a_mask_that_comes_back_is_refused(
    office: Office, client: Client, settings: Any
) -> None:
    lead = office.lead()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(office.aziz, backend=backend)
    told = client.get(f"/api/v1/agents/{lead.party_id}/").json()
    assert [contact["value"] for contact in told["contacts"]] == [f"+998 ** *** ** {number(lead)[-2:]}"]
    assert told["name"] == lead.party.name
    for eyes, plain in (("own", True), ("all", True), ("masked", False)):
        settings.MASKING = {"product_owner": eyes}
        client.force_login(office.olim, backend=backend)
        said = client.get(f"/api/v1/agents/{lead.party_id}/").content.decode()
        assert (number(lead) in said) is plain, eyes


def test_who_saw_him_is_one_press_away_for_those_who_may_know(office: Office, client: Client) -> None:
    lead = office.lead()
    way = f"{reverse('audit:seen')}?subject="
    cards = {
        reverse("leads:card", args=[lead.pk]): lead.pk,
        reverse("agents:card", args=[lead.party_id]): lead.party_id,
    }
    for user, told in ((office.aziz, True), (office.adiba, True), (office.nodira, False), (office.olim, False)):
        client.force_login(user)
        for card, subject in cards.items():
            assert (f"{way}{subject}" in client.get(card).content.decode()) is told, user.name
