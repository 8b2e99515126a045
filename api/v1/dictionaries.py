"""Stages, products and UTPs: read by bank systems, kept by people in the pages."""

import django_filters as filters
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import User
from agents.access import get_utp_for
from agents.choices import Kind
from agents.models import Product, Utp
from api.doors import door_to
from api.fields import Money, Ref
from api.resources import Readable
from api.shapes import FromOutside, Shown
from funnel.models import Stage


class StageShape(Shown):
    kind = serializers.ChoiceField(choices=Kind.values, read_only=True)
    funnel = serializers.CharField(
        source="funnel.code", read_only=True, help_text="Its funnel: the kind, or the code of a product's own one."
    )
    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    position = serializers.IntegerField(read_only=True)
    key = serializers.BooleanField(read_only=True)
    probability = serializers.DecimalField(max_digits=4, decimal_places=3, read_only=True)
    norm_hours = serializers.IntegerField(read_only=True, allow_null=True)
    gate = serializers.ListField(child=serializers.CharField(), read_only=True)
    hint = serializers.CharField(read_only=True)
    active = serializers.BooleanField(read_only=True)


class StageFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind.choices)
    funnel = filters.CharFilter(field_name="funnel__code")
    active = filters.BooleanFilter()

    class Meta:
        model = Stage
        fields: list[str] = []


def _stages(user: User) -> "QuerySet[Stage]":
    return Stage.objects.select_related("funnel")


class Stages(Readable):
    resource = "stages"
    shape = StageShape
    rows = _stages
    door = door_to(_stages)
    filterset_class = StageFilter
    sorts = {"position": "kind,position", "name": "name"}
    default_sort = "position"


class ProductShape(Shown):
    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    margin = Money("margin", read_only=True, allow_null=True)
    currency = serializers.CharField(read_only=True)
    active = serializers.BooleanField(read_only=True)


class ProductFilter(filters.FilterSet):
    code = filters.CharFilter(max_length=40)
    active = filters.BooleanFilter()

    class Meta:
        model = Product
        fields: list[str] = []


def _products(user: User) -> "QuerySet[Product]":
    return Product.objects.all()


class Products(Readable):
    """Read with the right to initiatives: a product means nothing without one."""

    resource = "initiatives"
    shape = ProductShape
    rows = _products
    door = door_to(_products)
    filterset_class = ProductFilter
    sorts = {"name": "name", "code": "code"}
    default_sort = "name"


class UtpShape(FromOutside):
    source = serializers.CharField(read_only=True)
    external_id = serializers.CharField(read_only=True)
    segment = Ref(allow_null=True)
    product = Ref(allow_null=True)
    statement = serializers.CharField(read_only=True)
    promised_metric = serializers.CharField(read_only=True)
    active = serializers.BooleanField(read_only=True)


class Utps(Readable):
    """Read with the right to segments, for which they are made."""

    resource = "segments"
    shape = UtpShape
    rows = Utp.objects.visible_to
    door = get_utp_for
