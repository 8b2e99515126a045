"""Fixtures that every test may ask for."""

import gc
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import pytest_django
from django.apps import apps
from django.db import connection
from django.test import Client, TransactionTestCase

from funnel.defaults import STAGES
from tests.api.contract import check_response
from tests.emptying import empty
from tests.office import Office


def pytest_collection_finish() -> None:
    """What was collected lives to the end: looking through it for garbage again and again costs a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def what_was_committed_goes_quickly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _empty_and_put_back())
        yield


def _empty_and_put_back() -> None:
    """The bank's dictionaries go with the rest: put them back."""
    empty()
    if not apps.get_model("funnel", "Stage").objects.exists():
        _put_back_the_funnels()
        import_module("funnel.migrations.0003_what_the_engine_believes").set_beliefs(apps, None)
    if not apps.get_model("leads", "LossReason").objects.exists():
        import_module("leads.migrations.0002_entries_belong_to_leads").add_reasons(apps, None)
    if not apps.get_model("worktime", "Holiday").objects.exists():
        import_module("worktime.migrations.0002_holidays_by_law").add_holidays(apps, None)


def _put_back_the_funnels() -> None:
    for kind, name in (("agent", "Агенты"), ("client", "Клиенты")):
        funnel = apps.get_model("funnel", "Funnel").objects.create(kind=kind, code=kind, name=name)
        for position, fields in enumerate(STAGES, start=1):
            apps.get_model("funnel", "Stage").objects.create(kind=kind, funnel=funnel, position=position, **fields)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """A page that a browser test left open may still be answered when the test database is dropped: end it first.

    Asked from outside that database: a connection of this thread may itself be one of those that were ended.
    Only of clients: the vacuum's workers are the superuser's, not ours to end, and leave by themselves.
    """
    yield
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [name],
            )


@pytest.fixture
def office(request: pytest.FixtureRequest) -> Office:
    """The bank of the tests; in tests marked ``transaction=True`` its people are really committed."""
    marker = request.node.get_closest_marker("django_db")
    request.getfixturevalue("transactional_db" if marker and marker.kwargs.get("transaction") else "db")
    return Office()


@pytest.fixture(scope="session", autouse=True)
def every_answer_of_the_api_is_documented() -> Iterator[None]:
    """Whichever test asks, through whichever client: what the API answers is held to its document."""
    plain = Client.request

    def checked(client: Client, **request: Any) -> Any:
        response = plain(client, **request)
        check_response(response)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", checked)
        yield


COUNTED = {"matrix cases": "scope matrix: {} cases", "bad requests": "bad input: {} requests"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much the walks over all addresses asked: a number that shrinks unnoticed proves less than it seems to."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.getreports(key)]
    for counted, line in COUNTED.items():
        found = [int(value) for report in reports for name, value in report.user_properties if name == counted]
        if found:
            terminalreporter.write_line(line.format(sum(found)))
