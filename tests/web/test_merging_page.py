"""Two leads on one person: found, laid side by side, joined by choice, parted again."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agents.services.contacts import ContactDraft, add_contact
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pair(office: Office) -> tuple[Lead, Lead]:
    """The second has the first one's phone besides its own, and says other things of the same man."""
    first = office.lead(office.olim, name="Азиз Каримов", problem="Долго продаёт", base="Выставка")
    second = office.lead(office.olim, name="Азиз Авто", problem="Нет покупателей", amount=500)
    phone = first.party.contacts.get().value
    add_contact(party=second.party, by=office.olim, draft=ContactDraft("phone", phone))
    return first, second


def address(kept: Lead, gone: Lead) -> str:
    return f"{reverse('leads:merge', args=[kept.pk])}?with={gone.pk}"


def test_the_card_says_that_a_lead_looks_like_another_and_leads_there(office: Office, pair: tuple[Lead, Lead]) -> None:
    client, (first, second) = as_(office.olim), pair
    assert "похож на другой лид" in client.get(reverse("leads:card", args=[first.pk])).content.decode()
    page = client.get(reverse("leads:merge", args=[first.pk])).content.decode()
    assert "Азиз Авто" in page
    assert f"with={second.pk}" in page
    alone = office.lead(office.olim, name="Иной Человек")
    assert "похож на другой лид" not in client.get(reverse("leads:card", args=[alone.pk])).content.decode()


def test_the_second_one_is_found_by_name_among_those_one_sees(office: Office, pair: tuple[Lead, Lead]) -> None:
    office.lead(office.olim, name="Зафар Рашидов")
    office.lead(office.sitora, name="Зафар Чужой")
    page = as_(office.olim).get(reverse("leads:merge", args=[pair[0].pk]), {"q": "зафар"}).content.decode()
    assert "Зафар Рашидов" in page
    assert "Зафар Чужой" not in page


def test_joining_keeps_what_was_chosen_and_parting_gives_it_back(office: Office, pair: tuple[Lead, Lead]) -> None:
    client, (kept, gone) = as_(office.olim), pair
    page = client.get(address(kept, gone)).content.decode()
    assert "Долго продаёт" in page
    assert "Нет покупателей" in page
    posted = {"version": kept.version, "problem": "other", "base": "kept"}
    assert client.post(address(kept, gone), posted).status_code == 302
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.problem, kept.base, gone.outcome, gone.merged_into_id) == (
        "Нет покупателей", "Выставка", "archived", kept.pk,
    )  # fmt: skip
    card = client.get(reverse("leads:card", args=[gone.pk])).content.decode()
    assert "Объединён с другим лидом" in card
    assert client.post(reverse("leads:unmerge", args=[gone.pk]), {"reason": "Однофамилец"}).status_code == 302
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.problem, gone.outcome, gone.merged_into_id) == ("Долго продаёт", "open", None)


def test_a_choice_not_made_leaves_what_stands(office: Office, pair: tuple[Lead, Lead]) -> None:
    kept, gone = pair
    as_(office.olim).post(address(kept, gone), {"version": kept.version})
    kept.refresh_from_db()
    assert kept.problem == "Долго продаёт"


def test_a_lead_changed_meanwhile_is_shown_again_and_nothing_is_joined(office: Office, pair: tuple[Lead, Lead]) -> None:
    kept, gone = pair
    Lead.objects.filter(pk=kept.pk).update(version=kept.version + 1)
    answer = as_(office.olim).post(address(kept, gone), {"version": kept.version, "problem": "other"})
    assert answer.status_code == 409
    assert f'value="{kept.version + 1}"' in answer.content.decode()
    gone.refresh_from_db()
    assert gone.outcome == "open"


def test_a_refusal_is_said_on_the_page(office: Office, pair: tuple[Lead, Lead]) -> None:
    client = office.lead(office.olim, kind="client")
    answer = as_(office.olim).post(address(pair[0], client), {"version": pair[0].version})
    assert (answer.status_code, "из разных воронок" in answer.content.decode()) == (422, True)


def test_a_lead_out_of_sight_is_neither_shown_nor_joined(office: Office, pair: tuple[Lead, Lead]) -> None:
    foreign = office.lead(office.sitora)
    for method in ("get", "post"):
        assert getattr(as_(office.olim), method)(address(pair[0], foreign)).status_code == 404


def test_exactly_two_are_chosen_in_the_list(office: Office, pair: tuple[Lead, Lead]) -> None:
    client, third = as_(office.olim), office.lead(office.olim)
    ids = [str(lead.pk) for lead in pair]
    answer = client.post(reverse("leads:bulk"), {"deed": "merge", "lead": ids})
    assert answer.status_code == 302
    assert {answer.url.split("/")[2], answer.url.partition("with=")[2]} == set(ids)
    assert client.post(reverse("leads:bulk"), {"deed": "merge", "lead": [*ids, str(third.pk)]}).status_code == 422


def test_parting_what_was_never_joined_is_refused_in_words(office: Office) -> None:
    lead = office.lead(office.olim)
    answer = as_(office.olim).post(reverse("leads:unmerge", args=[lead.pk]), {"reason": ""})
    assert (answer.status_code, "ни с кем не объединён" in answer.content.decode()) == (422, True)
