"""Promises of value and what was measured of them. A measurement is never changed: a later one corrects it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.fields import Choice, Moment, Number, Ref
from api.resources import Readable
from api.shapes import FromOutside
from api.v1.fact_shapes import MeasurementFact, PromiseFact
from api.v1.facts import Facts, GateFactShape, OfLead, door_to_facts
from common import clock
from leads.choices import Direction, PromiseState
from leads.fact_filters import MeasurementFilter, ValuePromiseFilter
from leads.models import ValueMeasurement, ValuePromise
from leads.promises import with_states
from leads.services.recording import record_measurement, record_promise
from leads.value import bank_day, state_of


class PromiseShape(GateFactShape):
    metric = serializers.CharField(read_only=True)
    unit = serializers.CharField(read_only=True)
    baseline = Number(read_only=True, allow_null=True, help_text=_("Было"))
    target = Number(read_only=True, help_text=_("Обещано"))
    direction = Choice(Direction, read_only=True, help_text=_("up — чем больше, тем лучше; down — чем меньше"))
    promised_on = serializers.DateField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    state = serializers.SerializerMethodField()
    measured = Number(read_only=True, allow_null=True, help_text=_("Последнее измерение"))
    measured_on = serializers.DateField(read_only=True, allow_null=True)
    kept_on = serializers.DateField(read_only=True, allow_null=True, help_text=_("С какого дня не хуже обещанного"))
    fell_short_on = serializers.DateField(read_only=True, allow_null=True)

    @extend_schema_field(
        Choice(
            PromiseState,
            help_text=_(
                "short — недокрутили, measure — пора измерить, waiting — ждём, kept — выполнено, dropped — снято"
            ),
        )
    )
    def get_state(self, promise: ValuePromise) -> str:
        return state_of(promise, promise.lead, bank_day(clock.now())).value


class PromiseNew(OfLead, PromiseFact):
    """What was promised, so that it can be measured."""


def _promises(user: User) -> "QuerySet[Any]":
    """With the column ``state``, which the filters ask for."""
    rows = ValuePromise.objects.for_list().select_related("by").visible_to(user)
    return with_states(rows, bank_day(clock.now()))


@extend_schema_view(create=extend_schema(request=PromiseNew, responses={201: PromiseShape}))
class Promises(Facts):
    shape = PromiseShape
    taken = PromiseNew
    recorder = record_promise
    rows = _promises
    door = door_to_facts(ValuePromise.objects)
    filterset_class = ValuePromiseFilter
    sorts = {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "due_on": "due_on",
        "promised_on": "promised_on",
    }


class MeasurementShape(FromOutside):
    expandable = ("by",)

    promise = Ref()
    lead = serializers.UUIDField(source="promise.lead_id", read_only=True)
    by = Ref(allow_null=True, help_text=_("Кто записал"))
    measured_at = Moment(source="at", read_only=True)
    value = Number(read_only=True)
    taken_from = serializers.CharField(read_only=True, help_text=_("Откуда число"))
    expanded = serializers.DictField(read_only=True)


class MeasurementNew(MeasurementFact):
    promise = Ref(ValuePromise.objects.visible_to)


class Measurements(Readable):
    resource = "leads"
    shape = MeasurementShape
    rows = ValueMeasurement.objects.for_list().visible_to
    door = door_to_facts(ValueMeasurement.objects)
    filterset_class = MeasurementFilter
    sorts = {"created_at": "created_at", "measured_at": "at"}

    @extend_schema(request=MeasurementNew, responses={201: MeasurementShape})
    def create(self, request: Request) -> Response:
        values = self.checked(MeasurementNew)
        promise = values["promise"]
        made = record_measurement(lead=promise.lead, by=self.caller, at=clock.now(), **values)
        return self.shown(type(self).door(self.caller, made.pk), status=201)
