"""What did not go in, as the same rows with a column that says what to mend."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from agents.masking import sees_plain
from imports.cells import masked
from imports.models import Import, RowStatus
from imports.reading import Layout, fit, read_rows

BATCH = 500


def sees_cells(user: User, run: Import) -> bool:
    """Whoever brought the file has seen what is in it; others as their role allows (``agents.masking``)."""
    return user.pk == run.owner_id or sees_plain(user, owner_id=run.owner_id)


def rows_to_mend(run: Import, *, plain: bool) -> Iterator[list[str]]:
    """Header and rows of the file that were refused or came in with a warning; memory does not grow with the file.
    Where the reader does not see people ``plain``, of each cell only enough to find it in the file."""
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
                cells = fit(row, len(run.headers))
                yield [str(number), *(cells if plain else map(masked, cells)), wanted[1]]
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
