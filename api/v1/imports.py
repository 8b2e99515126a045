"""Imports: a file inside the body, its columns, a dry run, the load, what did not go in, and all of it taken back."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Role
from accounts.scope import people
from agents.choices import Kind
from agents.models import Initiative
from api import personal
from api.fields import Choice, Flag, InlineFile, Moment, Ref, Text, Words
from api.problems import Entry
from api.resources import Readable
from api.shapes import Nothing, Shown, Strict
from approvals.services import SecondPersonNeeded
from common import clock
from common.errors import FieldError, NotAllowed
from imports import services
from imports.consent import press_load
from imports.mapping import KEYS, UNKNOWN
from imports.models import Import, ImportRow, ImportState, RowStatus

COUNTS = ("total", "position", "created", "updated", "unchanged", "refused", "warned", "kept")
DRY_RUN, APPLY = "dry_run", "apply"
MODES = {ImportState.UPLOADED: "", ImportState.CHECKING: DRY_RUN, ImportState.CHECKED: DRY_RUN}
FRAME = 65_536
"""What a body holds beside the file."""


class ImportShape(Shown):
    expandable = ("owner",)

    kind = serializers.ChoiceField(choices=Kind.values, read_only=True)
    target = serializers.ChoiceField(
        source="kind", choices=Kind.values, read_only=True, help_text=_("Кого загружают; то же, что kind")
    )
    file = serializers.CharField(source="file_name", read_only=True)
    columns = serializers.ListField(source="headers", child=serializers.CharField(), read_only=True)
    mapping = serializers.DictField(read_only=True, help_text=_("Какая колонка что значит; сначала — предложение"))
    key = serializers.SerializerMethodField()
    mode = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=ImportState.values, read_only=True)
    progress = serializers.IntegerField(source="percent", read_only=True, help_text=_("Процентов"))
    counts = serializers.SerializerMethodField()
    errors_url = serializers.SerializerMethodField()
    failure = serializers.CharField(read_only=True)
    owner = Ref()
    started_at = Moment(read_only=True, allow_null=True)
    finished_at = Moment(read_only=True, allow_null=True)
    expanded = serializers.DictField(read_only=True)

    def get_key(self, run: Import) -> str:
        """The column by which a row is known again; empty while none is chosen."""
        rules = run.mapping.get("fields", {})
        return next((str(rules[name]["column"]) for name in KEYS if name in rules), "")

    def get_mode(self, run: Import) -> str:
        return MODES.get(ImportState(run.state), APPLY)

    def get_counts(self, run: Import) -> dict[str, int]:
        return {name: getattr(run, name) for name in COUNTS}

    def get_errors_url(self, run: Import) -> str:
        return f"/api/v1/imports/{run.pk}/errors/"


class RuleShape(Strict):
    column = Text(max_length=200)
    template = Words(max_length=80, help_text=_("Вместо {} встанет значение колонки"))
    known_from = Words(max_length=40, help_text=_("С какого этапа значение известно"))
    unknown = serializers.ChoiceField(choices=UNKNOWN, required=False, help_text=_("Если имени нет в базе"))


class FixedShape(Strict):
    """What holds for every row."""

    initiative = Ref(Initiative.objects.visible_to, required=False)
    owner = Ref(people, required=False)


class MappingShape(Strict):
    source = Words(max_length=60, help_text=_("Чьи это внешние номера"))
    fields = serializers.DictField(child=RuleShape(), help_text=_("Поле лида → колонка"))  # type: ignore[assignment]
    fixed = FixedShape(required=False)
    update_known = Flag(required=False, help_text=_("Обновлять открытый лид, если контакт уже в работе"))


class ImportPatch(Strict):
    mapping = MappingShape(required=False)
    key = Words(max_length=200, help_text=_("Колонка с внешним номером: по ней строку узнают снова"))
    mode = serializers.ChoiceField(
        choices=[DRY_RUN, APPLY], required=False,
        help_text=_("dry_run — только проверить; apply — проверить и загрузить, если в файле нет ошибок"),
    )  # fmt: skip
    accept_good = Flag(required=False, help_text=_("При apply: загрузить верные строки, хотя в других есть ошибки"))


class ImportNew(ImportPatch):
    """Without ``mapping`` the columns are guessed; without ``mode`` the file waits."""

    file = InlineFile(help_text=_("CSV или XLSX, до 40 МБ"))
    target = Choice(Kind, required=False, help_text=_("Кого загружают: agent или client"))


class NoteShape(serializers.Serializer[Any]):
    column = serializers.CharField(source="field")
    value = serializers.CharField(help_text=_("Начало и конец ячейки, остальное скрыто"))
    detail = serializers.CharField(source="message")


class ImportRowShape(serializers.Serializer[Any]):
    """A row of the file that did not go in, or went in with a warning; the header is row 1."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=RowStatus.values)
    errors = NoteShape(many=True)  # type: ignore[assignment]
    warnings = NoteShape(many=True)


