"""What this room holds of people: files as they were loaded, what was wrong with their rows, what rows replaced."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal import Ages, Aside, Holds
from imports import forgetting
from imports.models import RUNNING, UNDER_WAY, BulkLoad, BulkRow, Import, ImportRow

HOLDS = (
    Holds(
        ImportRow,
        _("Строки загрузок"),
        via={"lead": "leads.Lead"},
        erase="errors warnings before",
        by_value="errors warnings before",
    ),
    Holds(BulkRow, _("Строки пакетов API"), erase="problem", by_value="problem", by_id="problem"),
    Holds(Import, _("Загрузки"), mentions="file_name failure made"),
    Holds(BulkLoad, _("Пакеты API"), mentions="failure"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Import: "file sha256 shape layout headers mapping",  # rows of the file go one by one: imports.forgetting
    ImportRow: "entries",
    BulkRow: "status",
    BulkLoad: "noun file",
}


def _settled(before: datetime) -> "models.QuerySet[Import]":
    return Import.objects.filter(created_at__lt=before).exclude(state__in=RUNNING).exclude(file="")


def _sent(before: datetime) -> "models.QuerySet[BulkRow]":
    return BulkRow.objects.filter(run__created_at__lt=before).exclude(run__state__in=UNDER_WAY)


def _drop_files(runs: "models.QuerySet[Import]") -> None:
    for run in runs:
        run.file.delete(save=False)
        Import.objects.filter(pk=run.pk).update(layout=run.layout | {"samples": []})


ASIDES = (Aside("import_files", _("Строки исходных файлов загрузок"), forgetting.tell, forgetting.forget),)
AGES = (
    Ages(
        "import_files",
        _("Исходные файлы загрузок"),
        180,
        _settled,
        clear={"file": ""},
        before=_drop_files,
    ),
    Ages(
        "import_rows",
        _("Ошибки строк и прежние значения загрузок"),
        180,
        lambda before: (
            ImportRow.objects.filter(run__created_at__lt=before)
            .exclude(run__state__in=RUNNING)
            .exclude(Q(errors=[]) & Q(warnings=[]) & Q(before={}))
        ),
        clear={"errors": [], "warnings": [], "before": {}},
        party=("lead__party",),
    ),
    Ages("bulk_rows", _("Отказы в пакетах API"), 90, _sent),
)
