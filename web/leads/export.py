"""The list as a file: the same rows as on the page, by the same conditions, nothing a spreadsheet would run."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from agents.choices import ContactType, Kind
from agents.masking import mask_phone, sees_plain
from agents.models import Contact
from approvals.services import demand
from common.errors import FieldError, Invalid
from leads.choices import Outcome
from leads.models import Lead
from web.leads.columns import ordering, phone_of
from web.leads.filtering import Asked, ask
from web.leads.subject import whole_list
from web.pages import page
from web.tables import csv_answer

PHONES = Prefetch("party__contacts", Contact.objects.filter(type=ContactType.PHONE), to_attr="phones")
XLSX_ROWS = 10_000
CHUNK = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("GET", fresh=True, file=True)
def export(request: HttpRequest) -> HttpResponse:
    """Raises Invalid where a condition was not understood: a file must not hold more than was asked for;
    SecondPersonNeeded where it holds too many for one pair of eyes."""
    asked = ask(request)
    if asked.problems:
        raise Invalid(" ".join(asked.problems), [FieldError("filters", "invalid", text) for text in asked.problems])
    demand(what=whole_list(asked), by=asked.user, at=asked.at)
    if request.GET.get("format") == "xlsx":
        return _xlsx(asked)
    return cast("HttpResponse", _csv(asked))


def _csv(asked: Asked) -> StreamingHttpResponse:
    return csv_answer(_Sheet(asked), _name_of(asked), reader=asked.user)


def _xlsx(asked: Asked) -> HttpResponse:
    if asked.rows.order_by()[: XLSX_ROWS + 1].count() > XLSX_ROWS:
        raise Invalid(_("В файл Excel помещается до 10 000 строк. Сузьте условия или выгрузите CSV."))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Лиды"))
    for row in _Sheet(asked):
        sheet.append([_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    headers = {"Content-Disposition": f'attachment; filename="{_name_of(asked)}.xlsx"'}
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


def _cell(sheet: Any, value: Any) -> Any:
    """Text stays text: «=1+1» in a name must not become a formula."""
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


class _Sheet:
    """Header and lines. Language and zone are taken now: a streamed answer is written when the request is over."""

    def __init__(self, asked: Asked) -> None:
        self.rows = asked.rows.for_list().prefetch_related(PHONES).order_by(*ordering(asked.query))
        self.reader = asked.user
        self.zone = timezone.get_current_timezone()
        self.kinds = {value: str(label) for value, label in Kind.choices}
        self.outcomes = {value: str(label) for value, label in Outcome.choices}
        self.header = [
            _("Лид"), _("Воронка"), _("Этап"), _("Исход"), _("На этапе с"), _("Следующий шаг"), _("Срок шага"),
            _("Сумма"), _("Валюта"), _("Агент"), _("Сегмент"), _("Инициатива"), _("Владелец"), _("Телефон"),
            _("Канал"), _("База"), _("Метки"), _("Создан"),
        ]  # fmt: skip

    def __iter__(self) -> Iterator[list[Any]]:
        """A row a lead, read in chunks, so that a long list does not stand in memory."""
        yield self.header
        for lead in self.rows.iterator(chunk_size=CHUNK):
            yield self._line(lead)

    def _line(self, lead: Lead) -> list[Any]:
        return [
            lead.party.name, self.kinds[lead.kind], lead.stage.name, self.outcomes[lead.outcome],
            self._moment(lead.stage_entered_at), lead.next_action, self._moment(lead.next_action_at),
            "" if lead.amount is None else lead.amount, lead.currency, _name(lead.agent), _name(lead.segment),
            _name(lead.initiative), _name(lead.owner), self._phone(lead), lead.source_channel,
            lead.base, ", ".join(lead.tags), self._moment(lead.created_at),
        ]  # fmt: skip

    def _phone(self, lead: Lead) -> str:
        """As the reader would see it in the list."""
        number = phone_of(lead)
        return number if sees_plain(self.reader, owner_id=lead.owner_id) or not number else mask_phone(number)

    def _moment(self, value: datetime | None) -> str:
        return f"{value.astimezone(self.zone):%d.%m.%Y %H:%M}" if value else ""


def _name(row: Any) -> str:
    return row.name if row else ""


def _name_of(asked: Asked) -> str:
    return f"leads-{timezone.localtime(asked.at):%Y-%m-%d}"
