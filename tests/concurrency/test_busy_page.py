"""A page whose record somebody else holds: it waits, then says so, and nothing that was typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from re import findall
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from backlog.models import ActionResult
from leads.models import Lead
from tests.office import Office
from web import pages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
NOTE = "Перезвонить «утром» <после десяти>"


@contextmanager
def held(lead: Lead) -> Iterator[None]:
    """Another connection is changing the lead; this one waits a fifth of a second and no longer."""
    taken, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Lead.objects.select_for_update().get(pk=lead.pk)
            taken.set()
            done.wait(20)
        connection.close()

    other = Thread(target=hold)
    other.start()
    assert taken.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            yield
        finally:
            done.set()
            other.join()
            cursor.execute("RESET lock_timeout")


def hidden(page: str, address: str) -> dict[str, str]:
    """What the page would send again."""
    form = page.partition(f'action="{address}"')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def test_a_record_that_another_holds_is_a_page_that_sends_the_form_again(office: Office) -> None:
    lead, client = office.lead(), Client()
    client.force_login(office.olim)
    address = reverse("results:lead", args=[lead.pk])
    form = {"outcome": "not_reached", "note": NOTE, "_once": str(uuid4()), "version": lead.version, "when": "default"}
    with held(lead):
        answer = client.post(address, form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Запись сейчас меняет кто-то другой" in answer.content.decode()
    assert not ActionResult.objects.exists()
    again = hidden(answer.content.decode(), address)
    assert again.pop("csrfmiddlewaretoken")
    assert again == {name: str(value) for name, value in form.items()}
    for _press in range(2):
        assert client.post(address, again).status_code == 302
    assert [result.note for result in ActionResult.objects.all()] == [NOTE]


def test_a_password_is_never_written_into_the_page(office: Office) -> None:
    request = asking(office, {"old_password": "секрет", "note": "текст"})
    page = pages.busy(request, failed("55P03")).content.decode()
    assert "секрет" not in page
    assert "текст" not in page


def test_what_takes_too_long_has_words_of_its_own(office: Office) -> None:
    page = pages.busy(asking(office, {}), failed("57014"))
    assert page.status_code == 503
    assert "Сервер не успел ответить" in page.content.decode()


def test_a_database_that_is_gone_stays_a_failure(office: Office) -> None:
    """The negative control: only what passes by itself is told as such."""

    def view(request: HttpRequest) -> HttpResponse:
        raise failed(None)

    with pytest.raises(OperationalError):
        pages.page("POST")(view)(asking(office, {}))


def asking(office: Office, typed: dict[str, str]) -> HttpRequest:
    request = RequestFactory().post("/leads/", typed)
    request.user = office.olim
    return request


def failed(state: str | None) -> OperationalError:
    """As Django wraps what the driver says."""
    error, cause = OperationalError("no"), DatabaseError("no")
    cause.sqlstate = state  # type: ignore[attr-defined]
    error.__cause__ = cause
    return error
