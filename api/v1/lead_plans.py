"""Weekly plans of leads: how many are to reach each stage of a segment. The fact is counted, never written."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import one_visible
from accounts.models import User
from accounts.scope import people
from agents.models import Segment
from api.fields import Ref, Whole
from api.problems import Entry
from api.resources import Readable
from api.shapes import Shown, Strict
from api.v1.plan_shapes import Week, planned_for
from api.v1.stages import every_stage
from common import clock
from common.errors import FieldError
from funnel.figures.days import midnight
from funnel.models import Stage
from plans import services
from plans.filters import LeadPlanFilter
from plans.models import LeadPlan, PlanTarget
from plans.querysets import LeadPlanQuerySet
from plans.week import facts_of

MOST_TARGETS = 40


class TargetLine(serializers.Serializer[Any]):
    stage = serializers.UUIDField(source="stage_id")
    code = serializers.CharField(source="stage.code")
    target = serializers.IntegerField(help_text=_("Сколько лидов должно войти в этап за неделю"))
    fact = serializers.SerializerMethodField(help_text=_("Сколько вошло; считается в одной записи, в списке — null"))

    def get_fact(self, target: PlanTarget) -> int | None:
        facts: Mapping[UUID, int] = self.context.get("facts", {})
        return facts.get(target.stage_id)


class LeadPlanShape(Shown):
    expandable = ("owner", "segment", "team")

    iso_week = Week(source="week", read_only=True)
    owner = Ref()
    segment = Ref()
    team = Ref(allow_null=True)
    reach = serializers.IntegerField(read_only=True, allow_null=True, help_text=_("Охват сегмента на ту неделю"))
    targets = TargetLine(many=True, read_only=True)
    expanded = serializers.DictField(read_only=True)


class TargetNew(Strict):
    stage = Ref(every_stage)
    target = Whole(allow_null=True, min_value=0, max_value=services.MOST, help_text=_("null — плана на этап нет"))


class LeadPlanPatch(Strict):
    """Stages that are not named stay as they are."""

    targets = serializers.ListField(child=TargetNew(), max_length=MOST_TARGETS)

    def validate_targets(self, given: list[dict[str, Any]]) -> dict[Stage, int | None]:
        found = {one["stage"]: one["target"] for one in given}
        if len(found) != len(given):
            raise serializers.ValidationError(gettext("Этап назван дважды."), code="repeated")
        return found


class LeadPlanNew(LeadPlanPatch):
    iso_week = Week()
    owner = Ref(people, required=False, help_text=_("Чей план; ключ называет владельца всегда"))
    segment = Ref(Segment.objects.visible_to)


def _with_targets() -> LeadPlanQuerySet:
    ordered = PlanTarget.objects.select_related("stage").order_by("stage__position", "stage_id")
    return LeadPlan.objects.for_list().prefetch_related(Prefetch("targets", queryset=ordered))


def _plans(user: User) -> "QuerySet[LeadPlan]":
    return _with_targets().visible_to(user)


def _door(user: User, pk: UUID | str) -> LeadPlan:
    """The plan with its targets. Its version is that of its numbers: they are what two people may change at once."""
    plan = one_visible(_with_targets(), user, pk)
    plan.version = crc32(repr([(row.stage_id, row.version) for row in plan.targets.all()]).encode())
    return plan


class LeadPlans(Readable):
    resource = "backlog"
    shape = LeadPlanShape
    rows = _plans
    door = _door
    filterset_class = LeadPlanFilter
    sorts = {"iso_week": "week", "created_at": "created_at", "updated_at": "updated_at"}
    default_sort = "-iso_week"

    def place(self, item: FieldError) -> Entry:
        """Of a target the service names the stage."""
        own = {"owner": "owner", "week": "iso_week"}
        return {"pointer": f"#/{own.get(item.field, 'targets')}", "code": item.code, "detail": item.message}

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"facts": getattr(self, "facts", {})}

    def shown(self, record: LeadPlan, *, status: int = 200) -> Response:
        self.facts = _facts(self.caller, record)
        return super().shown(record, status=status)

    @extend_schema(request=LeadPlanNew, responses={200: LeadPlanShape, 201: LeadPlanShape})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        values = self.checked(LeadPlanNew)
        owner, at = planned_for(self.caller, values.get("owner")), clock.now()
        since = timezone.now()
        plan = services.open_plan(
            owner=owner, segment=values["segment"], week=values["iso_week"], by=self.caller, at=at
        )  # fmt: skip
        services.set_targets(plan=plan, by=self.caller, at=at, targets=values["targets"])
        return self.shown(_door(self.caller, plan.pk), status=201 if plan.created_at >= since else 200)

    @extend_schema(request=LeadPlanPatch, responses=LeadPlanShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        plan = self.one()
        self.expected(plan)
        seen = {row.stage_id: row.version for row in plan.targets.all()}
        targets = self.checked(LeadPlanPatch)["targets"]
        services.set_targets(plan=plan, by=self.caller, at=clock.now(), targets=targets, versions=seen)
        return self.shown(self.one())


def _facts(reader: User, plan: LeadPlan) -> dict[UUID, int]:
    """What came of each target, as the page counts it."""
    stage_ids = [row.stage_id for row in plan.targets.all()]
    start, end = midnight(plan.week), midnight(plan.week + services.WEEK)
    return facts_of(plan, viewer=reader, stage_ids=stage_ids, start=start, end=end)
