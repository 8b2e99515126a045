"""Goals of a week: set, changed, given up; what they have come to, and values of own metrics written down."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agents.models import Initiative, Segment
from api.fields import Choice, Day, Moment, Ref, Text, Words
from api.resources import Readable
from api.shapes import FromOutside, Nothing, Strict
from api.v1.plan_shapes import Figure
from backlog.access import get_goal_for
from backlog.choices import GoalStatus
from backlog.filters import GoalFilter
from backlog.metrics import METRICS
from backlog.models import Goal, Sprint
from backlog.progress import series_of, values_of
from backlog.services import goals
from common import clock


class GoalShape(FromOutside):
    """``value`` is where the goal stands now: counted from what happened, or the last value written down."""

    expandable = ("owner", "segment", "initiative", "sprint")

    sprint = Ref(Sprint.objects.for_list().visible_to)
    owner = Ref()
    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    initiative = Ref(Initiative.objects.select_related("product").visible_to, required=False, allow_null=True)
    statement = Text(max_length=300)
    metric = serializers.ChoiceField(choices=list(METRICS))
    metric_name = Words(max_length=120, help_text=_("Название своей метрики"))
    unit = Words(max_length=30)
    baseline = Figure(required=False)
    target = Figure()
    deadline = Day(source="due_on", required=False)
    unit_margin = Figure(required=False, allow_null=True)
    status = Choice(GoalStatus, read_only=True)
    value = serializers.SerializerMethodField()
    expanded = serializers.DictField(read_only=True)

    @extend_schema_field(Figure)
    def get_value(self, row: Any) -> str:
        """What the list counted for all its rows at once, else a count for this row."""
        if not hasattr(row, "value"):
            row.value = values_of([row], clock.now())[row.pk]
        return f"{row.value:.2f}"


class GoalPatch(GoalShape):
    """What may be changed: a goal stays in its week."""

    sprint = Ref()


class ValueShape(Strict):
    """The value as it stands from this moment on; ``at`` is now where it is left out."""

    at = Moment(required=False)
    value = Figure()


class ValueNew(ValueShape):
    note = Words(max_length=200)


class ValueMade(ValueNew):
    by = Ref(allow_null=True)


class ValueSeries(serializers.Serializer[Any]):
    data = ValueShape(many=True)
    next = serializers.CharField(allow_null=True)


class Goals(Readable):
    resource = "backlog"
    shape = GoalShape
    rows = Goal.objects.for_list().visible_to
    door = get_goal_for
    filterset_class = GoalFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "deadline": "due_on"}
    renamed = {"due_on": "deadline"}
    personal = frozenset[str]()

    def list(self, request: Request) -> Response:
        page: list[Any] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or ())
        found = values_of(page, clock.now())
        for row in page:
            row.value = found[row.pk]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=GoalShape, responses={201: GoalShape})
    def create(self, request: Request) -> Response:
        values = self.checked(GoalShape)
        made = goals.create_goal(sprint=values.pop("sprint"), by=self.caller, **values)
        return self.shown(get_goal_for(self.caller, made.pk), status=201)

    @extend_schema(request=GoalPatch, responses=GoalShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        goal = self.one()
        expected = self.expected(goal)
        changes = self.checked(GoalPatch, partial=True)
        goals.update_goal(goal=goal, by=self.caller, changes=changes, expected_version=expected)
        return self.shown(self.one())

    @extend_schema(summary=_("Снять цель"), request=Nothing, responses=GoalShape)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Its open actions stay in the week."""
        goal = self.one()
        self.checked(Nothing)
        goals.drop_goal(goal=goal, by=self.caller, expected_version=self.expected(goal, required=False))
        return self.shown(self.one())

    @extend_schema(methods=["GET"], summary=_("Как росла метрика"), responses=ValueSeries)
    @extend_schema(methods=["POST"], summary=_("Записать значение"), request=ValueNew, responses={201: ValueMade})
    @action(detail=True, methods=["get", "post"])
    def values(self, request: Request, pk: str) -> Response:
        """The series of any metric may be read, of an own one only written."""
        goal = self.one()
        if request.method != "POST":
            points = series_of([goal], clock.now())[goal.pk]
            return Response({"data": ValueShape(points, many=True).data, "next": None})
        given = self.checked(ValueNew)
        made = goals.log_value(goal=goal, by=self.caller, at=given.pop("at", None) or clock.now(), **given)
        return Response(ValueMade(made).data, status=201)
