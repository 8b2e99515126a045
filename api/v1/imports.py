"""Imports: how a file is getting on. Files are loaded in the pages."""

from rest_framework import serializers

from agents.choices import Kind
from api.fields import Moment, Ref
from api.resources import Readable
from api.shapes import Shown
from imports.models import Import, ImportState
from imports.services import get_import_for

COUNTS = ("total", "position", "created", "updated", "unchanged", "refused", "warned")


class ImportShape(Shown):
    kind = serializers.ChoiceField(choices=Kind.values, read_only=True)
    file = serializers.CharField(source="file_name", read_only=True)
    state = serializers.ChoiceField(choices=ImportState.values, read_only=True)
    progress = serializers.IntegerField(source="percent", read_only=True)
    counts = serializers.SerializerMethodField()
    failure = serializers.CharField(read_only=True)
    owner = Ref()
    started_at = Moment(read_only=True, allow_null=True)
    finished_at = Moment(read_only=True, allow_null=True)

    def get_counts(self, run: Import) -> dict[str, int]:
        return {name: getattr(run, name) for name in COUNTS}


class Imports(Readable):
    resource = "imports"
    shape = ImportShape
    rows = Import.objects.for_list().visible_to
    door = get_import_for
