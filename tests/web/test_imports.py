"""The import wizard, as a browser without scripts uses it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.models import Import
from leads.models import Lead
from tests.imports.desk import PEOPLE, csv_bytes, fresh, settle
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def upload(client: Client, content: bytes, name: str = "агенты.csv", **extra: str) -> object:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("imports:create"), {"file": file, "kind": "agent", **extra})


def newest() -> Import:
    return Import.objects.latest("created_at")


def address(name: str, pk: UUID) -> str:
    return reverse(f"imports:{name}", args=[pk])


def test_a_file_becomes_leads_in_four_steps(office: Office, desk: Callable[[User], Client]) -> None:
    client = desk(office.olim)
    upload(client, csv_bytes(PEOPLE, encoding="cp1251", separator=";"))
    run = newest()
    page = client.get(address("columns", run.pk))
    assert "Олим Р." in page.content.decode()
    answer = client.post(address("columns", run.pk), {"c0": "name", "c1": "phone", "source": "база"})
    assert answer.headers["Location"] == address("run", run.pk)
    settle(run)
    assert "Будет создано" in client.get(address("run", run.pk)).content.decode()
    assert not Lead.objects.exists()
    client.post(address("load", run.pk), {"rows": "good"})
    settle(run)
    page = client.get(address("run", run.pk)).content.decode()
    assert (fresh(run).created, fresh(run).refused) == (2, 1)
    assert "не похоже на телефон" in page
    file = b"".join(client.get(address("errors", run.pk)).streaming_content).decode("utf-8-sig")
    assert file.splitlines()[1].startswith("4;Без телефона;12;")
    listed = client.get(reverse("leads:list"), {"view": "all", "batch": str(run.pk)}).content.decode()
    assert "Олим Р." in listed
    client.post(address("revert", run.pk))
    assert fresh(run).state == "reverting"


def test_a_double_press_takes_the_file_once(office: Office, desk: Callable[[User], Client]) -> None:
    client = desk(office.olim)
    first = upload(client, csv_bytes(PEOPLE), _once="k1")
    second = upload(client, csv_bytes(PEOPLE), _once="k1")
    assert first.headers["Location"] == second.headers["Location"]
    assert Import.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leads.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "Это не файл Excel"),
        ("leads.csv", b"", "пуст"),
        ("leads.csv", "Имя,Имя\nа,б\n".encode(), "встречается дважды"),
        ("leads.csv", b"a,b\n\x98\x00\x98\x00", "кодировку"),
        ("leads.csv", b"a,b\n" + b"x" * (41 * 1024 * 1024), "не больше 41"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    office: Office, desk: Callable[[User], Client], name: str, content: bytes, words: str
) -> None:
    answer = upload(desk(office.olim), content, name)
    assert answer.status_code == (413 if len(content) > settings.IMPORT_MAX_BYTES else 422)
    assert words in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert not Import.objects.exists()


def test_columns_without_a_key_or_twice_the_same_field_are_refused(
    office: Office, desk: Callable[[User], Client]
) -> None:
    client = desk(office.olim)
    upload(client, csv_bytes(PEOPLE))
    answer = client.post(address("columns", newest().pk), {"c0": "name", "c1": "name", "source": "база"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "колонку-ключ" in page
    assert "уже берётся" in page


def test_another_teams_import_is_not_there(office: Office, desk: Callable[[User], Client]) -> None:
    upload(desk(office.sitora), csv_bytes(PEOPLE))
    pk = newest().pk
    client = desk(office.olim)
    for name in ("run", "columns", "errors"):
        assert client.get(address(name, pk)).status_code == 404
    for name in ("check", "load", "stop", "revert"):
        assert client.post(address(name, pk)).status_code == 404
    assert "агенты.csv" not in client.get(reverse("imports:list")).content.decode()


def test_an_auditor_reads_and_changes_nothing(office: Office, desk: Callable[[User], Client]) -> None:
    upload(desk(office.olim), csv_bytes(PEOPLE))
    pk = newest().pk
    client = desk(office.aziz)
    assert client.get(address("run", pk)).status_code == 200
    assert client.get(reverse("imports:create")).status_code == 403
    for name in ("check", "load", "stop", "revert"):
        assert client.post(address(name, pk)).status_code == 403
