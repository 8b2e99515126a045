"""PostgreSQL away, or its connections ended by force: 503 with a time to come back, and all is well afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection
from django.test import Client
from django.urls import reverse
from psycopg_pool import ConnectionPool, PoolTimeout
from psycopg_pool.base import AttemptWithBackoff

from accounts import tokens
from agents.models import Party
from backlog.models import ActionResult
from common import clock
from leads.models import Lead
from leads.services import arriving
from runner.ports import free_port
from salescrm import errors
from salescrm.settings import env
from tests.faults.processes import base_url
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
NOTE = "Перезвонить «утром» <после десяти>"
NEW = {"kind": "client", "name": "Лола Юсупова", "contacts": [{"type": "phone", "value": "+998917654321"}]}
Post = Callable[[], Any]


@contextmanager
def postgres_away() -> Iterator[None]:
    """Nobody listens at the address: what a stopped server looks like from here."""
    connection.close()
    before, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], str(free_port())
    try:
        yield
    finally:
        connection.settings_dict["PORT"] = before


def end_my_connection() -> None:
    """As an operator does, or PostgreSQL itself when it goes down."""
    with psycopg.connect(base_url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


def as_a_server(post: Post) -> Post:
    """The test's client leaves connections alone; a server looks at them after each request."""

    def answer() -> Any:
        found = post()
        close_old_connections()
        return found

    return answer


@pytest.fixture
def page(office: Office) -> Post:
    """A seller's result, sent by the same form again and again."""
    client, address = Client(raise_request_exception=False), reverse("results:lead", args=[office.lead().pk])
    client.force_login(office.olim)
    form = {"outcome": "not_reached", "when": "default", "note": NOTE, "_once": str(uuid4())}
    return as_a_server(lambda: client.post(address, form))


@pytest.fixture
def api(office: Office) -> Post:
    """A system's new lead, sent with the same key again and again."""
    issued = tokens.issue(account="core", scopes=tokens.SCOPES, days=30, at=clock.now())
    said = {"Authorization": f"Bearer {issued.plain}", "Idempotency-Key": str(uuid4())}
    client = Client(raise_request_exception=False)
    return as_a_server(lambda: client.post("/api/v1/leads/", NEW, content_type="application/json", headers=said))


def test_a_page_says_that_the_database_is_away_and_keeps_what_was_typed(page: Post) -> None:
    with postgres_away():
        answer = page()
    text = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "База данных сейчас не отвечает" in text
    assert "Перезвонить «утром» &lt;после десяти&gt;" in text
    assert page().status_code == 302
    assert ActionResult.objects.get().note == NOTE


def test_the_api_says_so_as_a_problem(api: Post) -> None:
    with postgres_away():
        answer = api()
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert (answer.json()["code"], answer["Content-Type"]) == ("unavailable", "application/problem+json")
    assert api().status_code == 201


def test_without_the_look_at_what_failed_a_page_would_fail_a_second_time(
    page: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the page of a fault greets its reader, so it asks the database who he is."""
    monkeypatch.setattr(errors, "OperationalError", ZeroDivisionError)
    with postgres_away(), pytest.raises(OperationalError):
        page()


def cut_in(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """The connection ends in the middle of the deed, once its first rows are written."""
    true_function = getattr(module, name)

    def cutting(*args: Any, **kwargs: Any) -> Any:
        answer = true_function(*args, **kwargs)
        monkeypatch.setattr(module, name, true_function)
        end_my_connection()
        return answer

    monkeypatch.setattr(module, name, cutting)


def test_a_connection_ended_in_the_middle_of_an_api_deed_costs_one_503_and_nothing_else(
    api: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_in(monkeypatch, arriving, "publish")
    before = Party.objects.count()
    first = api()
    assert (first.status_code, first["Retry-After"]) == (503, "1")
    assert Party.objects.count() == before, "of the deed that was cut nothing is left"
    assert [api().status_code for _n in range(3)] == [201, 201, 201], "the same connection is never asked again"
    assert Lead.objects.filter(party__name=NEW["name"]).count() == 1


def test_a_connection_ended_between_two_requests_is_not_noticed_twice(page: Post, api: Post) -> None:
    assert api().status_code == 201
    connection.ensure_connection()
    end_my_connection()
    assert api().status_code in {201, 503}
    assert api().status_code == 201
    assert page().status_code == 302


def waited(monkeypatch: pytest.MonkeyPatch, **options: Any) -> float | None:
    """How long after an outage of 0.9 s a request is served that came in its middle and waits; None where it is not.

    Pauses and outage are a tenth of the true ones.
    """
    monkeypatch.setattr(AttemptWithBackoff, "INITIAL_DELAY", 0.1)
    back = time.monotonic() + 0.9

    class Listening(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, *args: Any, **kwargs: Any) -> Any:
            if time.monotonic() < back:
                raise psycopg.OperationalError("connection refused")
            return super().connect(*args, **kwargs)

    with ConnectionPool(base_url(), connection_class=Listening, open=True, min_size=1, max_size=8, **options) as pool:
        time.sleep(0.35)
        try:
            pool.putconn(pool.getconn(timeout=2))
        except PoolTimeout:
            return None
        return time.monotonic() - back


def test_a_request_that_waits_is_served_as_soon_as_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: Any = env.database(base_url(), pool=True)["OPTIONS"]
    options = {name: chosen["pool"][name] for name in ("reconnect_timeout", "reconnect_failed")}
    took = waited(monkeypatch, **options | {"reconnect_timeout": options["reconnect_timeout"] / 10})
    assert took is not None
    assert took < 0.5


def test_by_itself_the_pool_would_forget_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: what has given up does not try again before somebody else comes."""
    assert waited(monkeypatch, reconnect_timeout=0.2) is None
