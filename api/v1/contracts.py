"""Signed contracts with their files."""

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import personal
from api.downloads import described, download
from api.v1.fact_shapes import ContractFact
from api.v1.facts import Facts, GateFactShape, OfLead, door_to_facts
from common import clock
from leads.fact_filters import ContractFilter
from leads.models import Contract
from leads.services.contract_files import OTHER_TYPE, TYPES, open_file
from leads.services.recording import record_contract


class ContractShape(GateFactShape):
    number = serializers.CharField(read_only=True)
    signed_on = serializers.DateField(read_only=True, allow_null=True)
    provides = serializers.CharField(read_only=True, help_text=_("Что предоставляется"))
    terms = serializers.CharField(read_only=True, help_text=_("На каких условиях"))
    bank_service = serializers.CharField(read_only=True, help_text=_("Какая услуга банка нужна"))
    file_name = serializers.CharField(read_only=True)
    file_url = serializers.SerializerMethodField(help_text=_("Откуда скачать файл; null, пока его нет"))

    @extend_schema_field({"type": ["string", "null"]})
    def get_file_url(self, contract: Contract) -> str | None:
        return f"/api/v1/contracts/{contract.pk}/file/" if contract.file else None


class ContractNew(OfLead, ContractFact):
    """A contract that lacks its number, date or file is completed by the next one sent for the lead."""


@extend_schema_view(create=extend_schema(request=ContractNew, responses={200: ContractShape, 201: ContractShape}))
class Contracts(Facts):
    also: tuple[str, ...] = ()
    shape = ContractShape
    taken = ContractNew
    recorder = record_contract
    rows = Contract.objects.for_list().visible_to
    door = door_to_facts(Contract.objects)
    filterset_class = ContractFilter
    sorts = {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "signed_on": "signed_on",
        "number": "number",
    }

    @extend_schema(request=ContractFact, responses=ContractShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Completes a contract: one that has number, date and file is not changed."""
        contract = self.one()
        self.expected(contract)
        changes = self.checked(ContractFact, partial=True)
        record_contract(lead=contract.lead, by=self.caller, at=clock.now(), contract=contract, **changes)
        return self.shown(self.one())

    @extend_schema(summary=_("Файл контракта"), responses=described(*sorted(set(TYPES.values())), OTHER_TYPE))
    @action(detail=True, methods=["get"], also=(personal.RIGHT,))
    def file(self, request: Request, pk: str) -> FileResponse:
        contract = self.one()
        file, kind = open_file(contract)
        return download(file, name=contract.file_name, kind=kind)
