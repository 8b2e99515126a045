"""The journal of calls, airtime by person and day, and the journal as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agents.masking import mask_phone, sees_plain
from approvals.services import demand
from calls.choices import CallResult, Direction
from calls.models import Call
from calls.selectors import by_person, by_person_and_day
from common import clock
from common.errors import FieldError, Invalid
from web.calls.asking import SPANS, Asked, ask
from web.calls.subject import whole_journal
from web.pages import page, person, show
from web.tables import csv_answer

DAYS_SHOWN = 200
CHUNK = 1000


@page("GET")
def call_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    asked = ask(request, user, clock.now())
    tab = "airtime" if request.GET.get("tab") == "airtime" else "journal"
    context: dict[str, Any] = {
        "asked": asked, "listing": asked.listing, "tab": tab,
        "spans": [(days, text, days == asked.days) for days, text in SPANS.items()],
    }  # fmt: skip
    if tab == "airtime":
        rows, zone = asked.listing.filterset.qs, timezone.get_current_timezone()
        context["people"] = by_person(rows, zone=zone)
        context["days"] = by_person_and_day(rows, zone=zone, most=DAYS_SHOWN)
    return show(request, "calls/list.html", context, fragment="results")


@page("GET", fresh=True, file=True)
def export(request: HttpRequest) -> HttpResponseBase:
    """Raises Invalid where a condition was not understood: a file must not hold more than was asked for;
    SecondPersonNeeded where it holds too many for one pair of eyes."""
    at, reader = clock.now(), person(request)
    asked = ask(request, reader, at)
    if problems := asked.listing.problems:
        raise Invalid(" ".join(problems), [FieldError("filters", "invalid", text) for text in problems])
    demand(what=whole_journal(asked), by=reader, at=at)
    return csv_answer(_Sheet(asked, reader), f"calls-{timezone.localtime(at):%Y-%m-%d}", reader=reader)


class _Sheet:
    """Header and lines. Language and zone are taken now: a streamed answer is written when the request is over."""

    def __init__(self, asked: Asked, reader: User) -> None:
        self.reader = reader
        self.rows = asked.listing.filterset.qs
        self.zone = timezone.get_current_timezone()
        self.directions = {value: str(label) for value, label in Direction.choices}
        self.results = {value: str(label) for value, label in CallResult.choices}
        self.yes, self.no = _("да"), _("нет")
        self.header = [
            _("Начало"), _("Направление"), _("Результат"), _("Длительность, секунд"), _("Вероятно, пустой"),
            _("Агент или клиент"), _("Номер"), _("Сотрудник"), _("Запись"),
        ]  # fmt: skip

    def __iter__(self) -> Iterator[list[Any]]:
        yield self.header
        for call in self.rows.iterator(chunk_size=CHUNK):
            yield self._line(call)

    def _line(self, call: Call) -> list[Any]:
        return [
            self._moment(call.at), self.directions[call.direction], self.results[call.result], call.duration_seconds,
            self.yes if call.likely_empty else self.no, call.party.name if call.party else "", self._phone(call),
            call.owner.name if call.owner else "", call.recording_url,
        ]  # fmt: skip

    def _phone(self, call: Call) -> str:
        """As the reader would see it in the list."""
        plain = not call.phone or sees_plain(self.reader, owner_id=call.owner_id)
        return call.phone if plain else mask_phone(call.phone)

    def _moment(self, value: datetime) -> str:
        return f"{value.astimezone(self.zone):%d.%m.%Y %H:%M}"
