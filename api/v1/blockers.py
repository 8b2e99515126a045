"""What on the bank's side keeps people from buying, with the margin that it holds back of the leads one may see."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from agents.models import Party
from api.fields import MONEY_SCHEMA, Choice, Moment, Ref, Text, Words
from api.resources import Readable
from api.shapes import Outside, Shown, Strict
from api.v1.offers import every_product
from common import clock
from common.money import Currency
from leads.access import get_counted_blocker_for
from leads.choices import BlockerCategory, BlockerStatus
from leads.fact_filters import BlockerFilter
from leads.models import Blocker, Lead
from leads.services import blockers


class BlockerPatch(Outside):
    category = Choice(BlockerCategory, required=False)
    product = Ref(every_product, required=False, allow_null=True, help_text=_("null — любой продукт"))
    description = Words(max_length=300)
    responsible = Words(max_length=120)
    status = Choice(BlockerStatus, required=False, help_text=_("open — держит, removed — снят"))


class BlockerNew(Outside):
    """The same words for the same product are the same blocker: it then holds this party too."""

    party = Ref(Party.objects.visible_to, help_text=_("Кого держит: агент или клиент"))
    category = Choice(BlockerCategory)
    product = Ref(every_product, required=False, allow_null=True, help_text=_("null — любой продукт"))
    description = Text(max_length=300)
    responsible = Words(max_length=120)


class BlockerShape(Shown):
    expandable = ("product", "by")

    source = serializers.CharField(read_only=True)
    external_id = serializers.CharField(read_only=True)
    category = Choice(BlockerCategory, read_only=True)
    product = Ref(allow_null=True)
    description = serializers.CharField(read_only=True)
    status = Choice(BlockerStatus, read_only=True)
    responsible = serializers.CharField(read_only=True, help_text=_("Кто снимает"))
    by = Ref(allow_null=True)
    opened_at = Moment(read_only=True)
    removed_at = Moment(read_only=True, allow_null=True)
    leads_held = serializers.SerializerMethodField()
    margin_held = serializers.SerializerMethodField(
        help_text=_("Сумма открытых лидов, которые вы видите и которых он держит; только в сумах")
    )
    expanded = serializers.DictField(read_only=True)

    def get_leads_held(self, blocker: Any) -> int:
        return blocker.leads_held or 0

    @extend_schema_field(MONEY_SCHEMA)
    def get_margin_held(self, blocker: Any) -> dict[str, str]:
        return {"amount": f"{blocker.margin_held or 0:.2f}", "currency": Currency.UZS.value}


class PartyNamed(Strict):
    party = Ref(Party.objects.visible_to)


def _blockers(user: User) -> "QuerySet[Blocker]":
    rows = Blocker.objects.visible_to(user).select_related("product", "by")
    return rows.with_margin_held(Lead.objects.visible_to(user))


class Blockers(Readable):
    resource = "leads"
    shape = BlockerShape
    rows = _blockers
    door = get_counted_blocker_for
    filterset_class = BlockerFilter
    sorts = {"opened_at": "opened_at", "created_at": "created_at", "updated_at": "updated_at"}
    default_sort = "-opened_at"

    @extend_schema(request=BlockerNew, responses={200: BlockerShape, 201: BlockerShape})
    def create(self, request: Request) -> Response:
        values, at = self.checked(BlockerNew), clock.now()
        made = blockers.add_blocker(party=values.pop("party"), by=self.caller, at=at, **values)
        again = get_counted_blocker_for(self.caller, made.pk)
        return self.shown(again, status=201 if made.opened_at == at and made.version == 1 else 200)

    @extend_schema(request=BlockerPatch, responses=BlockerShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        blocker = self.one()
        expected = self.expected(blocker)
        changes = self.checked(BlockerPatch, partial=True)
        status = changes.pop("status", "")
        changed = blockers.update_blocker(
            blocker=blocker, by=self.caller, changes=changes, expected_version=expected
        )  # fmt: skip
        if status == BlockerStatus.REMOVED:
            blockers.remove_blocker(blocker=changed, by=self.caller, at=clock.now())
        elif status == BlockerStatus.OPEN:
            blockers.reopen_blocker(blocker=changed, by=self.caller)
        return self.shown(self.one())

    @extend_schema(summary=_("Больше не держит этого агента или клиента"), request=PartyNamed, responses=BlockerShape)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        blocker = self.one()
        party = self.checked(PartyNamed)["party"]
        blockers.release_party(blocker=blocker, party=party, by=self.caller)
        return self.shown(self.one())
