"""The work of an import: rows in chunks, each chunk one transaction with its checkpoint.

Killed anywhere, the job is leased again and goes on from the checkpoint: a chunk is either wholly in, with its rows
and its counters, or not at all. Two workers on one import cannot both settle a chunk, since each locks the import
and looks at the checkpoint first.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pghistory
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.scope import people
from common import clock
from common.changes import save_changes
from common.errors import FieldError, Invalid, Refused
from common.events import publish
from common.text import fold
from funnel.choices import Origin
from imports.cells import demand_readable, masked
from imports.drafting import Drafter
from imports.events import ImportFinished
from imports.mapping import ColumnMap, read_mapping
from imports.models import Import, ImportRow, ImportState, RowStatus
from imports.reading import Layout, fit, read_rows
from imports.resolving import Names
from imports.services import go_on_after_check, stage_codes
from imports.turns import Turn
from jobs.keeping import kept
from jobs.registry import Again, JobRun
from jobs.services import renew
from leads.drafts import LeadDraft, Taken
from leads.services.intake import take_in

CHUNK = 250
CONTACTS = ("phone", "email", "telegram")
Row = tuple[int, list[str]]


def work_off(job: JobRun) -> Again | None:
    """The job: chunks until the file ends, somebody stops it, or the turn is over and another is asked for.

    The lease is kept meanwhile: what was settled before is read again first, which may take longer than a lease.
    """
    run, turn = Import.objects.select_related("owner", "team").get(pk=job.payload["import"]), Turn()
    with _acting_for(run), kept(job):
        try:
            for _chunk in process(run):
                renew(job)
                if turn.is_over():
                    return Again()
        except Refused as refusal:
            _fail(run, refusal.message)
    return None


def _acting_for(run: Import) -> Any:
    """The owner's language for the messages, his name in the audit."""
    translation.activate(run.owner.language)
    return pghistory.context(user=str(run.owner.pk), job="import", import_id=str(run.pk))


def process(run: Import) -> Iterator[Import]:
    """Settle the rows after the checkpoint, yielding after each chunk; ends at the end of the file or when stopped.

    Raises Invalid when the file is gone bad or its owner may not write any more.
    """
    if run.state not in {ImportState.CHECKING, ImportState.LOADING}:
        return
    checking = run.state == ImportState.CHECKING
    _demand_right(run)
    if not run.file:
        raise Invalid(_("Исходный файл уже удалён: вышел срок хранения. Загрузите его ещё раз."))
    column_map = read_mapping(run.mapping, run.headers, stage_codes(run.kind))
    made: dict[str, list[str]] = {k: list(v) for k, v in run.made.items()}
    drafter = _drafter(run, column_map, made, checking=checking)
    seen: set[str] = set()
    with run.file.open("rb") as file:
        # No further than the first look counted: a sheet may go on, empty, for a million rows.
        rows = islice(_numbered(read_rows(file, Layout.of(run.layout))), run.total)
        _remember_keys(islice(rows, run.position), drafter, seen)
        for chunk in _chunks(rows):
            run_now = _settle(run, chunk, drafter, column_map, made, seen=seen, checking=checking)
            if run_now is None:
                return
            run = run_now
            yield run
    _finish(run, checking=checking)


def _demand_right(run: Import) -> None:
    """Asked before every chunk, of rows read anew: a right that was taken away ends the work where it stands."""
    if not run.owner.is_active or not run.owner.may_write:
        raise Invalid(_("Загрузка остановлена: у её владельца больше нет права менять данные."))
    if run.owner.team_id != run.team_id:
        raise Invalid(_("Загрузка остановлена: её владелец теперь в другой команде. Загрузите файл заново."))


def _drafter(run: Import, column_map: ColumnMap, made: dict[str, list[str]], *, checking: bool) -> Drafter:
    names = Names(run.owner, column_map.kind, made, may_create=True)
    fixed_owner = column_map.fixed.get("owner")
    owner = people(run.owner).filter(pk=fixed_owner).first() if fixed_owner else None
    if owner is None and "owner" not in column_map.fields and run.owner.team_id is not None:
        owner = run.owner
    return Drafter(column_map, run.headers, names, run.owner.zone, owner)


def _numbered(rows: Iterator[list[str]]) -> Iterator[Row]:
    """Rows after the header with their numbers as Excel shows them when nothing is blank."""
    next(rows, None)
    return enumerate(rows, start=2)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _remember_keys(settled: Iterator[Row], drafter: Drafter, seen: set[str]) -> None:
    """Pass over the rows before the checkpoint, keeping their keys: a repeat further down is still a repeat."""
    for _number, row in settled:
        seen.add(fold(drafter.key_of(row)))
    seen.discard("")


class _DryRun(Exception):
    """Rolls a checked chunk back; carries what it would have done."""


