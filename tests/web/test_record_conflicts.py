"""Two people change one record: different fields join, the same field is asked."""

import pytest
from django.urls import reverse

from agents.models import Party
from agents.services.parties import update_party
from tests.office import Office
from tests.web.parties import make_agent, signed_in

pytestmark = pytest.mark.django_db


def filled(party: Party, **changes: object) -> dict[str, object]:
    """What the form of an agent sends when nothing is touched, with changes."""
    form = {
        "name": party.name, "legal_form": party.legal_form, "segment": party.segment_id or "", "city": party.city,
        "tax_id": party.tax_id, "partnership": party.partnership, "status": party.status, "grade": party.grade,
        "owner": party.owner_id or "", "version": party.version,
    }  # fmt: skip
    return form | changes


def test_changes_of_different_fields_join_and_of_one_field_are_asked(office: Office) -> None:
    one, browser = make_agent(office, city="Бухара"), signed_in(office.olim)
    stale = filled(one)
    update_party(party=one, by=office.oksana, changes={"city": "Термез"}, expected_version=one.version)
    joined = browser.post(reverse("agents:edit", args=[one.pk]), stale | {"name": "Ирина Каримова"})
    assert joined.status_code == 302
    one.refresh_from_db()
    assert (one.name, one.city) == ("Ирина Каримова", "Термез")
    clash = browser.post(reverse("agents:edit", args=[one.pk]), stale | {"city": "Хива", "name": "Ирина Каримова"})
    page = clash.content.decode()
    assert clash.status_code == 409
    assert all(city in page for city in ("Хива", "Термез", "Бухара"))
    one.refresh_from_db()
    assert one.city == "Термез"


def test_the_choice_of_a_conflict_is_saved_with_everything_else(office: Office) -> None:
    one, browser = make_agent(office, city="Бухара"), signed_in(office.olim)
    stale = filled(one)
    update_party(party=one, by=office.oksana, changes={"city": "", "grade": "gold"}, expected_version=one.version)
    clash = browser.post(reverse("agents:edit", args=[one.pk]), stale | {"city": "Хива"})
    conflict = clash.context["conflict"]
    assert [row["name"] for row in conflict.rows] == ["city"]
    chosen = dict(conflict.kept) | {"version": conflict.version, "city": conflict.rows[0]["their_value"]}
    assert browser.post(reverse("agents:edit", args=[one.pk]), chosen).status_code == 302
    one.refresh_from_db()
    assert (one.city, one.grade) == ("", "gold")
