"""Taking an import back, in chunks that survive a kill. What somebody has worked on since stays, and is counted.

The consents that it gave end first, also of those who stay: a consent stands by its proof, and the proof was the file.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError

from accounts.models import User
from agents.choices import ConsentEnd
from agents.models import Party, Segment
from agents.services.consents import end_of_batch
from common import clock
from common.changes import save_changes
from funnel import log
from funnel.models import StageEntry
from imports.models import Import, ImportRow, ImportState, RowStatus
from jobs import stopping
from jobs.registry import Again, JobRun
from jobs.services import renew
from leads.models import Lead

CHUNK = 500


def revert(job: JobRun) -> Again | None:
    """The job. Rows already taken back have lost their lead, so that a second run goes on with the rest."""
    run = Import.objects.select_related("owner").get(pk=job.payload["import"])
    if run.state != ImportState.REVERTING:
        return None
    with pghistory.context(user=str(run.owner_id), job="import_revert", import_id=str(run.pk)):
        for _chunk in chain(end_consents(run), chunks(run)):
            renew(job)
            if stopping.told():
                return Again()
        finish(run)
    return None


def end_consents(run: Import) -> Iterator[int]:
    """End one chunk a transaction, yielding after each; their rows stay, with the reason."""
    while ended := end_of_batch(batch=run.pk, at=clock.now(), end=ConsentEnd.IMPORT, most=CHUNK):
        yield ended


def chunks(run: Import) -> Any:
    """Take back one chunk a transaction, yielding after each."""
    while True:
        with transaction.atomic():
            rows = list(
                run.rows.select_for_update()
                .filter(lead__isnull=False, status__in=[RowStatus.CREATED, RowStatus.UPDATED])
                .order_by("number")[:CHUNK]
            )
            if not rows:
                return
            _take_back_created(run, [row for row in rows if row.status == RowStatus.CREATED])
            _take_back_updates([row for row in rows if row.status == RowStatus.UPDATED])
            ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(lead=None)
        yield len(rows)


def _take_back_created(run: Import, rows: Sequence[ImportRow]) -> None:
    """Leads nobody has touched since go, with their log and the parties that came with them."""
    later = StageEntry.objects.filter(lead_id=OuterRef("pk")).exclude(batch=run.pk)
    leads = Lead.objects.select_for_update(of=("self",)).filter(pk__in=[row.lead_id for row in rows], batch=run.pk)
    untouched = list(
        leads.filter(version=1, notes=None, meetings=None, interviews=None, agreements=None, contracts=None)
        .exclude(Exists(later))
        .values_list("pk", "party_id")
    )
    ids = [pk for pk, _party in untouched]
    log.withdraw(ids)
    Lead.objects.filter(pk__in=ids).delete()
    gone = set(ids)
    made = {row.lead_id for row in rows if row.party_created}
    _drop_parties([party for pk, party in untouched if pk in made])
    kept = sum(1 for row in rows if row.lead_id not in gone)
    if kept:
        Import.objects.filter(pk=run.pk).update(kept=run.kept + kept)
        run.kept += kept


def _drop_parties(party_ids: Sequence[UUID]) -> None:
    worked = Lead.objects.filter(party=OuterRef("pk"))
    brought = Lead.objects.filter(agent=OuterRef("pk"))
    clients = Party.objects.filter(agent=OuterRef("pk"))
    free = Party.objects.filter(pk__in=party_ids, version=1).exclude(Exists(worked) | Exists(brought) | Exists(clients))
    free.delete()


def _take_back_updates(rows: Sequence[ImportRow]) -> None:
    for row in rows:
        lead = Lead.objects.select_for_update(of=("self",)).filter(pk=row.lead_id).first()
        if lead is None:
            continue
        log.withdraw_entries(row.entries, [lead.pk])
        save_changes(lead, _columns(row.before))


def _columns(before: dict[str, Any]) -> dict[str, Any]:
    """The plain values back into what the columns hold; ``segment`` and ``segment_id`` both name the same one."""
    columns: dict[str, Any] = {}
    for name, value in before.items():
        field: Any = Lead._meta.get_field(name)
        columns[field.attname] = value if value is None else field.to_python(value)
    return columns


def finish(run: Import) -> None:
    """What the import had to make beside the leads goes too, where nothing else uses it."""
    for segment_id in reversed(run.made.get("segments", [])):
        _delete_if_free(Segment.objects.filter(pk=segment_id))
    for user_id in run.made.get("users", []):
        _delete_if_free(User.objects.filter(pk=user_id, is_active=False))
    with transaction.atomic():
        locked = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        if locked.state == ImportState.REVERTING:
            save_changes(locked, {"state": ImportState.REVERTED, "finished_at": clock.now()})


def _delete_if_free(rows: Any) -> None:
    try:
        with transaction.atomic():
            rows.delete()
    except ProtectedError:
        return