class Imports(Readable):
    resource = "imports"
    shape = ImportShape
    rows = Import.objects.for_list().visible_to
    door = services.get_import_for

    @property
    def body_limit(self) -> int:
        """A file in base64 takes a third more than on the page."""
        return settings.IMPORT_MAX_BYTES * 4 // 3 + FRAME if self.action == "create" else 0

    def place(self, item: FieldError) -> Entry:
        """A service names the lead's field whose column is wrong."""
        own = {"file", "key", "mapping", "state"}
        pointer = f"#/{item.field}" if item.field in own else f"#/mapping/fields/{item.field}"
        return {"pointer": pointer, "code": item.code, "detail": item.message}

    @extend_schema(request=ImportNew, responses={201: ImportShape})
    def create(self, request: Request) -> Response:
        values = self.checked(ImportNew)
        file, kind = values.pop("file"), values.pop("target", Kind.AGENT.value)
        looked = services.look_at_file(by=self.caller, name=file.name, file=file)
        with transaction.atomic():
            run = services.keep(by=self.caller, looked=looked, kind=kind)
            self._go_on(run, values)
        return self.shown(services.get_import_for(self.caller, run.pk), status=201)

    @extend_schema(request=ImportPatch, responses=ImportShape)
    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        run = self.one()
        expected = self.expected(run)
        self._go_on(run, self.checked(ImportPatch, partial=True), expected)
        return self.shown(self.one())

    def _go_on(self, run: Import, values: dict[str, Any], expected: int | None = None) -> None:
        """Settle the columns where they are given, and begin what is asked for."""
        if "mapping" in values or values.get("key"):
            mapping = plain(values["mapping"]) if "mapping" in values else dict(run.mapping)
            if key := values.get("key"):
                mapping["fields"] = mapping["fields"] | {"external_id": {"column": key}}
            mapping = {"kind": run.kind, "source": run.mapping.get("source", "")} | mapping
            run = services.choose_columns(run=run, by=self.caller, mapping=mapping, expected_version=expected)
        if mode := values.get("mode"):
            at, good = clock.now(), bool(values.get("accept_good"))
            if mode == DRY_RUN:
                services.start_check(run=run, by=self.caller, at=at)
            elif self.caller.role == Role.SERVICE:
                services.start_loading(run=run, by=self.caller, at=at, accept_good=good)
            else:
                self._press(run, good)

    def _press(self, run: Import, good: bool) -> None:
        """A person in his browser: what needs a second one is asked for on the page of the load."""
        try:
            press_load(run=run, by=self.caller, at=clock.now(), accept_good=good)
        except SecondPersonNeeded as refusal:
            raise NotAllowed(refusal.message) from refusal

    @extend_schema(summary=_("Остановить"), request=Nothing, responses=ImportShape)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        run = self.one()
        self.checked(Nothing)
        services.stop(run=run, by=self.caller)
        return self.shown(self.one())

    @extend_schema(summary=_("Вернуть всё как было"), request=Nothing, responses=ImportShape)
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: str) -> Response:
        run = self.one()
        self.checked(Nothing)
        services.start_revert(run=run, by=self.caller, at=clock.now())
        return self.shown(self.one())


class ImportErrors(Readable):
    """The words quote the file: they are for those who may see people."""

    resource = "imports"
    also = (personal.RIGHT,)
    basename = "imports"
    shape: ClassVar[Any] = ImportRowShape
    door = services.get_import_for
    sorts = {"number": "number"}
    default_sort = "number"

    @property
    def shaped(self) -> bool:
        return False

    def get_queryset(self) -> "QuerySet[ImportRow]":
        run: Import = self.one()
        return run.rows.exclude(errors=[], warnings=[])

    @extend_schema(summary=_("Что не загружено"), responses=ImportRowShape(many=True))
    def list(self, request: Request, pk: str = "") -> Response:
        return super().list(request)


def plain(mapping: dict[str, Any]) -> dict[str, Any]:
    """A checked mapping as the import keeps it."""
    fixed = {name: str(row.pk) for name, row in mapping.get("fixed", {}).items()}
    return {**mapping, "fields": {name: dict(rule) for name, rule in mapping["fields"].items()}, "fixed": fixed}
