"""Search: found however it was typed, never more than one may see."""

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Initiative, Segment
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from common.translit import code_of, other_layout, to_cyrillic, to_latin
from leads.models import Lead
from leads.search import search, spellings
from tests.office import Office

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def names(office: Office, text: str) -> list[str]:
    return [lead.party.name for lead in search(office.olim, text).leads]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ориент Авто", "ориент"),
        ("Ориент Авто", "ОРИЕНТ"),
        ("Ориент Авто", "авто ориент"),
        ("Ориент Авто", "jhbtyn"),
        ("Ориент Авто", "orient"),
        ("Orient Auto", "ориент"),
        ("Orient Auto", "щкшуте"),
        ("Семён Ёлкин", "семен елкин"),
        ("Семен Елкин", "семён"),
        ("Oʻktam Gʻaniyev", "o'ktam g'aniyev"),
        ("O'ktam", "oʻktam"),
        ("Oʻrinov Mansur", "orinov"),
        ("Gʻofurov", "gofur"),
        ("O’ktam", "O`KTAM"),
        ("Жасур Эргашев", "jasur"),
        ("Jasur Ergashev", "жасур"),
        ("Саморканд Савдо", "самарканд"),
        ("ИП «Бухоро Текс»", "бухоро текс"),
    ],
)
def test_a_name_is_found_however_it_was_typed(office: Office, name: str, typed: str) -> None:
    office.lead(name=name)
    office.lead(name="Совсем другой человек")
    assert names(office, typed) == [name]


@pytest.mark.parametrize("typed", ["+998 90 123-45-67", "901234567", "90 123 45 67", "1234567", "4567"])
def test_a_phone_is_found_by_any_of_its_digits(office: Office, typed: str) -> None:
    draft = PartyDraft(kind="agent", name="Ирина", contacts=(ContactDraft("phone", "+998901234567"),))
    create_party(by=office.olim, draft=draft)
    assert [party.name for party in search(office.olim, typed).agents] == ["Ирина"]


def test_a_tax_number_and_an_outside_number_are_found_whole(office: Office) -> None:
    create_party(by=office.olim, draft=PartyDraft(kind="client", name="ООО Шёлк", tax_id="301234567"))
    Lead.objects.filter(pk=office.lead(name="Из АБС").pk).update(source="abs", external_id="AB-42")
    assert [party.name for party in search(office.olim, "301 234 567").clients] == ["ООО Шёлк"]
    assert names(office, "AB-42") == ["Из АБС"]


def test_a_record_is_found_by_its_id(office: Office) -> None:
    lead = office.lead(name="Orient")
    found = search(office.olim, str(lead.pk))
    assert list(found.leads) == [lead]
    assert search(office.sitora, str(lead.pk)).leads == []


def test_segments_and_initiatives_are_found_too(office: Office) -> None:
    assert office.segment
    assert office.initiative
    Segment.objects.create(kind="client", name="Ёмкости оʻрта", team=office.north)
    found = search(office.olim, "оценк")
    assert [initiative.name for initiative in found.initiatives] == ["Оценка под брендом банка"]
    assert [segment.name for segment in search(office.olim, "jwtyobrb").segments] == ["Оценщики"]
    assert [segment.name for segment in search(office.olim, "емкости о'рта").segments] == ["Ёмкости оʻрта"]


def test_what_starts_with_the_words_stands_first_and_open_leads_before_closed(office: Office) -> None:
    office.lead(name="Новый Ориент")
    closed = office.lead(name="Ориент закрытый")
    Lead.objects.filter(pk=closed.pk).update(outcome="archived")
    office.lead(name="Ориент открытый")
    assert names(office, "ориент") == ["Ориент открытый", "Ориент закрытый", "Новый Ориент"]


def test_nobody_finds_what_he_may_not_see(office: Office, client: Client) -> None:
    office.lead(office.sitora, name="Секретный Шёлк")
    Segment.objects.create(kind="agent", name="Секретный сегмент", team=office.south)
    Initiative.objects.filter(pk=office.initiative.pk).update(name="Секретная", owner=office.sitora, team=office.south)
    assert not search(office.olim, "секретный")
    assert search(office.sitora, "секретн")
    client.force_login(office.olim)
    text = client.get("/search/?q=секретн").content.decode()
    assert "Секретный Шёлк" not in text
    assert "Ничего не нашлось" in text


def test_the_first_five_are_shown_and_the_list_has_the_rest(office: Office, client: Client) -> None:
    for number in range(7):
        office.lead(name=f"Ориент {number}")
    client.force_login(office.olim)
    text = client.get("/search/?q=ориент").content.decode()
    found = search(office.olim, "ориент")
    assert len(found.leads) == len(found.agents) == 5
    assert found.more == {"leads", "agents"}
    assert f"{reverse('leads:list')}?q=%D0%BE" in text


def test_the_palette_gets_links_only(office: Office, client: Client) -> None:
    lead = office.lead(name="Orient Auto")
    client.force_login(office.olim)
    answer = client.get("/search/?q=orient", headers=HX)
    text = answer.content.decode()
    assert "<html" not in text
    assert f'href="{reverse("leads:card", args=[lead.pk])}"' in text
    assert "HX-Request" in answer["Vary"]


def test_nothing_found_offers_to_create_it(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    text = client.get("/search/?q=Silk+Trade", headers=HX).content.decode()
    assert "Ничего не нашлось" in text
    assert "Создать лид “Silk Trade”" in text
    assert f'href="{reverse("leads:create")}?name=Silk+Trade"' in text


def test_an_auditor_is_offered_nothing_to_create(office: Office, client: Client) -> None:
    client.force_login(office.aziz)
    assert "Создать лид" not in client.get("/search/?q=Silk", headers=HX).content.decode()


@pytest.mark.parametrize(
    "text", ["", " ", "a", "%", "'", "\\", "<script>alert(1)</script>", "я" * 5000, "@", "—", "+", "١٢٣٤٥"]
)
def test_odd_words_find_nothing_and_break_nothing(office: Office, client: Client, text: str) -> None:
    office.lead(name="Orient Auto")
    client.force_login(office.olim)
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("text", ["%%", "__", "\\\\"])
def test_marks_of_patterns_are_plain_letters(office: Office, text: str) -> None:
    office.lead(name="Orient Auto")
    assert not search(office.olim, text)


@pytest.mark.parametrize("who", ["olim", "nodira", "adiba"])
def test_a_search_costs_at_most_eight_queries(
    office: Office, client: Client, who: str, django_assert_max_num_queries
) -> None:
    for number in range(6):
        office.lead(name=f"Ориент {number}")
        office.lead(name=f"Клиент Ориент {number}", kind="client")
    assert office.segment
    client.force_login(getattr(office, who))
    with django_assert_max_num_queries(8):
        assert "Ориент 0" in client.get("/search/?q=ориент").content.decode()


def test_a_guest_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/search/?q=orient").status_code == 302


def test_spellings_are_few_and_folded() -> None:
    assert spellings("Ёлка") == ("елка", "tkrf", "elka")
    assert spellings("a") == ()
    assert "ориент" in spellings("jhbtyn")


def test_letters_go_over_and_back() -> None:
    assert (to_latin("щука"), to_cyrillic("shchuka")) == ("schuka", "щука")
    assert other_layout(other_layout("ghbdtn")) == "ghbdtn"
    assert code_of("Повторная встреча!") == "povtornaya_vstrecha"
    assert code_of("—") == ""
