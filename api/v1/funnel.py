"""The funnel as numbers: the same table as the page's, over the leads that the caller may see."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scope import people
from agents.choices import Kind
from agents.models import Initiative, Segment
from api.fields import Moment
from api.filtering import StrictFilterBackend, bound, check_parameters, names_of, repeatable_of
from api.problems import BadParameters
from api.resources import Answering
from funnel import rollups
from funnel.audience import teams_of
from funnel.figures import FunnelQuery, FunnelRow, cohorts, funnel_table
from leads.filters import NOBODY, VisibleChoice
from leads.funnels import DIMENSIONS, ask_funnel
from leads.models import Lead

# Made by ``type`` because one parameter is called ``from``.
FunnelFilter: Any = type(
    "FunnelFilter",
    (filters.FilterSet,),
    {
        "kind": filters.ChoiceFilter(choices=Kind.choices, label=gettext_lazy("Воронка")),
        "initiative": VisibleChoice(rows=Initiative.objects.visible_to, label=gettext_lazy("Инициатива")),
        "segment": VisibleChoice(rows=Segment.objects.visible_to, label=gettext_lazy("Сегмент")),
        "owner": VisibleChoice(rows=people, label=gettext_lazy("Владелец")),
        "team": VisibleChoice(rows=teams_of, label=gettext_lazy("Команда")),
        "source": filters.CharFilter(label=gettext_lazy("Канал"), max_length=60),
        "from": filters.IsoDateTimeFilter(label=gettext_lazy("Вошли с")),
        "to": filters.IsoDateTimeFilter(label=gettext_lazy("Вошли до")),
        "cohort": filters.ChoiceFilter(
            choices=[("week", "week"), ("month", "month")],
            label=gettext_lazy("Добавить когорты: лиды по неделе или месяцу, когда они пришли в воронку"),
        ),
    },
)


class RateShape(serializers.Serializer[Any]):
    """A share with Wilson's 95 % interval; nulls where nobody was counted."""

    rate = serializers.FloatField(source="value", allow_null=True)
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()

    def get_low(self, rate: Any) -> float | None:
        return rate.interval[0] if rate.interval else None

    def get_high(self, rate: Any) -> float | None:
        return rate.interval[1] if rate.interval else None


class FunnelLine(serializers.Serializer[Any]):
    """One stage. ``entered`` = ``passed`` + ``open`` + ``lost`` + ``done``; ``conversion`` is passed of entered."""

    stage = serializers.CharField(source="stage.code")
    name = serializers.CharField(source="stage.name")
    position = serializers.IntegerField(source="stage.position")
    active = serializers.BooleanField(source="stage.active")
    entered = serializers.IntegerField()
    from_previous = serializers.IntegerField(allow_null=True)
    passed = serializers.IntegerField()
    open = serializers.IntegerField()
    lost = serializers.IntegerField()
    done = serializers.IntegerField()
    conversion = RateShape(source="onward")
    median_hours = serializers.FloatField(allow_null=True)
    reversed_dates = serializers.IntegerField()


class ReachedShape(serializers.Serializer[Any]):
    stage = serializers.CharField()
    leads = serializers.IntegerField()


class CohortShape(serializers.Serializer[Any]):
    """Leads that came into the funnel in one step. ``reached`` counts those that went as far as the stage or further;
    ``came`` = ``open`` + ``lost`` + ``done``."""

    starts_on = serializers.DateField(source="start")
    came = serializers.IntegerField()
    reached = ReachedShape(many=True)
    open = serializers.IntegerField()
    lost = serializers.IntegerField()
    done = serializers.IntegerField()


class FunnelShape(serializers.Serializer[Any]):
    """``cohorts`` is null unless ``cohort`` asks for them."""

    kind = serializers.ChoiceField(choices=Kind.values)
    as_of = Moment(allow_null=True)
    data = FunnelLine(many=True)
    cohorts = CohortShape(many=True, allow_null=True)


class Funnel(Answering):
    """Counted over first entries into each stage, by the owner, team, segment and initiative of that moment."""

    resource = "funnel"
    basename = "funnel"
    filterset_class = FunnelFilter
    filter_backends = (StrictFilterBackend,)

    @extend_schema(summary=gettext_lazy("Воронка по этапам"), responses=FunnelShape, filters=True)
    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, names_of(FunnelFilter), repeatable_of(FunnelFilter))
        query = query_of(request)
        rows = funnel_table(query)
        lines = [_line(row, before) for row, before in zip(rows, [None, *rows], strict=False)]
        told = {"kind": query.kind, "as_of": rollups.as_of(), "data": lines, "cohorts": _cohorts(request, query)}
        return Response(FunnelShape(told).data)


def query_of(request: Request) -> FunnelQuery:
    """What the parameters ask for, over the caller's own leads. Raises BadParameters."""
    found = bound(FunnelFilter, request, Lead.objects.visible_to(request.user))
    data = found.form.cleaned_data
    if not data["kind"]:
        raise BadParameters([("kind", "required", _("Назовите воронку: agent или client."))])
    chosen = {}
    for name in DIMENSIONS:
        values = list(data[name] or ())
        if NOBODY in values and len(values) > 1:
            raise BadParameters([(name, "conflict", _("none не сочетается с другими значениями."))])
        chosen[name] = [getattr(value, "pk", value) for value in values]
    return ask_funnel(
        user=request.user, kind=data["kind"], start=data["from"], end=data["to"], chosen=chosen, source=data["source"]
    )


def _cohorts(request: Request, query: FunnelQuery) -> list[dict[str, Any]] | None:
    step = request.query_params.get("cohort")
    if step is None:
        return None
    stages = list(query.stage_rows)
    return [
        {name: getattr(row, name) for name in ("start", "came", "open", "lost", "done")}
        | {"reached": [{"stage": stage.code, "leads": row.reached.get(stage.pk, 0)} for stage in stages]}
        for row in cohorts(query, step=step)
    ]


def _line(row: FunnelRow, before: FunnelRow | None) -> dict[str, Any]:
    names = ("stage", "entered", "passed", "open", "lost", "done", "onward", "median_hours", "reversed_dates")
    return {name: getattr(row, name) for name in names} | {"from_previous": before.passed if before else None}
