"""A right that is taken away is gone at the next request, and for the work that is under way."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.models import User
from accounts.roles import Role
from common import clock
from common.errors import Invalid, NotAllowed
from imports import bulk, services, work
from imports.models import BulkLoad, Import
from leads.models import Lead
from tests.imports.desk import csv_bytes, fresh, people_mapping, take
from tests.office import Office
from web.tables import csv_answer

pytestmark = pytest.mark.django_db
Change = Callable[[Office], object]


def _change(**values: object) -> Change:
    return lambda office: User.objects.filter(pk=office.olim.pk).update(**values)


def _moved(office: Office) -> None:
    User.objects.filter(pk=office.olim.pk).update(team=office.south)


DISABLED, AUDITOR = _change(is_active=False), _change(role=Role.AUDITOR)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_next_request_knows_of_a_role_a_team_and_a_dismissal(office: Office) -> None:
    mates = office.lead(office.oksana)
    card, note = reverse("leads:card", args=[mates.pk]), reverse("leads:note", args=[mates.pk])
    client = signed_in(office.olim)
    assert client.get(card).status_code == 200
    AUDITOR(office)
    assert client.post(note, {"text": "x"}).status_code == 403
    _change(role=Role.PRODUCT_OWNER)(office)
    _moved(office)
    assert client.get(card).status_code == 404
    DISABLED(office)
    assert client.get(card).status_code == 302


def test_a_revoked_key_and_a_narrowed_one_are_refused_at_the_next_call(office: Office) -> None:
    issued = tokens.issue(
        account="ABS", scopes=["leads:read"], days=3, at=clock.now() - timedelta(seconds=5), team=office.north
    )
    client = Client(headers={"Authorization": f"Bearer {issued.plain}"})
    assert client.get("/api/v1/leads/").status_code == 200
    tokens.revoke(token=issued.token, at=clock.now())
    assert client.get("/api/v1/leads/").status_code == 401


@pytest.mark.parametrize("change", [DISABLED, AUDITOR, _moved], ids=["dismissed", "reads only", "moved"])
def test_an_import_under_way_stops_at_the_chunk_where_its_owner_lost_the_right(office: Office, change: Change) -> None:
    run = _loading(office)
    with mock.patch.object(work, "CHUNK", 4):
        turns = work.process(fresh(run))
        next(turns)
        change(office)
        with pytest.raises(Invalid, match="остановлена"):
            next(turns)
    assert (Lead.objects.count(), fresh(run).position) == (4, 4)


@pytest.mark.parametrize("change", [DISABLED, AUDITOR, _moved], ids=["dismissed", "reads only", "moved"])
def test_a_queued_import_whose_owner_lost_the_right_writes_nothing(office: Office, change: Change) -> None:
    run = _loading(office)
    change(office)
    with pytest.raises(Invalid):
        list(work.process(fresh(run)))
    assert not Lead.objects.exists()


def _loading(office: Office) -> Import:
    rows = [["Имя", "Телефон"], *[[f"Агент {n}", f"+99890{n:07d}"] for n in range(12)]]
    run = services.choose_columns(run=take(office.olim, csv_bytes(rows)), by=office.olim, mapping=people_mapping())
    return services.start_loading(run=run, by=office.olim, at=clock.now())


def test_a_batch_under_way_stops_at_the_chunk_where_its_owner_lost_the_right(office: Office) -> None:
    lines = b"".join(b'{"n": %d}\n' % n for n in range(4))
    load = bulk.accept(by=office.olim, noun="leads", lines=BytesIO(lines), total=4, masked=False, at=clock.now())
    taken: list[int] = []

    def take_them(_load: BulkLoad, items: list[dict[str, int]]) -> list[dict[str, str]]:
        taken.extend(item["n"] for item in items)
        return [{"status": "created"} for _item in items]

    with mock.patch.object(bulk, "CHUNK", 2):
        turns = bulk._process(BulkLoad.objects.select_related("owner__team").get(pk=load.pk), take_them)
        next(turns)
        DISABLED(office)
        with pytest.raises(Invalid, match="остановлено"):
            next(turns)
    assert taken == [0, 1]


@pytest.mark.parametrize("change", [DISABLED, AUDITOR, _moved], ids=["dismissed", "another role", "moved"])
def test_a_file_that_is_being_sent_breaks_off(office: Office, change: Change) -> None:
    reader = User.objects.get(pk=office.olim.pk)
    answer = iter(csv_answer(([n] for n in range(2000)), "leads", reader=reader).streaming_content)
    for _line in range(100):
        next(answer)
    change(office)
    with pytest.raises(NotAllowed):
        list(answer)
    assert len(list(csv_answer(([n] for n in range(2000)), "leads", reader=office.oksana).streaming_content)) > 2000


def test_a_job_of_the_api_is_its_makers_alone_and_shut_to_him_once_he_is_dismissed(office: Office) -> None:
    load = bulk.accept(by=office.olim, noun="leads", lines=BytesIO(b"{}\n"), total=1, masked=False, at=clock.now())
    assert not BulkLoad.objects.visible_to(office.oksana).filter(pk=load.pk).exists()
    client = signed_in(office.olim)
    assert client.get(f"/api/v1/jobs/{load.pk}/").status_code == 200
    DISABLED(office)
    assert client.get(f"/api/v1/jobs/{load.pk}/").status_code == 401
