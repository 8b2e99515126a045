"""The journal as a file; and everybody whom a person or a key has seen, for the notice of a leak."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from accounts.models import User
from audit import reading
from audit.choices import Fields, Look
from common import clock
from common.errors import Invalid
from web.audit.forms import PersonFilter, SeenFilter, uuid_of
from web.audit.words import ids_of, names_of_people, subjects_of
from web.integrations.rights import reader
from web.pages import page
from web.tables import csv_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_ROWS, CHUNK = 10_000, 1_000


@page("GET", fresh=True, file=True)
def export(request: HttpRequest) -> HttpResponse:
    """``by=person`` reads the address as the page of a person does, ``of=people`` gives those whom he has seen."""
    user, now = reader(request), clock.now()
    subject = uuid_of(request.GET.get("subject", ""))
    if request.GET.get("by") == "person":
        asked = PersonFilter(request.GET).asked(now)
    else:
        asked = SeenFilter(request.GET).asked(now, ids_of(user, subject) if subject else ())
    rows = reading.views(user, asked)
    lines = _people(user, rows) if request.GET.get("of") == "people" else _views(rows)
    name = f"audit-{timezone.localtime(now):%Y-%m-%d}"
    if request.GET.get("format") == "xlsx":
        return _xlsx(lines, name)
    return cast("HttpResponse", csv_answer(lines, name))


def _xlsx(lines: Iterator[list[Any]], name: str) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Аудит"))
    for place, line in enumerate(lines):
        if place > XLSX_ROWS:
            raise Invalid(_("В файл Excel помещается до 10 000 строк. Сузьте условия или выгрузите CSV."))
        sheet.append([_cell(sheet, value) for value in line])
    out = BytesIO()
    book.save(out)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _views(rows: Any) -> Iterator[list[Any]]:
    """A line an entry. Ids of people, not names: the file goes to whoever investigates, and shows nobody anew."""
    fields, looks, zone = dict(Fields.choices), dict(Look.choices), timezone.get_current_timezone()
    yield [
        _("Когда"), _("Кто"), _("Ключ"), _("Как"), _("Страница"), _("Запись"), _("Что было видно"), _("Людей"),
        _("Номера"), _("Цель"), _("Откуда"), _("Номер запроса"),
    ]  # fmt: skip
    people: dict[Any, str] = {}
    for row in rows.iterator(chunk_size=CHUNK):
        if row.user_id not in people:
            people |= {row.user_id: names_of_people([row.user_id]).get(row.user_id, "")}
        yield [
            _moment(row.at, zone), people[row.user_id], row.token_key, str(looks.get(row.look, row.look)), row.route,
            str(row.object_id or ""), ", ".join(str(fields.get(one, one)) for one in row.fields), len(row.subjects),
            " ".join(map(str, row.subjects)), row.purpose, row.ip or "", row.request_id,
        ]  # fmt: skip


def _people(by: User, rows: Any) -> Iterator[list[Any]]:
    zone = timezone.get_current_timezone()
    yield [_("Номер"), _("Имя"), _("Сколько раз"), _("Впервые"), _("В последний раз")]
    found = reading.people_seen(rows)
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        known = subjects_of(by, (pk for pk, *_rest in part))
        for pk, times, first, last in part:
            name = known[pk].name if pk in known else ""
            yield [str(pk), name, times, _moment(first, zone), _moment(last, zone)]


def _moment(at: datetime, zone: Any) -> str:
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M:%S}"
