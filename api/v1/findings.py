"""Findings of the community: what worked, with its evidence, to like and to borrow."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scope import people
from agents.models import Segment
from api.fields import Choice, Flag, Ref, Text, Whole, Words
from api.resources import Readable
from api.shapes import FromOutside, Strict
from api.v1.action_shapes import ActionShape
from api.v1.plan_shapes import planned_for
from backlog.access import get_action_for
from backlog.choices import ActionKind
from backlog.community import effect_of, finding_with_figures, findings_for
from backlog.filters import FindingFilter
from backlog.metrics import METRICS
from backlog.models import Goal
from backlog.services import findings
from common import clock
from common.errors import FieldError

WORKS = {"title": "action_title", "kind": "action_kind", "duration_minutes": "action_minutes"}


class EffectShape(serializers.Serializer[Any]):
    """Of those who took the finding: results where it worked, of all where somebody was reached; Wilson's interval."""

    n = serializers.IntegerField()
    successes = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class StepShape(Strict):
    """What stands in the week of whoever takes the finding."""

    title = Text(max_length=200)
    kind = Choice(ActionKind, required=False)
    duration_minutes = Whole(required=False)


class Steps(serializers.ListField):
    """One action, in a list: the contract leaves room for more."""

    child = StepShape()

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list) or len(data) != 1:
            raise serializers.ValidationError(_("Нужен список из одного действия."), code="invalid_list")
        step: Any = super().to_internal_value(data)[0]
        return {WORKS[name]: value for name, value in step.items()}

    def to_representation(self, data: Any) -> list[Any]:
        return [{name: getattr(data, column) for name, column in WORKS.items()}]


class FindingShape(FromOutside):
    """Holds no client's name or phone: texts that do are refused with ``personal_data``."""

    expandable = ("owner", "segment")

    author = Ref(source="owner")
    claim = Text(max_length=300)
    text = Words(max_length=4000)
    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    segment_name = serializers.CharField(read_only=True)
    goal_metric = serializers.ChoiceField(choices=list(METRICS), source="metric")
    metric_name = Words(max_length=120)
    before_passed = Whole(required=False, allow_null=True)
    before_tries = Whole(required=False, allow_null=True)
    after_passed = Whole(required=False, allow_null=True)
    after_tries = Whole(required=False, allow_null=True)
    actions = Steps(source="*")
    bank_wide = Flag(required=False)
    retired = serializers.BooleanField(read_only=True)
    liked = serializers.BooleanField(read_only=True)
    like_count = serializers.IntegerField(read_only=True)
    borrowed_count = serializers.IntegerField(source="borrowers", read_only=True)
    effect = serializers.SerializerMethodField()
    expanded = serializers.DictField(read_only=True)

    @extend_schema_field(EffectShape)
    def get_effect(self, row: Any) -> dict[str, Any]:
        rate = effect_of(row)
        low, high = rate.interval or (None, None)
        return {"n": rate.n, "successes": rate.k, "rate": rate.value, "low": low, "high": high}


class BorrowNew(Strict):
    """``owner`` is whoever takes it; a person may leave himself out, a key may not."""

    owner = Ref(people, required=False)
    goal = Ref(Goal.objects.for_list().visible_to, required=False, allow_null=True)


class LikeNew(Strict):
    liked = Flag(required=False)


class RetireNew(Strict):
    retired = Flag(required=False)


class Findings(Readable):
    resource = "findings"
    shape = FindingShape
    rows = findings_for
    door = finding_with_figures
    filterset_class = FindingFilter
    renamed = {"metric": "goal_metric", "finding": "id"}
    personal = frozenset[str]()

    def place(self, item: FieldError) -> Any:
        inside = {column: f"actions/0/{name}" for name, column in WORKS.items()}
        if item.field in inside:
            return {"pointer": f"#/{inside[item.field]}", "code": item.code, "detail": item.message}
        return super().place(item)

    @extend_schema(request=FindingShape, responses={201: FindingShape})
    def create(self, request: Request) -> Response:
        made = findings.publish_finding(by=self.caller, **self._given())
        return self.shown(finding_with_figures(self.caller, made.pk), status=201)

    @extend_schema(request=FindingShape, responses=FindingShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.one()
        expected = self.expected(row)
        changes = self._given(partial=True)
        findings.edit_finding(finding=row, by=self.caller, changes=changes, expected_version=expected)
        return self.shown(self.one())

    def _given(self, *, partial: bool = False) -> dict[str, Any]:
        return self.checked(FindingShape, partial=partial)

    @extend_schema(summary=_("Взять себе"), request=BorrowNew, responses={201: ActionShape})
    @action(detail=True, methods=["post"])
    def borrow(self, request: Request, pk: str) -> Response:
        """The finding's action, planned in the person's week; asked for twice in a week it is the same action."""
        row, values = self.one(), self.checked(BorrowNew)
        goal = values.get("goal")
        owner = planned_for(self.caller, values.get("owner"), goal.owner if goal else None)
        taken = findings.borrow(finding=row, by=self.caller, at=clock.now(), goal=goal, owner=owner)
        made = get_action_for(self.caller, taken.action_id)
        return Response(ActionShape(made, context=self.get_serializer_context()).data, status=201)

    @extend_schema(summary=_("Отметить полезной"), request=LikeNew, responses=FindingShape)
    @action(detail=True, methods=["post"])
    def like(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(LikeNew)
        findings.set_liked(finding=row, liked=values.get("liked", True), by=self.caller, at=clock.now())
        return self.shown(self.one())

    @extend_schema(summary=_("Снять с показа или вернуть"), request=RetireNew, responses=FindingShape)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(RetireNew)
        expected = self.expected(row, required=False)
        findings.set_retired(
            finding=row, retired=values.get("retired", True), by=self.caller, expected_version=expected
        )
        return self.shown(self.one())
