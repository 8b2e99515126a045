"""Tables as files: streamed, and with nothing that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from time import monotonic

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import scope_of, still_sees
from common.errors import NotAllowed

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def safe(text: str) -> str:
    """A cell that a spreadsheet takes for text, whatever it begins with."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


ROWS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS = 500, 1.0


def while_allowed(rows: Iterable[Iterable[object]], reader: User) -> Iterator[Iterable[object]]:
    """The rows as long as the person is who he was when he asked. Raises NotAllowed once he is dismissed, has another
    role or team, or what he saw was taken from him: the answer breaks off, and the browser keeps no file.

    Looked at each second, for whoever reads slowly, and each few hundred rows: a fast reader has a file in less."""
    scope_of(reader)
    looked = monotonic()
    for number, row in enumerate(rows, start=1):
        if number % ROWS_BETWEEN_LOOKS == 0 or monotonic() - looked >= SECONDS_BETWEEN_LOOKS:
            if not still_sees(reader):
                raise NotAllowed(_("Выгрузка прервана: ваши права изменились."))
            looked = monotonic()
        yield row


def csv_answer(rows: Iterable[Iterable[object]], name: str, *, reader: User | None = None) -> StreamingHttpResponse:
    """Rows as CSV with a mark of UTF-8 and semicolons, as Russian Excel opens it. With ``reader`` they stop where his
    rights do."""
    writer = csv.writer(_Echo(), delimiter=";")
    allowed = while_allowed(rows, reader) if reader is not None else rows
    lines = (writer.writerow([safe(str(value)) for value in row]) for row in allowed)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(chain(["\ufeff"], lines), content_type="text/csv; charset=utf-8", headers=headers)
