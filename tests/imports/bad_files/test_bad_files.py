"""The bad files, each through the pages of the wizard: turned away in words, or reported on row by row."""

import pytest
from django.db import connection
from django.test import Client

from imports.models import Import
from leads.models import Lead
from tests.imports.bad_files.cases import FIELDS, FILES, BadFile, Loaded, Refused
from tests.imports.bad_files.wizard import Wizard, written
from tests.office import Office

pytestmark = pytest.mark.django_db
MOST_MEGABYTES, MOST_SECONDS = 200, 60


@pytest.fixture
def wizard(client: Client, office: Office) -> Wizard:
    """Olim's browser; Sitora of the other team owns what he must neither take nor learn of."""
    with connection.cursor() as cursor:  # the whole test is one transaction, and a busy machine reads slowly
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    theirs = office.lead(office.sitora, name="Чужой агент")
    Lead.objects.filter(pk=theirs.pk).update(source="база", external_id="S-1")
    client.force_login(office.olim, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Wizard(client, FIELDS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.number}: {file.says}")
def test_a_bad_file_is_handled(file: BadFile, wizard: Wizard) -> None:
    before = written()
    status, page, run = wizard.upload(file.make(), file.name)
    if isinstance(file.outcome, Refused):
        assert (status, run) == (file.outcome.status, None)
        assert file.outcome.words in page
        assert written() == before
    else:
        assert status == 302, page
        assert run is not None
        _report_is_right(file.outcome, run, wizard, before)
    assert wizard.cost.megabytes < MOST_MEGABYTES
    assert wizard.cost.seconds < MOST_SECONDS


def _report_is_right(outcome: Loaded, run: Import, wizard: Wizard, before: tuple[int, int]) -> None:
    run = wizard.checked(run)
    assert (run.state, _wrong(run), run.created) == ("checked", outcome.wrong, len(outcome.names))
    assert written() == before
    if outcome.wrong:
        assert wizard.loaded(run).state == "checked"
        assert written() == before
        _is_told(run, wizard)
    run = wizard.loaded(run, rows="good") if outcome.names else run
    leads = Lead.objects.filter(batch=run.pk)
    assert sorted(leads.values_list("party__name", flat=True)) == sorted(outcome.names)
    assert _wrong(run) == outcome.wrong
    after = written()
    wizard.loaded(wizard.checked(_again(run, wizard)), rows="good")
    assert written() == after


def _wrong(run: Import) -> dict[int, str]:
    return {row.number: row.errors[0]["code"] for row in run.rows.filter(status="refused")}


def _again(run: Import, wizard: Wizard) -> Import:
    with run.file.open("rb") as file:
        _status, _page, again = wizard.upload(file.read(), run.file_name or "again.csv")
    assert again is not None
    return again


def _is_told(run: Import, wizard: Wizard) -> None:
    """Each row with its number and reason; the cell itself only by its beginning and end."""
    told = wizard.report(run)
    for row in run.rows.filter(status="refused"):
        for item in row.errors:
            assert item["message"]
            assert len(item["value"]) <= 5
            assert str(row.number) in told
