"""Deeds on imports: take a file, choose the columns, check, load, stop. The work itself is ``imports.work``."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, ClassVar

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write, one_visible
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.scanning import demand_clean
from common.text import one_line, without_control_characters
from funnel.models import Stage
from imports.mapping import ColumnMap, guess, read_mapping
from imports.models import Import, ImportState
from imports.reading import Sheet, look_at, wrong_file
from jobs import services as jobs

CHUNK_JOB = "import_rows"
REVERT_JOB = "import_revert"


class ImportBusy(Refused):
    """The import is at work or past the step that was asked for."""

    code: ClassVar[str] = "import_busy"
    status: ClassVar[int] = 409


class ImportHasErrors(Refused):
    """Rows would be refused, and nobody has said that the others may go in without them."""

    code: ClassVar[str] = "rows_refused"
    status: ClassVar[int] = 409


def get_import_for(user: User, pk: Any, *, lock: bool = False) -> Import:
    return one_visible(Import.objects.for_list(), user, pk, lock=lock)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that has been read once and found to be a table."""

    name: str
    file: "File[bytes]"
    sheet: Sheet
    sha256: str


def look_at_file(*, by: User, name: str, file: "File[bytes]") -> Looked:
    """Read an upload through, outside of any transaction: a large one takes longer than the base lets one stand idle.

    Raises Invalid for a file that is empty, too large, infected, no table, or in an encoding that cannot be told.
    """
    demand_write(by)
    if file.size > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        raise wrong_file(_("Файл больше %(limit)s МБ. Разделите его на части.") % {"limit": limit}, "too_big")
    demand_clean(file)
    sheet = look_at(name, file)
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return Looked(name, file, sheet, digest.hexdigest())


def take_file(*, by: User, name: str, file: "File[bytes]", kind: str = "agent") -> Import:
    """``look_at_file`` and ``keep`` in one."""
    return keep(by=by, looked=look_at_file(by=by, name=name, file=file), kind=kind)


@transaction.atomic
def keep(*, by: User, looked: Looked, kind: str = "agent") -> Import:
    """Keep an uploaded file and propose how its columns are meant; nothing is written to the base yet.

    A file of a shape that this person loaded before gets the mapping of that time.
    """
    demand_write(by)
    sheet = looked.sheet
    run = Import(
        kind=kind,
        file_name=without_control_characters(one_line(PurePath(looked.name).name))[-200:],
        sha256=looked.sha256,
        shape=sheet.shape,
        layout=sheet.layout.as_json() | {"samples": sheet.samples},
        headers=sheet.headers,
        total=sheet.total,
        owner=by,
        team=by.team,
    )
    run.mapping = remembered(run) or _guessed(run)
    run.file.save(f"{run.pk}.{sheet.layout.format}", looked.file, save=False)
    run.save()
    return run


def remembered(run: Import) -> dict[str, Any]:
    """The mapping that the same person last used for a file of the same columns."""
    earlier = Import.objects.filter(owner=run.owner, shape=run.shape).exclude(state=ImportState.UPLOADED)
    found = earlier.order_by("-created_at").values_list("mapping", flat=True).first()
    return dict(found) if found else {}


def _guessed(run: Import) -> dict[str, Any]:
    rules = guess(run.headers, stage_codes(run.kind))
    source = PurePath(run.file_name).stem[:60]
    return ColumnMap(run.kind, source, rules).as_json()


def stage_codes(kind: str) -> list[str]:
    return list(Stage.objects.of_kind(kind).active().values_list("code", flat=True))


@transaction.atomic
def choose_columns(*, run: Import, by: User, mapping: dict[str, Any], expected_version: int | None = None) -> Import:
    """Settle which column feeds which field. Raises Invalid naming each column, ImportBusy, StaleVersion."""
    locked = _idle(run, by)
    check_version(locked, expected_version)
    if locked.position and locked.state in {ImportState.STOPPED, ImportState.FAILED}:
        raise ImportBusy(_("Часть строк уже загружена. Догрузите остальные или отмените загрузку."))
    checked = read_mapping(mapping, locked.headers, stage_codes(mapping.get("kind") or locked.kind))
    changes = {"mapping": checked.as_json(), "kind": checked.kind, "state": ImportState.UPLOADED}
    locked.rows.all().delete()
    return save_changes(locked, changes | _ZERO)


