"""Initiatives and segments."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.scope import people
from agents.access import get_initiative_for, get_segment_for
from agents.choices import AbcClass, InitiativeStatus, Kind
from agents.filters import InitiativeFilter, SegmentFilter
from agents.models import Initiative, Product, Segment
from agents.services import offers
from api.fields import Choice, Day, Money, Ref, Text, Traits, Whole, Words
from api.resources import Readable
from api.shapes import FromOutside

REACH_MOST = 2_147_483_647


def every_product(user: User) -> "QuerySet[Product]":
    return Product.objects.all()


class InitiativeShape(FromOutside):
    expandable = ("product", "owner", "team")

    name = Text(max_length=200)
    description = Words()
    product = Ref(every_product)
    owner = Ref(people, required=False)
    team = Ref(allow_null=True)
    margin_goal = Money("margin_goal", required=False, allow_null=True)
    starts_on = Day()
    ends_on = Day()
    status = Choice(InitiativeStatus, required=False)
    expanded = serializers.DictField(read_only=True)


class Initiatives(Readable):
    resource = "initiatives"
    personal = frozenset[str]()
    shape = InitiativeShape
    rows = Initiative.objects.for_list().visible_to
    door = get_initiative_for
    filterset_class = InitiativeFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "name": "name", "starts_on": "starts_on"}

    @extend_schema(request=InitiativeShape, responses={201: InitiativeShape})
    def create(self, request: Request) -> Response:
        saved = offers.save_initiative(by=self.caller, initiative=None, fields=self.checked(InitiativeShape))
        return self.shown(get_initiative_for(self.caller, saved.pk), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        initiative = self.one()
        expected = self.expected(initiative)
        changes = self.checked(InitiativeShape, partial=True)
        offers.save_initiative(by=self.caller, initiative=initiative, fields=changes, expected_version=expected)
        return self.shown(self.one())


class SegmentShape(FromOutside):
    expandable = ("parent", "owner", "team")

    kind = Choice(Kind)
    name = Text(max_length=200)
    description = Words()
    city = Words(max_length=120)
    region = Words(max_length=120)
    reach = Whole(required=False, allow_null=True, min_value=0, max_value=REACH_MOST)
    parent = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    abc_class = Choice(AbcClass, blank=True, required=False)
    problem_sharpness = Whole(required=False, allow_null=True, min_value=0, max_value=10)
    money_mass = Money("money_mass", required=False, allow_null=True)
    traits = Traits(required=False)
    owner = Ref(people, required=False, allow_null=True)
    team = Ref(allow_null=True)
    warnings = serializers.SerializerMethodField()
    expanded = serializers.DictField(read_only=True)

    def get_warnings(self, segment: Segment) -> list[str]:
        """What the owner should know of what was just saved, for example a reach above the parent's."""
        return list(getattr(segment, "warnings", ()))


class Segments(Readable):
    resource = "segments"
    personal = frozenset[str]()
    shape = SegmentShape
    rows = Segment.objects.for_list().visible_to
    door = get_segment_for
    filterset_class = SegmentFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "name": "name", "reach": "reach"}

    @extend_schema(request=SegmentShape, responses={201: SegmentShape})
    def create(self, request: Request) -> Response:
        saved = offers.create_segment(by=self.caller, fields=self.checked(SegmentShape))
        return self._saved(saved, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        segment = self.one()
        expected = self.expected(segment)
        changes = self.checked(SegmentShape, partial=True)
        saved = offers.update_segment(segment=segment, by=self.caller, changes=changes, expected_version=expected)
        return self._saved(saved, status=200)

    def _saved(self, saved: offers.Saved, *, status: int) -> Response:
        segment: Any = get_segment_for(self.caller, saved.segment.pk)
        segment.warnings = saved.warnings
        return self.shown(segment, status=status)
