"""Reading the reports as a visitor does: their linked numbers and the rows behind them."""

import csv
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO, StringIO
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client, RequestFactory
from openpyxl import load_workbook

from accounts.models import User
from common import clock
from demo import story
from funnel import rollups
from leads.models import Lead, LossReason
from leads.services import editing, outcomes
from tests.office import PASSWORD
from web.reports.asking import ask
from web.reports.behind import EXTRA, behind

ROOT = "/reports/"
PAGES = ("funnel", "cohorts", "time", "matrix", "compare")
ROWS = "/reports/rows/?"
NUMBER = re.compile(r'<a href="/reports/rows/\?([^"]+)"(?: title="\D*([\d\xa0]+)[^"]*")?>([^<]+)</a>')


def signed_in(user: User) -> Client:
    """Somebody who opens the reports after the counts were last brought up to date."""
    rollups.refresh(at=clock.now())
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def numbers(client: Client, name: str, query: str = "") -> list[tuple[str, int]]:
    """(query string of the rows, number shown) of every linked number of a report."""
    text = text_of(client, f"{ROOT}{name}/?{query}")
    found = NUMBER.findall(text)
    assert len(found) == text.count(f'href="{ROWS}')
    return [(unescape(rows), int((counted or shown).replace("\xa0", ""))) for rows, counted, shown in found]


def behind_it(user: User, rows: str) -> int:
    """How many rows stand under that address for this person; without drawing the page, whose own count is the same."""
    request = RequestFactory().get(f"{ROWS}{rows}")
    request.user = User.objects.get(pk=user.pk)
    asked = ask(request, extra=EXTRA)
    found = behind(asked)
    assert not asked.problems, (rows, asked.problems)
    held = found.found.count()
    assert found.count() == held, rows
    return held


def wrong_numbers(user: User, found: list[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Numbers that do not hold exactly the rows behind them: address, shown, found."""
    held = {rows: behind_it(user, rows) for rows in {rows for rows, _shown in found}}
    return [(rows, shown, held[rows]) for rows, shown in found if held[rows] != shown]


def csv_of(client: Client, name: str, query: str) -> list[list[str]]:
    response: Any = client.get(f"{ROOT}{name}/?{query}&format=csv")
    assert response.status_code == 200
    return list(csv.reader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";"))


def xlsx_of(client: Client, name: str, query: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of each sheet by its title; without a name of the overview."""
    response: HttpResponse = client.get(f"{ROOT}{name}{'/' if name else ''}?{query}&format=xlsx")
    assert response.status_code == 200
    book = load_workbook(BytesIO(response.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def query_of(address: str) -> QueryDict:
    return QueryDict(unescape(address))


def told_region() -> Iterator[dict[str, User]]:
    """A twentieth of the demo story, with leads closed and given to another team after the last run of the rollup."""
    with transaction.atomic():
        story.tell(password=PASSWORD, at=clock.now(), scale=0.05)
        people = {user.email.partition("@")[0]: user for user in User.objects.all()}
        reason = LossReason.objects.get(code="no_need")
        for lead in Lead.objects.open().order_by("pk")[:7]:
            outcomes.close(lead=lead, outcome="lost", by=people["head"], at=clock.now(), reason=reason)
        for lead in Lead.objects.open().filter(owner=people["owner"]).order_by("pk")[:5]:
            editing.assign(lead=lead, owner=people["owner2"], by=people["head"], at=clock.now())
        yield people
        transaction.set_rollback(True)
