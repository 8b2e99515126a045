"""Weeks: opened by what is planned in them or by name, closed by a review; what is left goes on to another week."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scope import people
from api.fields import Choice, Moment, Ref, Words
from api.resources import Readable
from api.shapes import Shown, Strict
from api.v1.action_shapes import ActionShape, ActionsMade
from api.v1.plan_shapes import Figure, Week, planned_for
from backlog.access import get_sprint_for
from backlog.choices import SprintStatus
from backlog.filters import SprintFilter
from backlog.metrics import METRICS
from backlog.models import Action, Sprint
from backlog.reviewing import Tally, review_of, tallies_of
from backlog.services import sprints
from backlog.services.sprints import TEXT_LIMIT
from common import clock

MOST_CARRIED = 400


class TallyShape(serializers.Serializer[Any]):
    """``planned_minutes`` are those of all that was not dropped."""

    total = serializers.IntegerField()
    open = serializers.IntegerField()
    done = serializers.IntegerField()
    dropped = serializers.IntegerField()
    planned_minutes = serializers.IntegerField()
    goals = serializers.IntegerField()


class SprintShape(Shown):
    expandable = ("owner", "team")

    owner = Ref(people, required=False)
    team = Ref(allow_null=True)
    iso_week = Week(source="starts_on")
    starts_on = serializers.DateField(read_only=True)
    ends_on = serializers.DateField(read_only=True)
    status = Choice(SprintStatus, read_only=True)
    closed_at = Moment(read_only=True, allow_null=True)
    worked = serializers.CharField(read_only=True)
    failed = serializers.CharField(read_only=True)
    tally = serializers.SerializerMethodField()
    expanded = serializers.DictField(read_only=True)

    @extend_schema_field(TallyShape)
    def get_tally(self, row: Any) -> dict[str, int]:
        return dict(TallyShape(_tally(row)).data)


def _tally(row: Any) -> Tally:
    """What the list counted for all its rows at once, else a count for this row."""
    if not hasattr(row, "tally"):
        row.tally = tallies_of([row])[row.pk]
    return row.tally  # type: ignore[no-any-return]


class GoalFactShape(serializers.Serializer[Any]):
    goal = serializers.UUIDField(source="goal.pk")
    statement = serializers.CharField(source="goal.statement")
    segment = serializers.UUIDField(source="goal.segment_id", allow_null=True)
    metric = serializers.ChoiceField(choices=list(METRICS), source="goal.metric")
    baseline = Figure(source="goal.baseline")
    target = Figure(source="goal.target")
    value = Figure()
    reached = serializers.BooleanField()


class ReviewShape(serializers.Serializer[Any]):
    """Plan and fact of a week: counted, never typed."""

    sprint = serializers.UUIDField(source="sprint.pk")
    status = Choice(SprintStatus, source="sprint.status")
    worked = serializers.CharField(source="sprint.worked")
    failed = serializers.CharField(source="sprint.failed")
    working_minutes = serializers.IntegerField()
    actions = TallyShape(source="tally")
    goals = GoalFactShape(many=True)


class ReviewNew(Strict):
    worked = Words(max_length=TEXT_LIMIT)
    failed = Words(max_length=TEXT_LIMIT)


class CarryNew(Strict):
    """``actions`` names some of what is open; without it all of it goes."""

    iso_week = Week()
    actions = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_CARRIED)


class Sprints(Readable):
    resource = "backlog"
    shape = SprintShape
    rows = Sprint.objects.for_list().visible_to
    door = get_sprint_for
    filterset_class = SprintFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "iso_week": "starts_on"}
    renamed = {"week": "iso_week"}
    personal = frozenset[str]()

    def list(self, request: Request) -> Response:
        page: list[Any] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or ())
        tallies = tallies_of(page)
        for row in page:
            row.tally = tallies[row.pk]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(summary=_("Открыть неделю"), request=SprintShape, responses={200: SprintShape, 201: SprintShape})
    def create(self, request: Request) -> Response:
        """A person has one row for a week: asked for again, it is answered with 200."""
        values = self.checked(SprintShape)
        owner, monday = planned_for(self.caller, values.get("owner")), values["starts_on"]
        known = Sprint.objects.visible_to(self.caller).filter(owner=owner, starts_on=monday).exists()
        made = sprints.open_sprint(owner=owner, day=monday, by=self.caller)
        return self.shown(get_sprint_for(self.caller, made.pk), status=200 if known else 201)

    @extend_schema(methods=["GET"], summary=_("План и факт недели"), responses=ReviewShape)
    @extend_schema(methods=["POST"], summary=_("Подвести итоги"), request=ReviewNew, responses=SprintShape)
    @action(detail=True, methods=["get", "post"])
    def review(self, request: Request, pk: str) -> Response:
        sprint = self.one()
        if request.method != "POST":
            return Response(ReviewShape(review_of(sprint, clock.now())).data)
        values = self.checked(ReviewNew)
        expected = self.expected(sprint, required=False)
        sprints.close_sprint(sprint=sprint, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())

    @extend_schema(summary=_("Перенести остаток в другую неделю"), request=CarryNew, responses=ActionsMade)
    @action(detail=True, methods=["post"], url_path="carry-over")
    @transaction.atomic
    def carry_over(self, request: Request, pk: str) -> Response:
        sprint, values = self.one(), self.checked(CarryNew)
        to = sprints.open_sprint(owner=sprint.owner, day=values["iso_week"], by=self.caller)
        moved = sprints.carry_over(
            sprint_from=sprint, sprint_to=to, by=self.caller, at=clock.now(), action_ids=values.get("actions")
        )
        rows = Action.objects.with_scores().visible_to(self.caller).filter(pk__in=[row.pk for row in moved])
        shown = ActionShape(rows, many=True, context=self.get_serializer_context()).data
        return Response({"data": shown, "next": None})
