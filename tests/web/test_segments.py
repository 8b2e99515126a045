"""Segments on their pages: two lists, one branch, traits as lines, and a reach that must add up."""

import pytest
from django.urls import reverse

from agents.models import Segment, Utp
from agents.services.offers import update_segment
from tests.office import Office
from tests.web.parties import make_agent, queries, signed_in, text_of

pytestmark = pytest.mark.django_db


def detail(segment: Segment) -> str:
    return reverse("segments:detail", args=[segment.pk])


def sent(**more: object) -> dict[str, object]:
    return {"kind": "agent", "name": "Оценщики: Chevrolet", "currency": "UZS"} | more


def test_the_list_costs_the_same_for_one_and_for_thirty(office: Office) -> None:
    browser, list_ = signed_in(office.olim), reverse("segments:list")
    office.lead(segment_id=office.segment.pk)
    before = queries(browser, list_)
    for n in range(29):
        one = Segment.objects.create(kind="agent", name=f"Сегмент {n}", parent=office.segment, team=office.north)
        office.lead(segment_id=one.pk)
    assert queries(browser, list_) == before
    assert before <= 12


def test_the_page_costs_the_same_for_one_child_and_for_thirty(office: Office) -> None:
    browser, utp = signed_in(office.olim), office.utp
    for n in range(30):
        one = Segment.objects.create(kind="agent", name=f"Сегмент {n}", parent=office.segment, team=office.north)
        make_agent(office, name=f"Агент {n}", segment_id=office.segment.pk)
        office.lead(segment_id=one.pk, utp_id=utp.pk)
        if n == 0:
            before = queries(browser, detail(office.segment))
    assert queries(browser, detail(office.segment)) == before
    assert before <= 20


def test_agents_and_clients_stand_in_lists_of_their_own(office: Office) -> None:
    browser, agents = signed_in(office.olim), office.segment
    clients = Segment.objects.create(kind="client", name="Покупатели квартир", team=office.north)
    assert agents.name in text_of(browser, reverse("segments:list"))
    assert clients.name not in text_of(browser, reverse("segments:list"))
    assert clients.name in text_of(browser, reverse("segments:list") + "?kind=client")


def test_a_segment_is_made_with_traits_as_lines(office: Office) -> None:
    traits = "марка: Chevrolet\n\nвозраст: до 5 лет"
    money = "1 350 000 000,50"
    response = signed_in(office.olim).post(reverse("segments:create"), sent(traits=traits, money_mass=money, reach=50))
    made = Segment.objects.get(name="Оценщики: Chevrolet")
    assert response["Location"] == detail(made)
    assert made.traits == {"марка": "Chevrolet", "возраст": "до 5 лет"}
    assert (str(made.money_mass), made.owner, made.team) == ("1350000000.50", office.olim, office.north)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("traits", "марка Chevrolet", "Строка 1: напишите «признак: значение»"),
        ("traits", "марка: a\nмарка: b", "уже был выше"),
        ("problem_sharpness", "11", "меньше"),
        ("reach", "-1", "больше"),
        ("reach", "много", "целое число"),
        ("money_mass", "1e30", "цифр"),
        ("name", "я" * 10_000, "Сократите"),
        ("parent", "nonsense", ""),
    ],
)
def test_bad_input_is_told_and_kept(office: Office, field: str, value: str, said: str) -> None:
    response = signed_in(office.olim).post(reverse("segments:create"), sent(city="Бухара") | {field: value})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert 'value="Бухара"' in response.content.decode()
    assert not Segment.objects.filter(city="Бухара").exists()


def test_a_reach_above_the_parents_is_said_on_saving_and_on_the_page(office: Office) -> None:
    browser, parent = signed_in(office.olim), office.segment
    fits = browser.post(reverse("segments:create"), sent(parent=parent.pk, reach=60), follow=True)
    assert "Проверьте числа" not in fits.content.decode()
    too_much = browser.post(reverse("segments:create"), sent(name="Kia", parent=parent.pk, reach=50), follow=True)
    assert "Охват подсегментов (110) больше" in too_much.content.decode()
    assert "Охват подсегментов (110) больше" in text_of(browser, detail(parent))
    assert Segment.objects.filter(name="Kia").exists()


