"""A right that is taken away is gone at the next request, and for the work that is under way."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts import sharing, tokens
from accounts.models import Share, User
from accounts.roles import Role
from common import clock
from common.errors import Invalid, NotAllowed
from imports import bulk, services, work
from imports.models import BulkLoad, Import
from leads.models import Lead
from tests.imports.desk import csv_bytes, fresh, people_mapping, take
from tests.office import Office
from web import tables
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


@pytest.mark.parametrize("change", [DISABLED, AUDITOR], ids=["dismissed", "reads only"])
def test_a_batch_under_way_stops_at_the_chunk_where_its_owner_lost_the_right(office: Office, change: Change) -> None:
    lines = b"".join(b'{"n": %d}\n' % n for n in range(4))
    load = bulk.accept(by=office.olim, noun="leads", lines=BytesIO(lines), total=4, masked=False, at=clock.now())
    taken: list[int] = []

    def take_them(_load: BulkLoad, items: list[dict[str, int]]) -> list[dict[str, str]]:
        taken.extend(item["n"] for item in items)
        return [{"status": "created"} for _item in items]

    with mock.patch.object(bulk, "CHUNK", 2):
        turns = bulk._process(BulkLoad.objects.select_related("owner__team").get(pk=load.pk), take_them)
        next(turns)
        change(office)
        with pytest.raises(Invalid, match="остановлено"):
            next(turns)
    assert taken == [0, 1]


def _share_taken_back(office: Office) -> None:
    share = Share.objects.get()
    sharing.take_back(by=office.sitora, owner=office.sitora, subject=share.subject, share=share.pk, at=clock.now())


def _share_over(office: Office) -> None:
    Share.objects.update(until=clock.now().date() - timedelta(days=2))


def _branch_moved_away(office: Office) -> None:
    accounts.update_team(team=office.north_auto, by=office.adiba, changes={"parent": office.south})


def _lowered(office: Office) -> None:
    User.objects.filter(pk__in=[office.olim.pk, office.nodira.pk]).update(role=Role.LEAD_GENERATOR)


LOSSES = {
    "dismissed": ("olim", DISABLED), "another role": ("olim", AUDITOR), "a lower role": ("nodira", _lowered),
    "moved": ("olim", _moved), "a share taken back": ("olim", _share_taken_back),
    "a share that ended": ("olim", _share_over), "a branch moved away": ("nodira", _branch_moved_away),
}  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES)
def test_a_file_that_is_being_sent_breaks_off(office: Office, loss: str) -> None:
    """Whoever kept all that he saw has it to the end."""
    name, change = LOSSES[loss]
    borrowed(office)
    assert office.north_auto
    reader = User.objects.get(pk=getattr(office, name).pk)
    answer = sending(reader)
    change(office)
    with pytest.raises(NotAllowed):
        list(answer)
    assert len(list(sending(office.oksana))) > 1800


def test_a_slow_reader_is_looked_at_each_second_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before the rows between two looks are through. The control: as long as no second has passed he reads on."""
    reader, now = User.objects.get(pk=office.olim.pk), 100.0
    monkeypatch.setattr(tables, "monotonic", lambda: now)
    answer = sending(reader)
    DISABLED(office)
    next(answer)
    now += 1.0
    with pytest.raises(NotAllowed):
        next(answer)


def sending(reader: User) -> Iterator[bytes]:
    """A file of which a hundred lines have left."""
    answer = iter(csv_answer(([n] for n in range(2000)), "leads", reader=reader).streaming_content)
    for _line in range(100):
        next(answer)
    return answer


def borrowed(office: Office) -> Lead:
    """A lead of Sitora's, lent to Olim for work."""
    lead, at = office.lead(office.sitora), clock.now()
    sharing.lend(
        by=office.sitora, owner=office.sitora, noun="lead", subject=lead.pk, email=office.olim.email, level="work",
        until=at.date() + timedelta(days=5), reason="Общий клиент", at=at,
    )  # fmt: skip
    return lead


@pytest.mark.parametrize(("change", "status"), [(None, "updated"), (_share_taken_back, "error")])
def test_a_batch_changes_what_was_lent_only_as_long_as_it_is_lent(
    office: Office, change: Change | None, status: str
) -> None:
    """Waiting in line it kept no right of the moment when it was sent."""
    lead = borrowed(office)
    line = json.dumps({"id": str(lead.pk), "kind": "agent"}).encode() + b"\n"
    load = bulk.accept(by=office.olim, noun="leads", lines=BytesIO(line), total=1, masked=False, at=clock.now())
    seen: list[str] = []

    def take_them(found: BulkLoad, items: list[dict[str, str]]) -> list[dict[str, str]]:
        visible = Lead.objects.visible_to(found.owner)
        seen.extend("updated" if visible.filter(pk=item["id"]).exists() else "error" for item in items)
        return [{"status": one} for one in seen]

    if change is not None:
        change(office)
    list(bulk._process(BulkLoad.objects.select_related("owner__team").get(pk=load.pk), take_them))
    assert seen == [status]


def test_an_import_goes_on_with_the_lower_role_that_its_owner_has_now(office: Office) -> None:
    """A sales head hands leads to his people; made a lead generator he sees none of them, and the rest is refused."""
    rows = [["Имя", "Телефон", "Владелец"], *[[f"Агент {n}", f"+99890{n:07d}", office.oksana.email] for n in range(8)]]
    mapping = people_mapping(owner={"column": "Владелец"})
    run = services.choose_columns(run=take(office.nodira, csv_bytes(rows)), by=office.nodira, mapping=mapping)
    run = services.start_loading(run=run, by=office.nodira, at=clock.now())
    with mock.patch.object(work, "CHUNK", 4):
        turns = work.process(fresh(run))
        next(turns)
        _lowered(office)
        list(turns)
    assert Lead.objects.filter(owner=office.oksana).count() == 4
    assert fresh(run).refused == 4


def test_a_job_of_the_api_is_its_makers_alone_and_shut_to_him_once_he_is_dismissed(office: Office) -> None:
    load = bulk.accept(by=office.olim, noun="leads", lines=BytesIO(b"{}\n"), total=1, masked=False, at=clock.now())
    assert not BulkLoad.objects.visible_to(office.oksana).filter(pk=load.pk).exists()
    client = signed_in(office.olim)
    assert client.get(f"/api/v1/jobs/{load.pk}/").status_code == 200
    DISABLED(office)
    assert client.get(f"/api/v1/jobs/{load.pk}/").status_code == 401
