"""The same request twice at the same moment: one does the work, the other is told to wait; a dead one blocks nobody."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts import tokens
from common import clock
from jobs import answers
from jobs.models import KeptAnswer
from leads.models import Lead
from leads.services import intake
from tests.api.contract import Api
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
LEAD = {"kind": "agent", "name": "Иван", "contacts": [{"type": "phone", "value": "+998901112233"}]}
KEY = {"Idempotency-Key": "order-4711"}


def waits(answer: Any) -> bool:
    """Another holds the key. A lead that stands already is a 409 as well, and no waiting mends that."""
    return bool(answer.status_code == 409 and answer.json()["code"] == "idempotency_in_flight")


@pytest.fixture
def plain(office: Office) -> str:
    return tokens.issue(account="core", scopes=tokens.SCOPES, days=1, at=clock.now()).plain


def test_the_second_of_two_at_once_is_told_to_wait_and_then_gets_the_answer(
    plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, go_on = threading.Event(), threading.Event()
    real = intake.take_in

    def slow(**given: Any) -> Any:
        at_work.set()
        assert go_on.wait(20)
        return real(**given)

    monkeypatch.setattr(intake, "take_in", slow)

    def first() -> Any:
        return Api(plain).post("leads/", LEAD, headers=KEY)

    def second() -> Any:
        assert at_work.wait(20)
        try:
            return Api(plain).post("leads/", LEAD, headers=KEY)
        finally:
            go_on.set()

    done, told_to_wait = together([first, second])
    assert (done.status_code, told_to_wait["Retry-After"]) == (201, "1")
    assert waits(told_to_wait)
    again = Api(plain).post("leads/", LEAD, headers=KEY)
    assert (again.content, again["Idempotency-Replayed"]) == (done.content, "true")


def test_of_twenty_at_once_one_lead_comes(plain: str) -> None:
    def ask() -> Any:
        for _try in range(100):
            answer = Api(plain).post("leads/", LEAD, headers=KEY)
            if not waits(answer):
                return answer
            time.sleep(0.05)
        return answer

    told = together([ask] * 20)
    assert {answer.status_code for answer in told} == {201}
    assert len({answer.content for answer in told}) == 1
    assert Lead.objects.count() == KeptAnswer.objects.count() == 1


def elsewhere(deed: Callable[[Any], Any]) -> psycopg.Connection[Any]:
    """Another process's connection with a transaction that has not ended."""
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    other = psycopg.connect(**named)
    deed(other)
    return other


def test_a_lock_left_by_a_dead_process_is_free_with_its_connection(plain: str) -> None:
    """The process dies between the work and the answer: its transaction is gone, the key is as if never used."""
    token = Api(plain).get("me/").json()["token"]["key"]
    pk = tokens.ApiToken.objects.get(key=token).pk
    place = answers.place_of(f"token:{pk}", "/api/v1/leads/", KEY["Idempotency-Key"])
    other = elsewhere(lambda it: it.execute("SELECT pg_advisory_xact_lock(%s)", [answers._number(place)]))
    assert waits(Api(plain).post("leads/", LEAD, headers=KEY))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [other.info.backend_pid])
    other.close()  # the process's end of it; the server's is gone
    begun = time.monotonic()
    while waits(answer := Api(plain).post("leads/", LEAD, headers=KEY)):
        assert time.monotonic() - begun < 10
        time.sleep(0.05)
    assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False), answer.content


def test_a_process_that_hangs_holds_its_lock_for_thirty_seconds_at_most() -> None:
    """PostgreSQL itself ends a transaction in which nothing happens, and with it the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("30s",)


def test_without_a_key_two_at_once_are_two_requests(plain: str) -> None:
    """The negative control: nothing else would have made the second wait for the first one's answer."""

    def ask() -> Any:
        return Api(plain).post("leads/", LEAD)

    assert sorted(answer.status_code for answer in together([ask, ask])) == [201, 409]
    assert not KeptAnswer.objects.exists()
