"""A report as a file: the same figures as on the page, what was asked beside them, nothing a spreadsheet would run."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from common import clock
from leads.models import Lead, LossReason
from leads.services import moves, outcomes
from tests.office import Office
from tests.web.reports_page import PAGES, ROOT, csv_of, signed_in, xlsx_of

pytestmark = pytest.mark.django_db
EVIL = "=HYPERLINK(1)"


@pytest.fixture
def worked(office: Office) -> list[Lead]:
    """Twelve came by way of one segment and UTP; five had a meeting, one was lost. Its channel is a formula."""
    fields = {"segment_id": office.segment.pk, "utp_id": office.utp.pk, "source_channel": EVIL}
    leads = [office.lead(name=f"{EVIL} {number}", **fields) for number in range(12)]
    for lead in leads[:5]:
        at = clock.now()
        facts = {"meeting": {"planned_at": at, "held_at": at}}
        moves.move(lead=lead, to=office.stage("meeting"), by=office.olim, at=at, facts=facts)
    reason = LossReason.objects.get(code="no_need")
    outcomes.close(lead=leads[5], outcome="lost", by=office.olim, at=clock.now(), reason=reason)
    return leads


def test_the_funnels_file_holds_the_numbers_of_the_page(office: Office, worked: list[Lead]) -> None:
    client = signed_in(office.olim)
    lines = [line for side in client.get(f"{ROOT}funnel/").context["sides"] for line in side.lines]
    sheet = xlsx_of(client, "funnel", "")["Воронка"]
    names = list(sheet[0])
    columns = {"Вошли": "entered", "Прошли дальше": "passed", "Ещё на этапе": "open", "Отказ или архив": "lost"}
    for name, field in columns.items():
        at = names.index(name)
        assert [row[at] for row in sheet[1:]] == [getattr(line, field).count for line in lines]
    contact = dict(zip(names, sheet[1], strict=True))
    assert (contact["Вошли"], contact["Прошли дальше"], contact["Доля, %"]) == (12, 5, 41.7)


@pytest.mark.parametrize(
    ("name", "of_page", "columns"),
    [
        ("cohorts", lambda c: [[line.row.came, line.row.open, line.row.lost] for line in c["lines"]],
         ("Пришли", "Ещё в пути", "Отказ или архив")),
        ("time", lambda c: [[line.timed.count, line.open.count] for side in c["sides"] for line, _ in side.lines],
         ("Прошли, время известно", "Ещё на этапе")),
        ("matrix", lambda c: [[pair.entered.count, pair.passed.count] for pair in c["grid"].pairs],
         ("Вошли", "Прошли дальше")),
        ("compare", lambda c: [[line.entered.count, line.passed.count, line.before.count] for line in c["lines"]],
         ("Вошли", "Прошли дальше", "Вошли раньше")),
    ],
)  # fmt: skip
def test_a_reports_file_holds_the_numbers_of_the_page(
    office: Office, worked: list[Lead], name: str, of_page: Any, columns: tuple[str, ...]
) -> None:
    client = signed_in(office.olim)
    shown = of_page(client.get(f"{ROOT}{name}/").context)
    assert shown
    sheet = next(iter(xlsx_of(client, name, "").values()))
    places = [sheet[0].index(column) for column in columns]
    assert [[row[place] for place in places] for row in sheet[1:]] == shown
    text = csv_of(client, name, "")
    places = [text[0].index(column) for column in columns]
    assert [[int(row[place]) for place in places] for row in text[1:]] == shown


def test_the_rows_file_holds_every_row_and_not_only_a_portion(office: Office, worked: list[Lead]) -> None:
    client = signed_in(office.olim)
    assert len(csv_of(client, "rows", "stage=contact")) == 1 + 12
    assert len(csv_of(client, "rows", "stage=contact&state=passed")) == 1 + 5
    assert len(xlsx_of(client, "rows", "stage=contact&state=open")["Строки отчёта"]) == 1 + 6


def test_a_file_says_what_was_asked_and_when(office: Office, worked: list[Lead]) -> None:
    about = xlsx_of(signed_in(office.olim), "compare", f"owner={office.olim.pk}&by=source&period=4w")["Условия"]
    said = dict(about[1:])
    assert said["Владелец"] == office.olim.name
    assert said["Сравнить"] == "Каналы"
    assert said["Период"].startswith("с ")
    assert said["Выгружено"]


@pytest.mark.parametrize(("name", "query"), [("compare", "by=source"), ("rows", "stage=contact"), ("matrix", "")])
def test_a_file_holds_nothing_that_a_spreadsheet_would_run(
    office: Office, worked: list[Lead], name: str, query: str
) -> None:
    office.segment.name = EVIL
    office.segment.save()
    client = signed_in(office.olim)
    cells = [cell for row in csv_of(client, name, query) for cell in row]
    assert any(EVIL in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    response = client.get(f"{ROOT}{name}/?{query}&format=xlsx")
    book = load_workbook(BytesIO(response.content))
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("name", PAGES)
def test_an_unknown_kind_of_file_is_the_page(office: Office, name: str) -> None:
    assert signed_in(office.olim).get(f"{ROOT}{name}/?format=exe")["Content-Type"].startswith("text/html")


def test_more_rows_than_a_file_holds_are_refused_in_words(
    office: Office, worked: list[Lead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.reports.rows.MOST", {"xlsx": 3, "csv": 3})
    response = signed_in(office.olim).get(f"{ROOT}rows/?stage=contact&format=csv")
    assert response.status_code == 422
    assert "до 3 строк" in response.content.decode()


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(("module", "name"), [("comparison", "compare"), ("load", "load"), ("load", "overdue")])
def test_a_page_of_many_lines_shows_a_portion_and_the_file_holds_all(
    office: Office, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    office.lead(owner=office.lola)
    client = signed_in(office.adiba)
    whole = [line.name if name == "compare" else line.user.name for line in lines_of(client, name)]
    monkeypatch.setattr(f"web.reports.{module}.PORTION", 1)
    first = client.get(f"{ROOT}{name}/")
    text = first.content.decode()
    assert "Показать ещё" in text
    assert "page=2" in text
    assert len(first.context["lines"]) == 1 < len(whole)
    shown = [lines_of(client, name, str(number + 1))[0] for number in range(len(whole))]
    assert [line.name if name == "compare" else line.user.name for line in shown] == whole
    assert [row[0] for row in csv_of(client, name, "")[1:]] == whole


def lines_of(client: Client, name: str, page: str = "") -> list[Any]:
    return list(client.get(f"{ROOT}{name}/", {"page": page}).context["lines"])
