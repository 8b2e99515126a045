"""Nobody is overwritten, and nobody reads twice what he has."""

import pytest

from agents.models import Party
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_a_change_needs_the_version_that_was_read(api: Api, office: Office) -> None:
    lead = office.lead()
    answer = api.patch(f"leads/{lead.pk}/", {"base": "Выставка"})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


def test_the_second_of_two_writers_is_told_and_nothing_is_lost(api: Api, office: Office) -> None:
    lead = office.lead()
    read_by_both = api.get(f"leads/{lead.pk}/")["ETag"]
    first = api.patch(f"leads/{lead.pk}/", {"base": "Выставка"}, etag=read_by_both)
    assert (first.status_code, first.json()["base"], first.json()["version"]) == (200, "Выставка", lead.version + 1)
    second = api.patch(f"leads/{lead.pk}/", {"source_channel": "Сайт"}, etag=read_by_both)
    assert (second.status_code, second.json()["code"]) == (412, "stale_version")
    said = {second.json()["detail"], *(entry["detail"] for entry in second.json()["errors"])}
    assert said == {"Запись изменилась. Прочитайте её снова и повторите запрос с новым ETag."}
    third = api.patch(f"leads/{lead.pk}/", {"source_channel": "Сайт"}, etag=first["ETag"])
    assert (third.status_code, third.json()["base"], third.json()["source_channel"]) == (200, "Выставка", "Сайт")


def test_a_race_after_the_check_is_caught_under_the_lock(
    api: Api, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the record and the service's lock somebody else writes: the version is asked for again there."""
    from leads.services import editing

    lead = office.lead()
    etag = api.get(f"leads/{lead.pk}/")["ETag"]
    real = editing.update_lead

    def slow(**given):
        real(lead=lead, by=office.olim, changes={"base": "Быстрый"})
        return real(**given)

    monkeypatch.setattr(editing, "update_lead", slow)
    assert api.patch(f"leads/{lead.pk}/", {"base": "Медленный"}, etag=etag).status_code == 412
    lead.refresh_from_db()
    assert lead.base != "Медленный"


@pytest.mark.parametrize("etag", ['"999"', '"x"', "garbage", 'W/"1"'])
def test_a_version_that_never_was_is_stale(api: Api, office: Office, etag: str) -> None:
    lead = office.lead()
    assert api.patch(f"leads/{lead.pk}/", {"base": "x"}, etag=etag).status_code == 412


def test_the_bare_version_and_a_star_do_as_well(api: Api, office: Office) -> None:
    lead = office.lead()
    assert api.patch(f"leads/{lead.pk}/", {"base": "a"}, etag=f'"{lead.version}"').status_code == 200
    assert api.patch(f"leads/{lead.pk}/", {"base": "b"}, etag="*").status_code == 200


def test_an_unchanged_record_is_not_sent_again(api: Api, office: Office) -> None:
    lead = office.lead()
    first = api.get(f"leads/{lead.pk}/")
    again = api.get(f"leads/{lead.pk}/", headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_lead_has_changed_when_its_party_has(api: Api, office: Office) -> None:
    """The lead's own version stays, but its answer shows the party's name."""
    lead = office.lead()
    first = api.get(f"leads/{lead.pk}/")
    Party.objects.filter(pk=lead.party_id).update(name="Другое имя")
    again = api.get(f"leads/{lead.pk}/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.json()["name"]) == (200, "Другое имя")
    assert api.patch(f"leads/{lead.pk}/", {"base": "x"}, etag=first["ETag"]).status_code == 200


def test_deeds_take_a_version_when_it_is_given(api: Api, office: Office) -> None:
    lead = office.lead()
    stale = {"If-Match": '"999"'}
    closing = {"outcome": "archived", "reason": "Не сейчас"}
    assert api.post(f"leads/{lead.pk}/close/", closing, headers=stale).status_code == 412
    assert api.post(f"leads/{lead.pk}/close/", closing).status_code == 200


@pytest.mark.parametrize("noun", ["agents", "segments", "initiatives"])
def test_every_object_that_changes_has_its_guard(api: Api, office: Office, noun: str) -> None:
    row = {"agents": lambda: office.lead().party, "segments": lambda: office.segment}.get(
        noun, lambda: office.initiative
    )()
    etag = api.get(f"{noun}/{row.pk}/")["ETag"]
    assert api.patch(f"{noun}/{row.pk}/", {"name": "Без версии"}).status_code == 428
    assert api.patch(f"{noun}/{row.pk}/", {"name": "Первый"}, etag=etag).status_code == 200
    stale = api.patch(f"{noun}/{row.pk}/", {"name": "Второй"}, etag=etag)
    assert stale.status_code == 412
    row.refresh_from_db()
    assert row.name == "Первый"
