"""The offer: segments that narrow each other, UTPs, initiatives with a period."""

from datetime import date

import pytest

from agents.models import Initiative, Segment
from agents.services.offers import (
    NameTaken,
    create_segment,
    reach_warnings,
    save_initiative,
    save_product,
    save_utp,
    update_segment,
)
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from tests.office import Office

pytestmark = pytest.mark.django_db


def segment(office: Office, name: str, parent: Segment | None = None, **more: object) -> Segment:
    fields = {"kind": "agent", "name": name, "parent": parent} | more
    return create_segment(by=office.olim, fields=fields).segment


# Segments


def test_a_segment_belongs_to_its_maker_unless_said_otherwise(office: Office) -> None:
    made = segment(office, "Оценщики")
    assert (made.owner, made.team) == (office.olim, office.north)


def test_the_reach_of_children_above_the_parents_warns_and_is_kept(office: Office) -> None:
    parent = segment(office, "Оценщики", reach=100)
    assert (
        create_segment(by=office.olim, fields={"kind": "agent", "name": "A", "parent": parent, "reach": 100}).warnings
        == ()
    )
    saved = create_segment(by=office.olim, fields={"kind": "agent", "name": "B", "parent": parent, "reach": 1})
    assert len(saved.warnings) == 1
    assert "(101)" in saved.warnings[0]
    assert Segment.objects.filter(name="B").exists()


def test_lowering_the_parents_reach_warns_too(office: Office) -> None:
    parent = segment(office, "Оценщики", reach=100)
    segment(office, "A", parent, reach=90)
    assert update_segment(segment=parent, by=office.olim, changes={"reach": 80}).warnings
    assert not update_segment(segment=parent, by=office.olim, changes={"reach": 90}).warnings


def test_an_unknown_reach_warns_of_nothing(office: Office) -> None:
    parent = segment(office, "Оценщики")
    segment(office, "A", parent, reach=90)
    assert reach_warnings(parent) == ()


def test_a_segment_cannot_narrow_itself_however_long_the_way(office: Office) -> None:
    grandparent = segment(office, "1")
    parent = segment(office, "2", grandparent)
    child = segment(office, "3", parent)
    for ring in (grandparent, parent, child):
        with pytest.raises(Invalid) as refusal:
            update_segment(segment=grandparent, by=office.olim, changes={"parent": ring})
        assert refusal.value.errors[0].code == "cycle"
    update_segment(segment=child, by=office.olim, changes={"parent": grandparent})


def test_a_segment_of_clients_does_not_narrow_one_of_agents(office: Office) -> None:
    agents, clients = segment(office, "Оценщики"), segment(office, "Покупатели", kind="client")
    with pytest.raises(Invalid) as refusal:
        segment(office, "Смешанный", agents, kind="client")
    assert refusal.value.errors[0].code == "kind"
    with pytest.raises(Invalid):
        update_segment(segment=clients, by=office.olim, changes={"parent": agents})


def test_a_name_stands_once_under_one_parent(office: Office) -> None:
    parent = segment(office, "Оценщики")
    segment(office, "Chevrolet", parent)
    with pytest.raises(NameTaken):
        segment(office, "Chevrolet", parent)
    other = segment(office, "Chevrolet")
    with pytest.raises(NameTaken):
        update_segment(segment=other, by=office.olim, changes={"parent": parent})


def test_two_people_change_one_segment_and_the_slower_is_told(office: Office) -> None:
    one = segment(office, "Оценщики")
    update_segment(segment=one, by=office.oksana, changes={"city": "Термез"}, expected_version=1)
    with pytest.raises(StaleVersion):
        update_segment(segment=one, by=office.olim, changes={"city": "Хива"}, expected_version=1)


# UTPs and products


def test_a_utp_is_written_and_rewritten(office: Office) -> None:
    utp = save_utp(by=office.olim, utp=None, fields={"statement": "За день", "segment": office.segment})
    assert (utp.owner, utp.team) == (office.olim, office.north)
    assert save_utp(by=office.olim, utp=utp, fields={"statement": "За час"}, expected_version=1).version == 2
    with pytest.raises(StaleVersion):
        save_utp(by=office.olim, utp=utp, fields={"statement": "За минуту"}, expected_version=1)


def test_only_an_administrator_keeps_the_products(office: Office) -> None:
    with pytest.raises(NotAllowed):
        save_product(by=office.nodira, product=None, changes={"code": "deposit", "name": "Вклад"})
    save_product(by=office.adiba, product=None, changes={"code": "deposit", "name": "Вклад"})
    with pytest.raises(NameTaken):
        save_product(by=office.adiba, product=None, changes={"code": "deposit", "name": "Другой вклад"})


# Initiatives


def period(office: Office, starts: date, ends: date) -> dict[str, object]:
    return {"name": "Рассрочка", "product": office.product, "starts_on": starts, "ends_on": ends}


def test_an_initiative_does_not_end_before_it_starts(office: Office) -> None:
    day = date(2026, 3, 1)
    with pytest.raises(Invalid) as refusal:
        save_initiative(by=office.olim, initiative=None, fields=period(office, day, date(2026, 2, 28)))
    assert refusal.value.errors[0].field == "ends_on"
    made = save_initiative(by=office.olim, initiative=None, fields=period(office, day, day))
    with pytest.raises(Invalid):
        save_initiative(by=office.olim, initiative=made, fields={"starts_on": date(2026, 3, 2)})


def test_people_and_segments_become_what_was_chosen(office: Office) -> None:
    fields = period(office, date(2026, 1, 1), date(2026, 12, 31))
    made = save_initiative(
        by=office.olim, initiative=None, fields=fields, members=[office.oksana, office.lola], segments=[office.segment]
    )
    assert (made.owner, made.team) == (office.olim, office.north)
    save_initiative(by=office.olim, initiative=made, fields={}, members=[office.lola, office.kamila])
    assert set(made.members.all()) == {office.lola, office.kamila}
    assert set(made.segments.all()) == {office.segment}


def test_a_member_of_another_team_sees_the_initiative_and_a_stranger_does_not(office: Office) -> None:
    fields = period(office, date(2026, 1, 1), date(2026, 12, 31))
    made = save_initiative(by=office.olim, initiative=None, fields=fields, members=[office.sitora])
    assert list(Initiative.objects.visible_to(office.sitora)) == [made]
    assert not Initiative.objects.visible_to(office.sardor).exists()


def test_who_only_reads_changes_no_offer(office: Office) -> None:
    with pytest.raises(NotAllowed):
        create_segment(by=office.aziz, fields={"kind": "agent", "name": "A"})
    with pytest.raises(NotAllowed):
        update_segment(segment=office.segment, by=office.aziz, changes={"name": "A"})
    with pytest.raises(NotAllowed):
        save_utp(by=office.aziz, utp=None, fields={"statement": "A"})
    with pytest.raises(NotAllowed):
        save_initiative(by=office.aziz, initiative=office.initiative, fields={"name": "A"})
