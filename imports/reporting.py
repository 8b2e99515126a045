"""What did not go in, as the same rows with a column that says what to mend."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from imports.models import Import, RowStatus
from imports.reading import Layout, fit, read_rows

BATCH = 500


def rows_to_mend(run: Import) -> Iterator[list[str]]:
    """Header and rows of the file that were refused or came in with a warning; memory does not grow with the file."""
    yield [_("Строка"), *run.headers, _("Что исправить")]
    if not run.file:  # it was kept as long as the rules of retention say
        return
    said = _said(run)
    wanted = next(said, None)
    with run.file.open("rb") as file:
        rows = read_rows(file, Layout.of(run.layout))
        next(rows, None)
        for number, row in enumerate(rows, start=2):
            if wanted is None:
                return
            if number == wanted[0]:
                yield [str(number), *fit(row, len(run.headers)), wanted[1]]
                wanted = next(said, None)


def _said(run: Import) -> Iterator[tuple[int, str]]:
    rows = run.rows.exclude(errors=[], warnings=[]).order_by("number")
    for row in rows.iterator(chunk_size=BATCH):
        yield row.number, "; ".join(_words(item) for item in [*row.errors, *row.warnings])


def _words(item: dict[str, str]) -> str:
    column, message = item["field"], item["message"]
    return f"{column}: {message}" if column else message


def first_problems(run: Import, limit: int = 20) -> list[dict[str, object]]:
    """The first rows with their problems, for the page."""
    rows = run.rows.exclude(errors=[], warnings=[]).order_by("number")[:limit]
    return [
        {"number": row.number, "refused": row.status == RowStatus.REFUSED, "notes": [*row.errors, *row.warnings]}
        for row in rows
    ]
