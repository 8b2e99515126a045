"""Everything about a person for himself: asked for by an officer, made by a job, kept for a day."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Party
from audit import journal
from audit.choices import Fields, Look
from common import clock
from common.changes import save_changes
from common.errors import NotFound
from jobs import services as jobs
from jobs.registry import Again, JobRun
from privacy import archives
from privacy.access import demand_officer
from privacy.choices import EXPORT_KEPT, ExportState
from privacy.models import SubjectExport

JOB = "privacy.export"


@transaction.atomic
def ask(*, party: Party, by: User, at: datetime) -> SubjectExport:
    """Have the archive made. One that is being made for the same person is answered again."""
    demand_officer(by)
    making = SubjectExport.objects.filter(party=party, by=by, state=ExportState.MAKING).first()
    if making is not None:
        return making
    export = SubjectExport.objects.create(party=party, by=by)
    jobs.owe([jobs.Duty(JOB, f"{JOB}:{export.pk}", {"export": str(export.pk)}, at)])
    return export


def work(run: JobRun) -> Again | None:
    """The job: one transaction with its «done», so that a repetition finds it ready."""
    fill(export=SubjectExport.objects.select_related("party").get(pk=run.payload["export"]), at=clock.now())
    return None


def fill(*, export: SubjectExport, at: datetime) -> SubjectExport:
    """Make the archive. Made already, it stays."""
    if export.state != ExportState.MAKING:
        return export
    made = archives.make(export.party)
    changes = {"archive": made.content, "rows": made.rows, "sha256": hashlib.sha256(made.content).hexdigest()}
    times = {"ready_at": at, "expires_at": at + EXPORT_KEPT}
    return save_changes(export, changes | times | {"state": ExportState.READY})


def download(*, export: SubjectExport, by: User, at: datetime) -> bytes:
    """The archive, and a line in the journal of views. Raises NotFound once its day is over."""
    demand_officer(by)
    if not export.is_ready(at):
        raise NotFound(_("Файла больше нет: он хранится сутки. Запросите новый."))
    journal.seen(
        user_id=by.pk, look=Look.EXPORT, subjects=[export.party_id], fields=[Fields.IDENTITY, Fields.CONTACTS,
        Fields.CONSENTS, Fields.WORK, Fields.PAPERS, Fields.TALKS, Fields.RAW], object_id=export.pk, at=at,
    )  # fmt: skip
    return bytes(export.archive)


def sweep(*, at: datetime) -> int:
    """Empty what has had its day. Returns how many."""
    old = SubjectExport.objects.filter(state=ExportState.READY, expires_at__lte=at)
    return old.update(archive=b"", state=ExportState.GONE)
