"""Stages of the funnels: added, renamed, reordered, retired by the rules of the page."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from agents.choices import Kind
from api.doors import door_to
from api.fields import Code, Flag, Number, Real, Ref, Text, Whole, Words
from api.resources import Readable
from api.shapes import Nothing, Shown, Strict
from common import clock
from funnel.models import Funnel, Stage
from leads.services import stages

HOURS_MOST = 2_147_483_647


def every_stage(user: User) -> "QuerySet[Stage]":
    return Stage.objects.select_related("funnel")


class StageShape(Shown):
    expandable = ("funnel",)

    kind = serializers.ChoiceField(choices=Kind.values, read_only=True)
    funnel = serializers.CharField(
        source="funnel.code", read_only=True, help_text=_("Воронка: вид, или код своей воронки продукта")
    )
    code = serializers.CharField(read_only=True, help_text=_("Дан по названию и не меняется"))
    name = serializers.CharField(read_only=True)
    position = serializers.IntegerField(read_only=True)
    key = serializers.BooleanField(read_only=True, help_text=_("КЭВ: по нему считают доходимость"))
    probability = serializers.DecimalField(max_digits=4, decimal_places=3, read_only=True)
    norm_hours = serializers.IntegerField(read_only=True, allow_null=True)
    gate = serializers.ListField(child=serializers.CharField(), read_only=True, help_text=_("Факты, нужные для входа"))
    hint = serializers.CharField(read_only=True)
    active = serializers.BooleanField(read_only=True)
    effort_hours = serializers.FloatField(read_only=True, help_text=_("Часов работы на шаг дальше"))
    half_life_hours = serializers.FloatField(read_only=True, help_text=_("За сколько часов лид остывает вдвое"))
    pass_guess = serializers.FloatField(read_only=True, help_text=_("Ожидаемая доля прошедших, пока нет опыта"))
    expanded = serializers.DictField(read_only=True)


class StagePatch(Strict):
    """A gate that would hold back more than half of those before it asks for ``confirmed``."""

    name = Text(max_length=80, required=False)
    norm_hours = Whole(required=False, allow_null=True, min_value=0, max_value=HOURS_MOST)
    key = Flag(required=False)
    hint = Words(max_length=300)
    gate = serializers.ListField(child=Text(max_length=40), required=False, max_length=40)
    probability = Number(required=False, min_value=0, max_value=1)
    effort_hours = Real(required=False)
    half_life_hours = Real(required=False)
    pass_guess = Real(required=False)
    confirmed = Flag(required=False, help_text=_("true — да, ужесточить шлюз"))


class StageNew(StagePatch):
    confirmed = None
    funnel = Code(Funnel.objects.all(), help_text=_("Код воронки: agent, client или своей у продукта"))
    name = Text(max_length=80)
    after = Ref(every_stage, required=False, allow_null=True, help_text=_("За каким этапом; null — самый первый"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        after = attrs.get("after")
        if after is not None and after.funnel_id != attrs["funnel"].pk:
            message = gettext("Этот этап — из другой воронки.")
            raise serializers.ValidationError({"after": [serializers.ErrorDetail(message, code="other_funnel")]})
        return attrs


class StageShift(Strict):
    to = serializers.ChoiceField(choices=["earlier", "later"])
    beside = Ref(every_stage, required=False, help_text=_("Сосед, которого вы видели: если там другой, ответ 409"))


class StageRetire(Strict):
    move_to = Ref(every_stage, required=False, allow_null=True, help_text=_("Куда перевести открытые лиды"))


class StageFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind.choices)
    funnel = filters.ModelChoiceFilter(queryset=Funnel.objects.all(), to_field_name="code")
    active = filters.BooleanFilter()

    class Meta:
        model = Stage
        fields: list[str] = []


class Stages(Readable):
    resource = "stages"
    shape = StageShape
    rows = every_stage
    door = door_to(every_stage)
    filterset_class = StageFilter
    sorts = {"position": "kind,position", "name": "name"}
    default_sort = "position"

    @extend_schema(request=StageNew, responses={201: StageShape})
    def create(self, request: Request) -> Response:
        values = self.checked(StageNew)
        funnel, after = values.pop("funnel"), values.pop("after", None)
        made = stages.create(by=self.caller, at=clock.now(), funnel=funnel, fields=values, after=after)
        return self.shown(type(self).door(self.caller, made.pk), status=201)

    @extend_schema(request=StagePatch, responses=StageShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        stage = self.one()
        expected = self.expected(stage)
        changes = self.checked(StagePatch, partial=True)
        confirmed = changes.pop("confirmed", False)
        stages.update(
            stage=stage, by=self.caller, changes=changes, expected_version=expected, confirmed=confirmed
        )  # fmt: skip
        return self.shown(self.one())

    @extend_schema(summary=_("Поменять с соседом"), request=StageShift, responses=StageShape)
    @action(detail=True, methods=["post"])
    def shift(self, request: Request, pk: str) -> Response:
        stage, values = self.one(), self.checked(StageShift)
        beside = values.get("beside")
        stages.shift(
            stage=stage,
            by=self.caller,
            at=clock.now(),
            earlier=values["to"] == "earlier",
            beside=beside.pk if beside else None,
        )
        return self.shown(self.one())

    @extend_schema(summary=_("Снять"), request=StageRetire, responses=StageShape)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        stage, values = self.one(), self.checked(StageRetire)
        expected = self.expected(stage, required=False)
        to = values.get("move_to")
        stages.retire(stage=stage, by=self.caller, at=clock.now(), move_to=to, expected_version=expected)
        return self.shown(self.one())

    @extend_schema(summary=_("Вернуть"), request=Nothing, responses=StageShape)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        stage = self.one()
        self.checked(Nothing)
        expected = self.expected(stage, required=False)
        stages.restore(stage=stage, by=self.caller, at=clock.now(), expected_version=expected)
        return self.shown(self.one())
