"""Logs: one object a line, told by ids; a log that cannot be written fails nothing."""

import errno
import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from audit.attribution import attributed
from common import clock
from common.logs import json_formatter
from common.middleware import RequestIdFilter
from jobs.models import Job
from jobs.registry import JobRun, Kind, install
from jobs.services import ORIGIN, Duty, owe, run_one
from monitoring.runs import watched
from salescrm.settings import base
from salescrm.subscriptions import JOBS, LEAVING
from tests.office import Office

Written = Callable[[], list[dict[str, str]]]
PHONE = "+998901234567"


@pytest.fixture
def written() -> Iterator[Written]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(json_formatter())
    handler.addFilter(RequestIdFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


class Broken(io.StringIO):
    """A disk that is full, or a reader that has gone."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: str) -> int:
        raise self.error


def broken_job(_run: JobRun) -> None:
    raise ValueError(f"Key (phone)=({PHONE}) already exists")


@pytest.mark.django_db
def test_a_workers_line_carries_the_job_and_the_request_that_owes_it_and_no_value(written: Written) -> None:
    install(watched({"ring": Kind(broken_job, atomic=False)}, leaving=frozenset()))
    try:
        owe([Duty("ring", "log", {ORIGIN: {"request_id": "asked-by-this"}}, clock.now() - timedelta(minutes=1))])
        run_one()
    finally:
        install(attributed(watched(JOBS, leaving=LEAVING)))
    (line,) = [line for line in written() if line["level"] == "error"]
    assert (line["request_id"], line["job"]) == ("asked-by-this", str(Job.objects.get().pk))
    assert (line["error"], line["logger"]) == ("ValueError", "jobs.services")
    assert line["at"].endswith("+00:00")
    assert any("broken_job" in place for place in line["places"])
    assert PHONE not in json.dumps(written())


@pytest.mark.django_db
def test_a_request_is_told_by_its_id_and_the_persons_without_name_or_mail(
    written: Written, office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shouting(_request: object, **_: object) -> dict[str, object]:
        logging.getLogger("web.test").warning("here")
        return {}

    monkeypatch.setattr("web.context.THEMES", {})
    monkeypatch.setattr("web.settings.jobs.board.parts", shouting)
    client.force_login(office.adiba)
    client.get("/settings/jobs/", headers={"X-Request-Id": "support-12345"})
    (line,) = [line for line in written() if line["event"] == "here"]
    assert (line["request_id"], line["user"]) == ("support-12345", str(office.adiba.pk))
    assert office.adiba.email not in json.dumps(written())


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), BrokenPipeError()])
def test_a_log_that_cannot_be_written_fails_no_request(error: OSError, client: Client) -> None:
    handler = logging.StreamHandler(Broken(error))
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        assert client.get("/no-such-page/").status_code in {302, 404}
        assert client.get("/health/live/").status_code == 200
    finally:
        root.removeHandler(handler)


def test_lines_go_to_the_process_log_and_nowhere_else() -> None:
    """The operator's collector reads it; no file, socket or mailbox of ours would have to be guarded besides."""
    kinds = {handler["class"] for handler in base.LOGGING["handlers"].values()}
    assert kinds == {"logging.StreamHandler"}
