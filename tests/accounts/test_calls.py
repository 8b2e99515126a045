"""The access log as a table: what is kept, what is let go, which index its page goes by."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts import calls, tokens
from accounts.calls import FAILED, Asked, Call
from accounts.models import ApiCall
from accounts.tasks import sweep_calls
from common import clock
from common.errors import NotAllowed
from common.ids import uuid7
from tests.office import Office

pytestmark = pytest.mark.django_db
LONG = timedelta(days=365)


def call(at: datetime, **changes: object) -> Call:
    usual = {
        "at": at, "user_id": None, "token_key": "", "method": "GET", "route": "/api/v1/leads/", "object_id": None,
        "status": 200, "milliseconds": 12, "size": 345, "ip": "10.0.0.1", "request_id": str(uuid7()),
    }  # fmt: skip
    return Call(**(usual | changes))


@pytest.mark.parametrize("changes", [{}, {"method": "POST", "status": 201}, {"status": 401, "ip": None}])
def test_a_call_is_kept_as_it_was(changes: dict) -> None:
    given = call(clock.now(), object_id=uuid7(), **changes)
    calls.write(given)
    row = ApiCall.objects.get()
    assert {name: getattr(row, name) for name in calls.COLUMNS} == {n: getattr(given, n) for n in calls.COLUMNS}


@pytest.mark.django_db(transaction=True)
def test_reads_do_not_wait_for_the_disk_and_changes_do() -> None:
    """The setting holds for the one statement: what comes after on the same connection waits as ever."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        usual = cursor.fetchone()[0]
        calls.write(call(clock.now()))
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone()[0] == usual
    assert call(clock.now(), method="POST", status=201).changed_something
    assert not call(clock.now(), method="POST", status=409).changed_something


def test_a_log_that_fails_lets_the_answer_leave_and_says_so(monkeypatch, caplog) -> None:
    from django.db import OperationalError

    def broken() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", broken)
    calls.write(call(clock.now(), request_id="req-1234567"))
    assert "req-1234567" in caplog.text


def test_the_list_narrows_by_account_outcome_address_and_time(office: Office) -> None:
    at = clock.now()
    account = tokens.issue(account="abs", scopes=["leads:read"], days=1, at=at).token.user
    calls.write(call(at - timedelta(hours=3), user_id=account.pk))
    calls.write(call(at - timedelta(hours=2), status=404, route="/api/v1/agents/{id}/"))
    calls.write(call(at - timedelta(hours=1), status=500))
    since = at - timedelta(days=1)
    statuses = lambda **asked: [row.status for row in calls.listed(office.aziz, Asked(since, **asked))]  # noqa: E731
    assert statuses() == [500, 404, 200]
    assert statuses(account_id=account.pk) == [200]
    assert (statuses(status=2), statuses(status=4), statuses(status=FAILED)) == ([200], [404], [500, 404])
    assert statuses(route="/api/v1/agents/{id}/") == [404]
    assert statuses(until=at - timedelta(hours=1, minutes=30)) == [404, 200]


def test_portions_follow_each_other_while_rows_are_added(office: Office) -> None:
    at = clock.now()
    for n in range(7):  # three at the same moment
        calls.write(call(at - timedelta(minutes=n // 3), request_id=f"request-{n}"))
    rows = calls.listed(office.aziz, Asked(at - LONG))
    seen, after = [], None
    while portion := calls.portion(rows, after, 2):
        seen += [row.request_id for row in portion[:2]]
        after = (portion[:2][-1].at, portion[:2][-1].pk)
        calls.write(call(at + timedelta(minutes=1), request_id="request-new"))
    assert sorted(seen) == [f"request-{n}" for n in range(7)]


def test_people_without_settings_do_not_read_it(office: Office) -> None:
    with pytest.raises(NotAllowed):
        calls.listed(office.nodira, Asked(clock.now()))


def test_old_rows_go_in_batches_and_the_rest_stays(settings) -> None:
    settings.API_LOG_DAYS = 90
    at = clock.now()
    for days in (0, 89, 91, 92, 400):
        calls.write(call(at - timedelta(days=days)))
    assert calls.sweep(at=at, batch=2) == 3
    sweep_calls()
    assert ApiCall.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "accounts_call_at"),
        ({"account_id": uuid7()}, "accounts_call_user"),
        ({"route": "/api/v1/leads/{id}/"}, "accounts_call_route"),
        ({"status": FAILED}, "accounts_call_failed"),
        ({"status": 4}, "accounts_call_failed"),
        ({"status": 5}, "accounts_call_fault"),
    ],
)
def test_every_question_of_the_page_goes_by_an_index(office: Office, asked: dict, index: str) -> None:
    """At twenty thousand rows the planner already decides as it does at ten million."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_apicall "
            "(at, user_id, token_key, method, route, status, milliseconds, size, request_id) "
            "SELECT now() - n * interval '1 second', md5((n % 20)::text)::uuid, '', 'GET', '/api/v1/' || n % 40, "
            "CASE WHEN n % 50 = 0 THEN 404 WHEN n % 5000 = 7 THEN 500 ELSE 200 END, 5, 10, n::text "
            "FROM generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE accounts_apicall")
    at = clock.now()
    rows = calls.listed(office.aziz, Asked(at - LONG, **asked))
    rows = rows.filter(at__lte=at)[:51]
    plan = rows.select_related(None).explain()
    assert index in plan, plan
    assert "Sort" not in plan, plan
