"""Hypotheses: what is under test, its sample, its verdict; starting and deciding as deeds."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.scope import people
from agents.models import Initiative, Product, Segment, Utp
from api.fields import Flag, Moment, Number, Ref, Text, Whole, Words
from api.resources import Readable
from api.shapes import FromOutside, Nothing, Strict
from common import clock
from common.errors import FieldError, Invalid
from funnel.models import Stage
from hypotheses.access import get_hypothesis_for
from hypotheses.choices import OFFERED, Decision, Status, Word
from hypotheses.evidence import ArmCount
from hypotheses.filters import HypothesisFilter
from hypotheses.judging import State, state_of, states_of
from hypotheses.models import LONGEST_REASON, Hypothesis
from hypotheses.services import deciding, editing, running
from hypotheses.services.checks import LONGEST_MATURE, MOST_ARMS, SAMPLE
from hypotheses.wording import sentence_of

LETTERS = [(letter, letter) for letter in "ABCDE"[:MOST_ARMS]]


def every_product(user: User) -> "QuerySet[Product]":
    return Product.objects.all()


def every_stage(user: User) -> "QuerySet[Stage]":
    return Stage.objects.all()


class SampleShape(serializers.Serializer[Any]):
    """``n`` are leads with an outcome, ``open`` those without one yet; the interval is Wilson's, 95 %."""

    n = serializers.IntegerField()
    successes = serializers.IntegerField()
    open = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ArmShape(SampleShape):
    arm = serializers.CharField()
    utp = serializers.UUIDField()


class RuleShape(serializers.Serializer[Any]):
    """What the rule says now: of which arm, and how many more outcomes per arm it wants."""

    word = serializers.ChoiceField(choices=Word.values)
    leader = serializers.CharField(allow_null=True)
    needed = serializers.IntegerField()


def counted(count: ArmCount) -> dict[str, Any]:
    low, high = count.rate.interval or (None, None)
    return {"n": count.n, "successes": count.k, "open": count.open, "rate": count.rate.value, "low": low, "high": high}


class HypothesisShape(FromOutside):
    expandable = ("initiative", "segment", "product", "success_stage", "owner", "team")

    code = serializers.CharField(read_only=True)
    initiative = Ref(Initiative.objects.visible_to)
    segment = Ref(Segment.objects.visible_to)
    utp = serializers.SerializerMethodField(help_text=_("УТП первого варианта"))
    utps = serializers.ListField(
        child=Ref(Utp.objects.visible_to), min_length=1, max_length=MOST_ARMS, write_only=True,
        help_text=_("Одно — против порога, несколько — между собой"),
    )  # fmt: skip
    product = Ref(every_product, required=False, allow_null=True)
    problem = Words(max_length=300)
    statement = serializers.SerializerMethodField()
    metric = serializers.SerializerMethodField()
    success_stage = Ref(every_stage)
    expected_rate = Number(help_text=_("Доля от 0 до 1"))
    refuted_below = Number(required=False, allow_null=True)
    difference = Number(required=False)
    sample_per_arm = Whole(source="sample", required=False, min_value=SAMPLE[0], max_value=SAMPLE[1])
    mature_days = Whole(required=False, min_value=0, max_value=LONGEST_MATURE)
    open_ended = Flag(required=False)
    owner = Ref(people, required=False)
    team = Ref(allow_null=True)
    replaces = Ref(allow_null=True)
    status = serializers.ChoiceField(choices=Status.values, read_only=True)
    verdict = serializers.ChoiceField(choices=["", *Decision.values], read_only=True)
    started_at = Moment(read_only=True, allow_null=True)
    ended_at = Moment(read_only=True, allow_null=True)
    sample = serializers.SerializerMethodField()
    arms = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField()
    expanded = serializers.DictField(read_only=True)

    def get_utp(self, row: Hypothesis) -> str | None:
        return next((str(arm.utp_id) for arm in row.arms.all()), None)

    def get_statement(self, row: Hypothesis) -> str:
        return str(sentence_of(row, f"{row.expected_rate * 100:.4g} %"))

    def get_metric(self, row: Hypothesis) -> str:
        return f"reached:{row.success_stage.code}"

    @extend_schema_field(SampleShape)
    def get_sample(self, row: Hypothesis) -> dict[str, Any]:
        return counted(_state(row).sample)

    @extend_schema_field(ArmShape(many=True))
    def get_arms(self, row: Hypothesis) -> list[dict[str, Any]]:
        state = _state(row)
        return [{"arm": arm.letter, "utp": str(arm.utp_id), **counted(state.count(arm))} for arm in row.arms.all()]

    @extend_schema_field(RuleShape)
    def get_rule(self, row: Hypothesis) -> dict[str, Any]:
        state = _state(row)
        return {
            "word": str(state.word),
            "leader": state.leader.letter if state.leader else None,
            "needed": state.needed,
        }


def _state(row: Any) -> State:
    """The state that the list counted for all its rows at once, else one for this row."""
    if not hasattr(row, "state"):
        row.state = state_of(row, clock.now())
    return row.state  # type: ignore[no-any-return]


class DecisionNew(Strict):
    decision = serializers.ChoiceField(choices=[one.value for one in OFFERED])
    reason = Words(max_length=LONGEST_REASON)
    winner = serializers.ChoiceField(choices=LETTERS, required=False)


class StopNew(Strict):
    reason = Text(max_length=LONGEST_REASON)


class Hypotheses(Readable):
    resource = "hypotheses"
    personal = frozenset[str]()
    shape = HypothesisShape
    rows = Hypothesis.objects.for_list().visible_to
    door = get_hypothesis_for
    filterset_class = HypothesisFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "started_at": "started_at", "number": "number"}
    renamed = {"sample": "sample_per_arm"}

    def list(self, request: Request) -> Response:
        page: list[Any] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or ())
        for row, state in zip(page, states_of(page, clock.now()), strict=True):
            row.state = state
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=HypothesisShape, responses={201: HypothesisShape})
    def create(self, request: Request) -> Response:
        values = self.checked(HypothesisShape)
        row = editing.create_hypothesis(by=self.caller, utps=values.pop("utps"), fields=values)
        return self.shown(get_hypothesis_for(self.caller, row.pk), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.one()
        expected = self.expected(row)
        changes = self.checked(HypothesisShape, partial=True)
        utps = changes.pop("utps", None)
        editing.update_hypothesis(hypothesis=row, by=self.caller, changes=changes, utps=utps, expected_version=expected)
        return self.shown(self.one())

    @extend_schema(summary=_("Начать проверку"), request=Nothing, responses=HypothesisShape)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        row = self.one()
        self.checked(Nothing)
        expected = self.expected(row, required=False)
        running.start(hypothesis=row, by=self.caller, at=clock.now(), expected_version=expected)
        return self.shown(self.one())

    @extend_schema(summary=_("Дать вердикт"), request=DecisionNew, responses=HypothesisShape)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(DecisionNew)
        letter = values.pop("winner", None)
        winner = next((arm for arm in row.arms.all() if arm.letter == letter), None)
        if letter and winner is None:
            message = str(_("Такого варианта у гипотезы нет."))
            raise Invalid(message, [FieldError("winner", "invalid_choice", message)])
        deciding.decide(
            hypothesis=row, by=self.caller, at=clock.now(), winner=winner,
            expected_version=self.expected(row, required=False), **values,
        )  # fmt: skip
        return self.shown(self.one())

    @extend_schema(summary=_("Остановить"), request=StopNew, responses=HypothesisShape)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(StopNew)
        expected = self.expected(row, required=False)
        running.stop(hypothesis=row, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())
