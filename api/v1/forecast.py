"""The forecast as numbers: the last nightly word for the caller's history, as the page tells it."""

from typing import Any, cast

import django_filters as filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.scope import people
from agents.choices import Kind
from api.fields import MONEY_SCHEMA, Moment
from api.filtering import StrictFilterBackend, bound, check_parameters, names_of, repeatable_of
from api.problems import BadParameters
from api.resources import Answering
from dashboards.choices import PeriodKind
from dashboards.foreseeing import Foreseen, foreseen
from dashboards.planning import PlanQuery, committed
from dashboards.wins import win_of
from funnel.audience import Audience, audience_of, teams_of
from funnel.models import Funnel
from leads.models import Lead


class ForecastFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind.choices, label=gettext_lazy("Воронка"))
    team = filters.ModelChoiceFilter(queryset=lambda request: teams_of(request.user), label=gettext_lazy("Команда"))
    owner = filters.ModelChoiceFilter(queryset=lambda request: people(request.user), label=gettext_lazy("Владелец"))


@extend_schema_field(MONEY_SCHEMA)
class Margin(serializers.Field[Any, Any, Any, Any]):
    """Of one currency, from its code and the amount."""

    def to_representation(self, value: tuple[str, float]) -> dict[str, str]:
        code, amount = value
        return {"amount": f"{amount:.2f}", "currency": code}


class PointShape(serializers.Serializer[Any]):
    """From the moment of the count to the end of the day ``until``; the band holds four outcomes of five."""

    period = serializers.ChoiceField(choices=PeriodKind.values)
    until = serializers.DateField()
    days = serializers.IntegerField()
    wins = serializers.FloatField()
    low80 = serializers.FloatField(source="low")
    high80 = serializers.FloatField(source="high")
    margins = serializers.ListField(child=Margin())


class WeekShape(serializers.Serializer[Any]):
    """A calendar week; of the running one what is still ahead. ``committed`` is what the team took upon itself, else
    the sum of its people's words; null where nobody gave one."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    expected = serializers.FloatField(source="own.wins")
    low = serializers.FloatField(source="own.low")
    high = serializers.FloatField(source="own.high")
    margins = serializers.ListField(child=Margin())
    committed = serializers.IntegerField(allow_null=True)


class CheckShape(serializers.Serializer[Any]):
    """What was said four weeks ahead on a past day, and what came of the leads that were open then."""

    said_on = serializers.DateField()
    said = serializers.FloatField()
    came = serializers.FloatField()


class ForecastShape(serializers.Serializer[Any]):
    """``enough_history`` false: the numbers are no ground to stand on. Money of each currency stands apart."""

    kind = serializers.ChoiceField(choices=Kind.values)
    as_of = Moment(allow_null=True)
    open = serializers.IntegerField()
    enough_history = serializers.BooleanField()
    days_missing = serializers.IntegerField()
    past_error = serializers.FloatField(allow_null=True)
    data = PointShape(many=True)
    weeks = WeekShape(many=True)
    checks = CheckShape(many=True)


class Forecast(Answering):
    """Signed contracts to expect of the leads open at the last midnight, by the owner and team of the entry that
    counts. ``team`` means itself with all below it, ``owner`` one person; without them the caller's own scope."""

    resource = "funnel"
    basename = "forecast"
    filterset_class = ForecastFilter
    filter_backends = (StrictFilterBackend,)

    @extend_schema(summary=gettext_lazy("Прогноз подписанных контрактов"), responses=ForecastShape, filters=True)
    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, names_of(ForecastFilter), repeatable_of(ForecastFilter))
        data = bound(ForecastFilter, request, Lead.objects.visible_to(request.user)).form.cleaned_data
        if not data["kind"]:
            raise BadParameters([("kind", "required", _("Назовите воронку: agent или client."))])
        funnel = Funnel.objects.get(kind=data["kind"], product=None)
        person: User | None = data["owner"]
        audience = audience_of(request.user, data["team"].pk if data["team"] else None)
        reader = cast("User", request.user)
        found = foreseen(reader=reader, audience=audience, funnel_id=funnel.pk, person=person)
        weeks = _weeks(found, audience, funnel, person) if found else []
        return Response(ForecastShape(_told(data["kind"], found, weeks)).data)


def _weeks(found: Foreseen, audience: Audience, funnel: Funnel, person: User | None) -> list[dict[str, Any]]:
    """Week by week, each with the word that was given for it."""
    said, win = found.weeks, win_of(funnel.pk)
    if not said or win is None:
        return []
    owner_id = person.pk if person else None
    query = PlanQuery(audience, funnel, win, PeriodKind.WEEK, said[0].starts_on, owner_id)
    taken = committed(query, [week.starts_on for week in said])
    return [
        {
            "starts_on": week.starts_on, "ends_on": week.ends_on, "own": week.own,
            "margins": sorted(week.own.margins.items()), "committed": taken.get(week.starts_on),
        }
        for week in said
    ]  # fmt: skip


def _told(kind: str, found: Foreseen | None, weeks: list[dict[str, Any]]) -> dict[str, Any]:
    """Before the first night: nothing said yet."""
    if found is None:
        return {
            "kind": kind, "as_of": None, "open": 0, "enough_history": False, "days_missing": 0, "past_error": None,
            "data": [], "weeks": [], "checks": [],
        }  # fmt: skip
    return {
        "kind": kind, "as_of": found.as_of, "open": found.open, "enough_history": found.enough,
        "days_missing": found.days_missing, "past_error": found.past_error,
        "data": [{**point, "margins": sorted(point["margins"].items())} for point in found.points], "weeks": weeks,
        "checks": found.checks,
    }  # fmt: skip
