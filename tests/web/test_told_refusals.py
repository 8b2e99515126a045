"""A refusal that no view caught: its page says in the reader's language what was wrong, and leads back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import FieldError, Invalid
from documents.models import Document
from documents.services import preparing
from tests.office import Office

pytestmark = pytest.mark.django_db
LIES = '<script>alert("{{ 7|add:7 }}")</script>'


@pytest.fixture
def signed(office: Office, client: Client) -> Document:
    """A contract that cannot be given up any more, before Olim's browser."""
    client.force_login(office.olim)
    today = clock.now().date()
    return Document.objects.create(
        lead=office.lead(), kind="agent", number="7", dated_on=today, by=office.olim, status="signed"
    )


def given_up(client: Client, document: Document, *, version: int = 1, came_from: str = "") -> tuple[int, str]:
    headers: Any = {"Referer": came_from} if came_from else {}
    answer = client.post(reverse("documents:void", args=[document.pk]), {"version": version}, headers=headers)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "его текст не меняется. Подготовьте новый."),
        ("uz", "uning matni oʻzgarmaydi. Yangisini tayyorlang."),
        ("en", "its text does not change. Prepare a new one."),
    ],
)
def test_the_page_says_once_what_the_rule_said_in_the_readers_language(
    office: Office, client: Client, signed: Document, language: str, words: str
) -> None:
    User.objects.filter(pk=office.olim.pk).update(language=language)
    status, page = given_up(client, signed)
    assert (status, page.count(words)) == (422, 1)
    assert '<p class="trouble-code">422</p>' in page
    assert "Запись изменилась" not in page


def test_what_a_refusal_repeats_of_somebodys_words_is_escaped(
    client: Client, signed: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_given: object) -> None:
        raise Invalid(f"Так нельзя: {LIES}", [FieldError("name", "invalid", f"И так нельзя: {LIES}")])

    monkeypatch.setattr(preparing, "void", refuse)
    _status, page = given_up(client, signed)
    assert "Так нельзя: &lt;script&gt;" in page
    assert "И так нельзя: &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "add:7" in page, "nobody reads it as a template"


def test_a_record_that_was_changed_meanwhile_says_so_and_leads_back_to_it(client: Client, signed: Document) -> None:
    page = f"http://testserver{reverse('documents:detail', args=[signed.pk])}"
    status, told = given_up(client, signed, version=99, came_from=page)
    assert status == 409
    assert "Запись изменилась" in told
    assert "Выберите, что оставить" not in told, "there is nothing to choose from on this page"
    assert f'href="{page}"' in told


@pytest.mark.parametrize("where", ["https://evil.example/", "javascript:alert(1)", "//evil.example/", ""])
def test_the_way_back_leads_nowhere_else(client: Client, signed: Document, where: str) -> None:
    _status, page = given_up(client, signed, came_from=where)
    assert "Вернуться" not in page
    assert "evil.example" not in page
    _status, page = given_up(client, signed, came_from="http://testserver/documents/")
    assert 'href="http://testserver/documents/"' in page
