"""An import, and what became of each of its rows; and what bank systems send by the ten thousand."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.scope import Scope, ScopedQuerySet
from agents.choices import Kind
from common.models import Record, audited
from leads.models import Lead


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Файл принят")
    CHECKING = "checking", _("Проверяется")
    CHECKED = "checked", _("Проверен")
    LOADING = "loading", _("Загружается")
    DONE = "done", _("Загружен")
    STOPPED = "stopped", _("Остановлен")
    FAILED = "failed", _("Не удался")
    REVERTING = "reverting", _("Отменяется")
    REVERTED = "reverted", _("Отменён")


RUNNING = frozenset({ImportState.CHECKING, ImportState.LOADING, ImportState.REVERTING})


class RowStatus(models.TextChoices):
    CREATED = "created", _("Создан")
    UPDATED = "updated", _("Обновлён")
    UNCHANGED = "unchanged", _("Без изменений")
    REFUSED = "refused", _("Не загружен")


class ImportQuerySet(ScopedQuerySet["Import"]):
    def for_list(self) -> "ImportQuerySet":
        return self.select_related("owner", "team")


@audited()
class Import(Record):
    """One file on its way. ``position`` is the checkpoint: rows up to it are settled, whatever was killed since.
    ``then_load``: the check under way is the first half of a load of all rows or none."""

    kind = models.CharField(_("кого загружаем"), max_length=10, choices=Kind.choices, default=Kind.AGENT)
    file = models.FileField(upload_to="imports/%Y/%m")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    shape = models.CharField(max_length=64, db_index=True)
    layout = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(_("состояние"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    made = models.JSONField(default=dict)
    failure = models.TextField(blank=True, default="")
    then_load = models.BooleanField(default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def percent(self) -> int:
        return 100 * self.position // self.total if self.total else 0


class ImportRow(models.Model):
    """What became of one row of the file. ``before`` keeps what an update replaced, so that it can be taken back."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=RowStatus.choices)
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True)
    party_created = models.BooleanField(default=False)
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    entries = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status}"


class BulkState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNDER_WAY = frozenset({BulkState.QUEUED, BulkState.RUNNING})


class BulkLoadQuerySet(ScopedQuerySet["BulkLoad"]):
    """Scope: one's own. What a system sent is nobody else's to read."""

    def scope_q(self, scope: Scope) -> Q:
        return Q(owner_id=scope.user_id) if scope.user_id else Q(pk__in=[])


class BulkRowQuerySet(ScopedQuerySet["BulkRow"]):
    def scope_q(self, scope: Scope) -> Q:
        return Q(run__owner_id=scope.user_id) if scope.user_id else Q(pk__in=[])


@audited()
class BulkLoad(Record):
    """A large batch of a bank system on its way: one JSON object a line. ``position`` and ``offset`` (lines, bytes) are
    the checkpoint, as with an import. ``masked``: who sent it sees people masked, and may not write a mask back."""

    noun = models.CharField(max_length=20)
    masked = models.BooleanField(default=False)
    file = models.FileField(upload_to="bulk/%Y/%m", blank=True)
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.QUEUED)
    total = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    stale = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_loads")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkLoadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["owner", "-created_at", "id"], name="bulk_load_of_owner")]

    def __str__(self) -> str:
        return f"{self.noun} {self.position}/{self.total}"

    @property
    def percent(self) -> int:
        return 100 * self.position // self.total if self.total else 100


class BulkRow(models.Model):
    """An item that did not go in, with the problem to mend. ``number`` counts from 0, as in the request's list."""

    run = models.ForeignKey(BulkLoad, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10)
    problem = models.JSONField()

    objects = BulkRowQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="bulk_row_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status}"