def test_a_ring_of_segments_is_refused_beside_the_field(office: Office) -> None:
    browser, parent = signed_in(office.olim), office.segment
    child = Segment.objects.create(kind="agent", name="Chevrolet", parent=parent, team=office.north)
    address = reverse("segments:edit", args=[parent.pk])
    response = browser.post(address, sent(name=parent.name, parent=child.pk, version=parent.version))
    assert response.status_code == 422
    assert "не может уточнять сам себя" in response.content.decode()


def test_the_same_segment_twice_is_refused(office: Office) -> None:
    browser = signed_in(office.olim)
    browser.post(reverse("segments:create"), sent())
    again = browser.post(reverse("segments:create"), sent())
    assert again.status_code == 422
    assert "Такой сегмент уже есть" in again.content.decode()


def test_two_people_change_one_segment(office: Office) -> None:
    segment, browser = office.segment, signed_in(office.olim)
    stale = sent(name=segment.name, version=segment.version, reach=100)
    update_segment(segment=segment, by=office.oksana, changes={"city": "Термез"}, expected_version=segment.version)
    address = reverse("segments:edit", args=[segment.pk])
    assert browser.post(address, stale | {"city": "Хива"}).status_code == 409
    assert browser.post(address, stale | {"region": "Хорезм", "traits": "марка: Kia"}).status_code == 302
    segment.refresh_from_db()
    assert (segment.city, segment.region, segment.traits) == ("Термез", "Хорезм", {"марка": "Kia"})


def test_a_new_segment_joins_the_initiative_it_was_made_from(office: Office) -> None:
    address = reverse("segments:create") + f"?initiative={office.initiative.pk}"
    signed_in(office.olim).post(address, sent())
    assert office.initiative.segments.get().name == "Оценщики: Chevrolet"


def test_utps_are_written_and_count_the_leads_under_them(office: Office) -> None:
    browser, segment = signed_in(office.olim), office.segment
    new = {"statement": "Решение за один день", "promised_metric": "Срок выдачи", "active": "on"}
    assert browser.post(reverse("segments:utp_create", args=[segment.pk]), new).status_code == 302
    utp = Utp.objects.get()
    office.lead(utp_id=utp.pk)
    page = browser.get(detail(segment))
    assert [(row.statement, row.all_leads) for row in page.context["utps"]] == [("Решение за один день", 1)]
    edit = reverse("segments:utp_edit", args=[utp.pk])
    assert browser.post(edit, new | {"statement": "", "version": 1}).status_code == 422
    assert browser.post(edit, new | {"statement": "За час", "version": 1}).status_code == 302
    assert Utp.objects.get().statement == "За час"


def test_the_figures_count_only_leads_that_the_reader_sees(office: Office) -> None:
    shared = Segment.objects.create(kind="agent", name="Сегмент всего банка", reach=10)
    office.lead(segment_id=shared.pk)
    office.lead(office.sitora, segment_id=shared.pk)
    assert signed_in(office.olim).get(detail(shared)).context["segment"].all_leads == 1
    assert signed_in(office.adiba).get(detail(shared)).context["segment"].all_leads == 2


def test_a_hidden_parent_is_not_named(office: Office) -> None:
    hidden = Segment.objects.create(kind="agent", name="Тайный родитель", owner=office.sitora, team=office.south)
    child = Segment.objects.create(kind="agent", name="Открытый", parent=hidden, team=office.north)
    assert "Тайный родитель" not in text_of(signed_in(office.olim), detail(child))


def test_the_auditor_reads_and_a_stranger_finds_nothing(office: Office) -> None:
    segment, utp = office.segment, office.utp
    auditor, stranger = signed_in(office.aziz), signed_in(office.sitora)
    page = text_of(auditor, detail(segment))
    deeds = [reverse("segments:edit", args=[segment.pk]), reverse("segments:utp_create", args=[segment.pk]),
             reverse("segments:utp_edit", args=[utp.pk])]  # fmt: skip
    assert not any(deed in page for deed in deeds)
    assert {auditor.post(deed).status_code for deed in deeds} == {403}
    assert {stranger.get(address).status_code for address in [*deeds, detail(segment)]} == {404}
