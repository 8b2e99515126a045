"""Jobs: how a large batch is getting on, what did not go in, and the way to stop it. Each sees his own."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Moment
from api.resources import Readable
from api.shapes import Nothing, Shown
from common import clock
from imports import bulk
from imports.models import BulkLoad, BulkRow, BulkState


class JobShape(Shown):
    noun = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=BulkState.values, read_only=True)
    progress = serializers.IntegerField(source="percent", read_only=True)
    counts = serializers.SerializerMethodField()
    failure = serializers.CharField(read_only=True)
    errors_url = serializers.SerializerMethodField()
    started_at = Moment(read_only=True, allow_null=True)
    finished_at = Moment(read_only=True, allow_null=True)

    def get_counts(self, load: BulkLoad) -> dict[str, int]:
        return {name: getattr(load, name) for name in ("total", "position", *bulk.COUNTS)}

    def get_errors_url(self, load: BulkLoad) -> str:
        return f"/api/v1/jobs/{load.pk}/errors/"


class JobErrorShape(serializers.Serializer[Any]):
    """An item that did not go in; ``number`` counts from 0, as in the list that was sent."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["stale", "refused"])
    problem = serializers.DictField()


class Jobs(Readable):
    """Watching needs no right of its own: a job is its creator's alone. Stopping is a write, by the right to begin."""

    resource = None
    also: tuple[str, ...] = ()
    shape = JobShape
    rows = BulkLoad.objects.visible_to
    door = bulk.get_load_for
    sorts = {"created_at": "created_at"}

    @extend_schema(summary=_("Остановить"), request=Nothing, responses=JobShape)
    @action(detail=True, methods=["post"], also=("bulk",))
    def cancel(self, request: Request, pk: str) -> Response:
        load = self.one()
        self.checked(Nothing)
        return self.shown(bulk.cancel(load=load, by=self.caller, at=clock.now()))


class JobErrors(Readable):
    resource = None
    basename = "jobs"
    shape: ClassVar[Any] = JobErrorShape
    rows = BulkRow.objects.visible_to
    door = bulk.get_load_for
    sorts = {"number": "number"}
    default_sort = "number"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(run=self.one())

    @extend_schema(summary=_("Что не принято"), responses=JobErrorShape(many=True))
    def list(self, request: Request, pk: str) -> Response:  # type: ignore[override]
        return super().list(request)

    @property
    def shaped(self) -> bool:
        return False
