"""Large batches of bank systems: kept as a file, worked off in chunks, each one transaction with its checkpoint.

What an item is and how it is taken in is the caller's matter (``Take``); here stand the chunks, the counts and the ways
to stop. Killed anywhere, the next worker goes on from the checkpoint, and nothing is taken in twice.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any
from uuid import UUID

import pghistory
from django.core.files import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import demand_write, one_visible
from accounts.models import User
from common import clock
from common.changes import save_changes
from common.errors import Invalid, Refused
from imports.models import UNDER_WAY, BulkLoad, BulkRow, BulkState
from imports.turns import Turn
from jobs import services as jobs
from jobs.registry import Again, JobRun

JOB = "bulk_load"
CHUNK = 500
COUNTS = ("created", "updated", "unchanged", "stale", "refused")
Answer = Mapping[str, Any]
"""``status`` (one of COUNTS) and, where an item did not go in, ``problem``."""
Take = Callable[[BulkLoad, Sequence[Any]], Sequence[Answer]]
"""Takes in the items that stand at a load's checkpoint, for its owner."""


def get_load_for(user: User, pk: UUID | str) -> BulkLoad:
    """One's own. Raises NotFound."""
    return one_visible(BulkLoad.objects.all(), user, pk)


@transaction.atomic
def accept(*, by: User, noun: str, lines: IO[bytes], total: int, masked: bool, at: datetime) -> BulkLoad:
    """Keep the items, one JSON object a line, and owe the work."""
    demand_write(by)
    load = BulkLoad(noun=noun, total=total, masked=masked, owner=by)
    load.file.save(f"{load.pk}.jsonl", File(lines), save=False)
    load.save()
    jobs.owe([jobs.Duty(JOB, f"{JOB}:{load.pk}", {"load": str(load.pk)}, at)])
    return load


@transaction.atomic
def cancel(*, load: BulkLoad, by: User, at: datetime) -> BulkLoad:
    """Stop after the chunk at work; what is in stays in. Harmless to repeat, and once it is over."""
    demand_write(by)
    locked = BulkLoad.objects.select_for_update(no_key=True, of=("self",)).get(pk=load.pk)
    return _end(locked, BulkState.CANCELLED, at) if locked.state in UNDER_WAY else locked


def work_off(job: JobRun, *, take: Take) -> Again | None:
    """The job: chunks until the file ends, somebody stops it, or the time is up and another turn is asked for."""
    load = BulkLoad.objects.select_related("owner__team").get(pk=job.payload["load"])
    turn = Turn()
    with translation.override(load.owner.language), pghistory.context(user=str(load.owner_id), job=JOB):
        try:
            for _chunk in _process(load, take):
                jobs.renew(job)
                if turn.is_over():
                    return Again()
        except Refused as refusal:
            _fail(load, refusal.message)
    return None


def _process(load: BulkLoad, take: Take) -> Iterator[BulkLoad]:
    if load.state not in UNDER_WAY:
        return
    _demand_right(load)
    with load.file.open("rb") as file:
        file.seek(load.offset)
        lines = iter(file.readline, b"")  # iterating the file itself would begin at its start each time
        while chunk := list(islice(lines, CHUNK)):
            settled = _settle(load, chunk, take)
            if settled is None:
                return
            load = settled
            yield load
    with transaction.atomic():
        locked = _locked_at(load)
        if locked is not None:
            _end(locked, BulkState.DONE, clock.now())


def _demand_right(load: BulkLoad) -> None:
    """Asked before every chunk, of rows read anew: a right that was taken away ends the work where it stands."""
    if not load.owner.is_active or not load.owner.may_write:
        raise Invalid(_("Задание остановлено: у его владельца больше нет права менять данные."))


def _settle(load: BulkLoad, chunk: Sequence[bytes], take: Take) -> BulkLoad | None:
    """One chunk. None when the load was cancelled or another worker has settled these lines."""
    with transaction.atomic():
        locked = _locked_at(load)
        if locked is None:
            return None
        _demand_right(locked)
        answers = take(locked, [json.loads(line) for line in chunk])
        BulkRow.objects.bulk_create(
            BulkRow(run=load, number=number, status=answer["status"], problem=answer["problem"])
            for number, answer in enumerate(answers, start=load.position)
            if answer.get("problem")
        )
        counts = Counter(answer["status"] for answer in answers)
        changes: dict[str, Any] = {name: getattr(locked, name) + counts[name] for name in COUNTS}
        changes |= {"position": locked.position + len(chunk), "offset": locked.offset + sum(map(len, chunk))}
        changes |= {"state": BulkState.RUNNING, "started_at": locked.started_at or clock.now()}
        return save_changes(locked, changes)


def _locked_at(load: BulkLoad) -> BulkLoad | None:
    rows = BulkLoad.objects.select_for_update(of=("self",), no_key=True).select_related("owner__team")
    locked = rows.get(pk=load.pk)
    return locked if locked.state in UNDER_WAY and locked.position == load.position else None


def _fail(load: BulkLoad, message: str) -> None:
    with transaction.atomic():
        locked = BulkLoad.objects.select_for_update(no_key=True, of=("self",)).get(pk=load.pk)
        if locked.state in UNDER_WAY:
            _end(locked, BulkState.FAILED, clock.now(), failure=message)


def _end(load: BulkLoad, state: str, at: datetime, *, failure: str = "") -> BulkLoad:
    """The file goes with its last use: it holds people's data that stands in the base by now."""
    storage, name = load.file.storage, load.file.name
    ended = save_changes(load, {"state": state, "finished_at": at, "failure": failure, "file": ""})
    transaction.on_commit(lambda: storage.delete(str(name)))
    return ended


def sweep(*, before: datetime) -> int:
    """Forget what ended before a moment, with its error rows. Returns how many."""
    return BulkLoad.objects.filter(finished_at__lt=before).delete()[1].get("imports.BulkLoad", 0)
