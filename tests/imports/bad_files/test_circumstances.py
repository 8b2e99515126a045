"""Good files under bad stars: too large, cut off, infected, loaded by two at once, by somebody who is dismissed."""

import io
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock, scanning
from common.errors import Invalid
from documents.services.templates import read_docx
from imports import services, work
from imports.models import Import
from leads.models import Lead
from leads.services.contract_files import check_file
from tests.imports.bad_files import crafted
from tests.imports.bad_files.stub_clamd import EICAR, clamd
from tests.imports.desk import PEOPLE, csv_bytes, fresh, people_mapping, settle, take
from tests.office import Office

pytestmark = pytest.mark.django_db
UPLOAD = "multipart/form-data; boundary=frontier"


class Untouched(io.BytesIO):
    """A body that must not be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("the body was read")


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent(client: Client, body: io.BytesIO, length: int) -> Any:
    """A form with a file as it comes over the wire."""
    how = {"REQUEST_METHOD": "POST", "PATH_INFO": "/imports/new/", "CONTENT_TYPE": UPLOAD, "CONTENT_LENGTH": length}
    return client.request(**how, **{"wsgi.input": body})


def form(content: bytes) -> bytes:
    head = b'--frontier\r\nContent-Disposition: form-data; name="kind"\r\n\r\nagent\r\n--frontier\r\n'
    head += b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    return head + content + b"\r\n--frontier--\r\n"


def test_51_half_a_gigabyte_is_refused_before_a_byte_of_it_is_read(office: Office) -> None:
    answer = sent(signed_in(office.olim), Untouched(), 500 * 1024 * 1024)
    assert (answer.status_code, Import.objects.count()) == (413, 0)
    assert "не больше 41" in answer.content.decode()


def test_51_a_form_without_a_file_has_its_own_smaller_limit(office: Office) -> None:
    how = {"REQUEST_METHOD": "POST", "PATH_INFO": "/leads/new/", "CONTENT_LENGTH": 3_000_000, "wsgi.input": Untouched()}
    kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    assert signed_in(office.olim).request(**how, **kind).status_code == 413
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < 3_000_000


def test_53_a_connection_cut_in_the_middle_leaves_nothing(office: Office) -> None:
    body = form(csv_bytes(PEOPLE) * 50)
    answer = sent(signed_in(office.olim), io.BytesIO(body[: len(body) // 2]), len(body))
    assert 400 <= answer.status_code < 500
    assert not Import.objects.exists()
    assert (
        sent(signed_in(office.olim), io.BytesIO(form(csv_bytes(PEOPLE))), len(form(csv_bytes(PEOPLE)))).status_code
        == 302
    )


def _ready(user: User, rows: int = 12) -> Import:
    lines = [["Имя", "Телефон"], *[[f"Агент {n}", f"+99890{n:07d}"] for n in range(rows)]]
    run = services.choose_columns(run=take(user, csv_bytes(lines)), by=user, mapping=people_mapping())
    return services.start_loading(run=run, by=user, at=clock.now())


@pytest.mark.parametrize("second", ["oksana", "sitora"])
def test_54_two_who_load_the_same_file_at_once_make_each_lead_once(office: Office, second: str) -> None:
    one, two = _ready(office.olim), _ready(getattr(office, second))
    with mock.patch.object(work, "CHUNK", 4):
        turns = [work.process(fresh(one)), work.process(fresh(two))]
        while turns:
            turns = [turn for turn in turns if next(turn, None) is not None]
    assert Lead.objects.count() == 12
    done = [fresh(one), fresh(two)]
    assert sum(run.created for run in done) == 12
    assert all(run.created + run.refused + run.unchanged + run.updated == 12 for run in done)


def test_55_the_rows_before_a_dismissal_stay_and_the_rest_go_on_after_it(office: Office) -> None:
    run = _ready(office.olim)
    with mock.patch.object(work, "CHUNK", 5):
        turns = work.process(fresh(run))
        next(turns)
        User.objects.filter(pk=office.olim.pk).update(is_active=False)
        with pytest.raises(Invalid):
            next(turns)
        assert Lead.objects.count() == 5
        User.objects.filter(pk=office.olim.pk).update(is_active=True)
        assert settle(run).created == 12
    assert Lead.objects.count() == 12


@pytest.mark.parametrize("row", [1, 6, 11])
def test_56_a_worker_killed_at_any_row_changes_nothing_in_the_end(office: Office, row: int) -> None:
    run, calls = _ready(office.olim), 0
    real = work.demand_readable

    def killed(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == row:
            raise KeyboardInterrupt
        real(*args)

    with mock.patch.object(work, "CHUNK", 5):
        with mock.patch.object(work, "demand_readable", killed), pytest.raises(KeyboardInterrupt):
            settle(run)
        assert Lead.objects.count() == (row - 1) // 5 * 5
        done = settle(run)
    assert (done.state, done.created, Lead.objects.count()) == ("done", 12, 12)


def test_stopped_half_way_it_goes_on_where_it_stood(office: Office) -> None:
    run = _ready(office.olim)
    with mock.patch.object(work, "CHUNK", 5):
        turns = work.process(fresh(run))
        next(turns)
        services.stop(run=run, by=office.olim)
        assert list(turns) == []
        assert (fresh(run).state, fresh(run).percent) == ("stopped", 41)
        services.start_loading(run=run, by=office.olim, at=clock.now(), accept_good=False)
        assert settle(run).created == 12


def test_60_an_infected_file_is_kept_nowhere(office: Office, settings: Any) -> None:
    client = signed_in(office.olim)
    infected = csv_bytes([*PEOPLE, [EICAR.decode(), "+998901112233"]])
    with clamd() as settings.UPLOAD_SCANNER:
        answer = client.post(reverse("imports:create"), {"file": ContentFile(infected, "a.csv"), "kind": "agent"})
        assert (answer.status_code, Import.objects.count()) == (422, 0)
        assert "Антивирус нашёл" in answer.content.decode()
        assert take(office.olim, csv_bytes(PEOPLE)).total == 3


DOORS = {
    "contract": lambda content: check_file(ContentFile(content, "a.pdf")),
    "template": lambda content: read_docx(ContentFile(content, "a.docx")),
}


@pytest.mark.parametrize("door", DOORS)
def test_60_every_door_for_files_asks_the_antivirus(door: str, settings: Any) -> None:
    with clamd() as settings.UPLOAD_SCANNER:
        DOORS[door](b"%PDF-1.4 plain")
        with pytest.raises(Invalid) as refusal:
            DOORS[door](b"%PDF-1.4" + EICAR)
    assert refusal.value.errors[0].code == "infected"


def test_60_an_antivirus_that_does_not_answer_lets_nothing_in(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "PATIENCE_SECONDS", 0.2)
    settings.UPLOAD_SCANNER = "tcp:127.0.0.1:9"
    with pytest.raises(Invalid) as refusal:
        scanning.demand_clean(ContentFile(b"x"))
    assert refusal.value.errors[0].code == "not_scanned"
    settings.UPLOAD_SCANNER = ""
    scanning.demand_clean(ContentFile(EICAR))  # where there is none, nobody is asked


def test_a_contract_that_would_unpack_into_a_bomb_is_not_taken() -> None:
    with pytest.raises(Invalid):
        check_file(ContentFile(crafted.lying(300 * crafted.MEGABYTE, 1000), "contract.docx"))
    check_file(ContentFile(crafted.workbook(), "contract.docx"))