def _settle(
    run: Import,
    chunk: Sequence[Row],
    drafter: Drafter,
    column_map: ColumnMap,
    made: dict[str, list[str]],
    *,
    seen: set[str],
    checking: bool,
) -> Import | None:
    """One chunk. None when the import was stopped or another worker has settled these rows."""
    results: list[tuple[Row, Taken | Invalid]] = []
    try:
        with transaction.atomic():
            locked = _locked_at(run)
            if locked is None:
                return None
            _demand_right(locked)
            results = _take_rows(locked, chunk, drafter, column_map, seen)
            if checking:
                raise _DryRun
            return _note(locked, chunk, results, made)
    except _DryRun:
        drafter.names.forget_made()
    with transaction.atomic():
        locked = _locked_at(run)
        return None if locked is None else _note(locked, chunk, results, {})


def _locked_at(run: Import) -> Import | None:
    rows = Import.objects.select_for_update(of=("self",), no_key=True).select_related("owner", "team")
    locked = rows.get(pk=run.pk)
    return locked if locked.state == run.state and locked.position == run.position else None


def _take_rows(
    run: Import, chunk: Sequence[Row], drafter: Drafter, column_map: ColumnMap, seen: set[str]
) -> list[tuple[Row, Taken | Invalid]]:
    drafts: list[LeadDraft] = []
    drafted: list[Row] = []
    results: dict[int, Taken | Invalid] = {}
    for row in chunk:
        try:
            demand_readable(row[1], run.headers, column_map.fields)
            draft = drafter.draft(fit(row[1], len(run.headers)))
            _refuse_repeat(draft, seen)
        except Invalid as error:
            results[row[0]] = error
            continue
        drafts.append(draft)
        drafted.append(row)
    taken = take_in(
        drafts=drafts,
        by=run.owner,
        at=clock.now(),
        origin=Origin.IMPORT,
        batch=run.pk,
        update_known=column_map.update_known,
    )
    results |= {row[0]: answer for row, answer in zip(drafted, taken, strict=True)}
    return [(row, results[row[0]]) for row in chunk]


def _refuse_repeat(draft: LeadDraft, seen: set[str]) -> None:
    """The same key twice in one file: the first row counts, the second is reported."""
    if not draft.external_id:
        return
    if fold(draft.external_id) in seen:
        message = _("Этот внешний номер уже был в файле выше. Вторая строка не загружена.")
        raise Invalid(message, [FieldError("external_id", "repeated", message)])
    seen.add(fold(draft.external_id))


def _note(
    run: Import, chunk: Sequence[Row], results: Sequence[tuple[Row, Taken | Invalid]], made: dict[str, list[str]]
) -> Import:
    """Write the rows' fates and move the checkpoint, in the transaction that did the work."""
    rows = [_row(run, row, answer) for row, answer in results]
    ImportRow.objects.bulk_create(rows)
    counts = Counter(row.status for row in rows)
    changes: dict[str, Any] = {
        name: getattr(run, name) + counts[RowStatus(name)] for name in ("created", "updated", "unchanged", "refused")
    }
    changes["warned"] = run.warned + sum(1 for row in rows if row.warnings)
    changes["position"] = run.position + len(chunk)
    if made:
        changes["made"] = {name: list(ids) for name, ids in made.items()}
    return save_changes(run, changes)


def _row(run: Import, row: Row, answer: Taken | Invalid) -> ImportRow:
    number, cells = row
    if isinstance(answer, Invalid):
        return ImportRow(run=run, number=number, status=RowStatus.REFUSED, errors=_plain(answer.errors, run, cells))
    checked_only = run.state == ImportState.CHECKING
    return ImportRow(
        run=run,
        number=number,
        status=RowStatus(answer.status),
        lead_id=None if checked_only else answer.lead_id,
        party_created=answer.party_created,
        errors=_plain(answer.errors, run, cells),
        warnings=_plain(answer.warnings, run, cells),
        before=dict(answer.before),
        entries=list(answer.entry_ids),
    )


def _plain(errors: Sequence[FieldError], run: Import, cells: Sequence[str]) -> list[dict[str, str]]:
    """Errors name the columns of the file, as the person who mends it sees them, and show the cell masked."""
    rules = run.mapping.get("fields", {})
    columns = {name: rule["column"] for name, rule in rules.items()}
    columns |= {"contact": next((columns[name] for name in CONTACTS if name in columns), "")}
    values = dict(zip(run.headers, cells, strict=False))
    told = []
    for error in errors:
        column = columns.get(error.field, error.field if error.field in run.headers else "")
        value = masked(values.get(column, ""))
        told.append({"field": column, "code": error.code, "message": str(error.message), "value": value})
    return told


def _finish(run: Import, *, checking: bool) -> None:
    with transaction.atomic():
        locked = _locked_at(run)
        if locked is None:
            return
        at = clock.now()
        if checking:
            checked = save_changes(locked, {"state": ImportState.CHECKED, "finished_at": at, "total": locked.position})
            go_on_after_check(checked, at)
            return
        done = save_changes(locked, {"state": ImportState.DONE, "finished_at": at, "total": locked.position})
        publish(ImportFinished(done.pk, done.owner_id, done.file_name, done.created, done.refused, at))


def _fail(run: Import, message: str) -> None:
    """A failed check can be mended and tried again; a failed load goes on where it stood."""
    with transaction.atomic():
        locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        checking = locked.state == ImportState.CHECKING
        state = ImportState.UPLOADED if checking else ImportState.FAILED
        save_changes(locked, {"state": state, "failure": message, "finished_at": clock.now()})