_ZERO: dict[str, Any] = {"position": 0, "created": 0, "updated": 0, "unchanged": 0, "refused": 0, "warned": 0}


def _idle(run: Import, by: User) -> Import:
    demand_write(by)
    locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if locked.is_running:
        raise ImportBusy(_("Файл сейчас в работе. Дождитесь конца или остановите."))
    if locked.state in {ImportState.DONE, ImportState.REVERTED}:
        raise ImportBusy(_("Этот файл уже загружен. Загрузите его ещё раз, если нужно обновить."))
    return locked


def start_check(*, run: Import, by: User, at: datetime) -> Import:
    """Try every row without writing. Harmless to repeat."""
    return _start(run, by, at, ImportState.CHECKING)


@transaction.atomic
def start_loading(*, run: Import, by: User, at: datetime, accept_good: bool = True) -> Import:
    """Load the file; a stopped or failed load goes on where it stood.

    With ``accept_good`` the good rows go in past the refused. Without it all go in or none: every row is checked first,
    and one that would be refused keeps the whole file out. Raises ImportHasErrors, ImportBusy, NotAllowed.
    """
    locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    resumes = locked.state in {ImportState.STOPPED, ImportState.FAILED} and locked.position > 0
    if accept_good or resumes or locked.state == ImportState.LOADING:
        return _start(locked, by, at, ImportState.LOADING)
    if locked.state != ImportState.CHECKED:
        return _start(locked, by, at, ImportState.CHECKING, then_load=True)
    if locked.refused:
        raise ImportHasErrors(_("В файле есть строки с ошибками. Исправьте их или выберите «Загрузить верные строки»."))
    return _start(locked, by, at, ImportState.LOADING)


def go_on_after_check(run: Import, at: datetime) -> None:
    """A check that was the first half of a load: go on where no row was refused, else wait for the owner's word."""
    if run.then_load and not run.refused:
        _start(run, run.owner, at, ImportState.LOADING)


@transaction.atomic
def _start(run: Import, by: User, at: datetime, state: str, *, then_load: bool = False) -> Import:
    locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if locked.state == state:
        return locked
    resumes = state == ImportState.LOADING and locked.state in {ImportState.STOPPED, ImportState.FAILED}
    locked = _idle(run, by)
    read_mapping(locked.mapping, locked.headers, stage_codes(locked.kind))
    changes: dict[str, Any] = {
        "state": state, "started_at": at, "finished_at": None, "failure": "", "then_load": then_load,
    }  # fmt: skip
    if not resumes:
        locked.rows.all().delete()
        changes |= _ZERO
    started = save_changes(locked, changes)
    _owe(CHUNK_JOB, started, at)
    return started


def _owe(kind: str, run: Import, at: datetime) -> None:
    key = f"{kind}:{run.pk}:{run.version}"
    jobs.owe([jobs.Duty(kind, key, {"import": str(run.pk)}, at)])


@transaction.atomic
def stop(*, run: Import, by: User) -> Import:
    """Stop after the chunk at work. What is loaded stays; the rest can be loaded later, or all taken back."""
    demand_write(by)
    locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if locked.state not in {ImportState.CHECKING, ImportState.LOADING}:
        return locked
    checking = locked.state == ImportState.CHECKING
    return save_changes(locked, {"state": ImportState.UPLOADED if checking else ImportState.STOPPED})


@transaction.atomic
def start_revert(*, run: Import, by: User, at: datetime) -> Import:
    """Take the whole import back: what it made goes unless somebody has worked on it since, what it changed returns."""
    demand_write(by)
    locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if locked.state in {ImportState.REVERTING, ImportState.REVERTED}:
        return locked
    if locked.state not in {ImportState.DONE, ImportState.STOPPED, ImportState.FAILED}:
        message = _("Отменить можно загрузку, которая закончилась или остановлена.")
        raise Invalid(message, [FieldError("state", "invalid", message)])
    started = save_changes(locked, {"state": ImportState.REVERTING, "finished_at": None})
    _owe(REVERT_JOB, started, at)
    return started
