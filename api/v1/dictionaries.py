"""Products and UTPs: the bank's own words for what it sells and what it promises with it."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from agents.access import get_utp_for
from agents.models import Product, Segment, Utp
from agents.services import offers
from api.doors import door_to
from api.fields import Flag, Money, Ref, Slug, Text, Words
from api.resources import Readable
from api.shapes import FromOutside, Shown
from api.v1.offers import every_product
from common.outside_filters import OutsideFilter


class ProductShape(Shown):
    code = Slug(max_length=40)
    name = Text(max_length=160)
    margin = Money("margin", required=False, allow_null=True, help_text=_("Сколько приносит одна продажа"))
    currency = serializers.CharField(read_only=True)
    active = Flag(required=False, help_text=_("Продаётся ли"))
    expanded = serializers.DictField(read_only=True)


class ProductFilter(filters.FilterSet):
    code = filters.CharFilter(max_length=40)
    active = filters.BooleanFilter()

    class Meta:
        model = Product
        fields: list[str] = []


class Products(Readable):
    """With the right to initiatives: a product means nothing without one."""

    resource = "initiatives"
    shape = ProductShape
    rows = every_product
    door = door_to(every_product)
    filterset_class = ProductFilter
    sorts = {"name": "name", "code": "code"}
    default_sort = "name"

    @extend_schema(request=ProductShape, responses={201: ProductShape})
    def create(self, request: Request) -> Response:
        saved = offers.save_product(by=self.caller, product=None, changes=self.checked(ProductShape))
        return self.shown(saved, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        product = self.one()
        expected = self.expected(product)
        changes = self.checked(ProductShape, partial=True)
        offers.save_product(by=self.caller, product=product, changes=changes, expected_version=expected)
        return self.shown(self.one())


class UtpShape(FromOutside):
    expandable = ("segment", "product")

    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    product = Ref(every_product, required=False, allow_null=True)
    statement = Text(max_length=2000, help_text=_("Что обещаем, одним предложением"))
    promised_metric = Words(max_length=200, help_text=_("Чем измерим обещанное"))
    active = Flag(required=False, help_text=_("В работе ли"))
    expanded = serializers.DictField(read_only=True)


class UtpFilter(OutsideFilter):
    q = filters.CharFilter(field_name="statement", lookup_expr="icontains", max_length=200)
    segment = filters.ModelMultipleChoiceFilter(
        queryset=lambda request: Segment.objects.visible_to(request.user), distinct=False
    )
    product = filters.ModelMultipleChoiceFilter(queryset=Product.objects.all(), distinct=False)
    active = filters.BooleanFilter()

    class Meta:
        model = Utp
        fields: list[str] = []


def _utps(user: User) -> "QuerySet[Utp]":
    rows: QuerySet[Utp] = Utp.objects.for_list().visible_to(user)
    return rows


class Utps(Readable):
    """With the right to segments, for which they are made."""

    resource = "segments"
    personal = frozenset[str]()
    shape = UtpShape
    rows = _utps
    door = get_utp_for
    filterset_class = UtpFilter

    @extend_schema(request=UtpShape, responses={201: UtpShape})
    def create(self, request: Request) -> Response:
        saved = offers.save_utp(by=self.caller, utp=None, fields=self.checked(UtpShape))
        return self.shown(get_utp_for(self.caller, saved.pk), status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        utp = self.one()
        expected = self.expected(utp)
        changes = self.checked(UtpShape, partial=True)
        offers.save_utp(by=self.caller, utp=utp, fields=changes, expected_version=expected)
        return self.shown(self.one())
