"""Requests to the bank's lawyers: asked, taken, answered or withdrawn, with the day by which the answer is expected."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Choice, Moment, Ref, Text, Whole, Words
from api.personal import OF_PEOPLE
from api.resources import Readable
from api.shapes import Strict
from api.v1.facts import FactShape, OfLead
from common import clock
from documents.access import get_request_for
from documents.choices import RequestStatus
from documents.filters import RequestFilter
from documents.models import Document, LegalRequest
from documents.services import legal
from leads.value import bank_day


class LegalRequestShape(FactShape):
    document = Ref(allow_null=True, help_text=_("Контракт, о котором вопрос: contract-documents"))
    question = serializers.CharField(read_only=True)
    lawyer = serializers.CharField(read_only=True, help_text=_("Кому"))
    status = Choice(RequestStatus, read_only=True)
    working_days = serializers.IntegerField(read_only=True)
    asked_at = Moment(read_only=True)
    due_on = serializers.DateField(read_only=True)
    overdue = serializers.SerializerMethodField()
    answer = serializers.CharField(read_only=True, help_text=_("Ответ; у отозванного — почему"))
    closed_at = Moment(read_only=True, allow_null=True)

    def get_overdue(self, row: LegalRequest) -> bool:
        return row.is_overdue(bank_day(clock.now()))


class LegalRequestNew(OfLead):
    question = Text(max_length=4000)
    working_days = Whole(required=False, min_value=1, max_value=legal.MOST_DAYS, help_text=_("Срок; без него — три"))
    lawyer = Words(max_length=120)
    document = Ref(Document.objects.visible_to, required=False)


class Taken(Strict):
    lawyer = Words(max_length=120)


class Answered(Strict):
    text = Text(max_length=8000)
    lawyer = Words(max_length=120)


class Withdrawn(Strict):
    reason = Words(max_length=8000)


class LegalRequests(Readable):
    resource = "leads"
    personal = OF_PEOPLE
    shape = LegalRequestShape
    rows = LegalRequest.objects.for_list().visible_to
    door = get_request_for
    filterset_class = RequestFilter
    sorts = {"asked_at": "asked_at", "due_on": "due_on", "created_at": "created_at", "updated_at": "updated_at"}
    default_sort = "-asked_at"

    @property
    def renamed(self) -> dict[str, str]:  # type: ignore[override]
        names = {"answer": {"answer": "text"}, "withdraw": {"answer": "reason"}}
        return names.get(self.action or "", {})

    @extend_schema(request=LegalRequestNew, responses={201: LegalRequestShape})
    def create(self, request: Request) -> Response:
        made = legal.ask(by=self.caller, at=clock.now(), **self.checked(LegalRequestNew))
        return self.shown(get_request_for(self.caller, made.pk), status=201)

    @extend_schema(summary=_("Взять в работу"), request=Taken, responses=LegalRequestShape)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(Taken)
        expected = self.expected(row, required=False)
        legal.take(request=row, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())

    @extend_schema(summary=_("Ответить"), request=Answered, responses=LegalRequestShape)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(Answered)
        expected = self.expected(row, required=False)
        legal.answer(request=row, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())

    @extend_schema(summary=_("Отозвать"), request=Withdrawn, responses=LegalRequestShape)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        row, values = self.one(), self.checked(Withdrawn)
        expected = self.expected(row, required=False)
        legal.withdraw(request=row, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())
