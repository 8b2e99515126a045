"""Leads, agents and clients by the thousand: up to 1,000 answered at once, up to 50,000 as a job that tells how it is
getting on. What an item of each noun is stands in ``api.v1.bulk_nouns``."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, User
from api import personal
from api.batches import Caller, read_all
from api.fields import Flag
from api.filtering import check_parameters
from api.problems import problem_of
from api.resources import Answering
from api.shapes import Strict
from api.streams import Batch, BatchParser
from api.v1.bulk_nouns import NOUNS, AgentOfBatch, Became, ClientOfBatch, Noun
from api.v1.jobs import JobShape
from api.v1.lead_shapes import LeadOfBatch
from common import clock
from common.errors import FieldError, Invalid, Refused
from imports import bulk
from imports.models import BulkLoad
from jobs.versions import StaleMessage

MOST_AT_ONCE = 1000
ASYNC = "respond-async"
_PREFER = OpenApiParameter("Prefer", location=OpenApiParameter.HEADER, type=str, enum=[ASYNC])


class BatchRefused(Refused):
    """A batch that is to go in whole or not at all, and one of its items does not."""

    code = "batch_refused"
    status = 409

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(_("Пачка не принята: одна из строк не проходит, а просили всё или ничего."))
        self.entries = entries


class BatchMembers(Strict):
    """What stands beside the items."""

    atomic = Flag(required=False)


class LeadBatch(BatchMembers):
    items = serializers.ListField(child=LeadOfBatch(), min_length=1, max_length=50_000)


class AgentBatch(BatchMembers):
    items = serializers.ListField(child=AgentOfBatch(), min_length=1, max_length=50_000)


class ClientBatch(BatchMembers):
    items = serializers.ListField(child=ClientOfBatch(), min_length=1, max_length=50_000)


class ItemProblem(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField())


class ItemAnswer(serializers.Serializer[Any]):
    """What became of one item; ``id`` where it is in, ``problem`` where it is not."""

    status = serializers.ChoiceField(choices=bulk.COUNTS)
    id = serializers.UUIDField(allow_null=True)
    problem = ItemProblem(allow_null=True)


class BatchAnswer(serializers.Serializer[Any]):
    data = ItemAnswer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())


ANSWERS = {200: BatchAnswer, 202: OpenApiResponse(JobShape)}


class Bulk(Answering):
    """One address for each noun; ``noun`` is its name in ``NOUNS``."""

    basename = "bulk"
    scope = "bulk"
    noun: ClassVar[str]
    parser_classes = [BatchParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_parameters(request.query_params, ())

    def fingerprint(self) -> str:
        return self.batch.fingerprint()

    @property
    def batch(self) -> Batch:
        data = self.request.data
        return data if isinstance(data, Batch) else Batch()  # an empty body is not parsed at all

    def post(self, request: Request) -> Response:
        batch, atomic = self._checked()
        with batch.lines:
            return self._answer(request, batch, atomic=atomic)

    def _answer(self, request: Request, batch: Batch, *, atomic: bool) -> Response:
        if batch.total <= MOST_AT_ONCE and not _asks_for_a_job(request):
            answers = take(NOUNS[self.noun], request, batch.items(), atomic=atomic)
            counts = {name: sum(one["status"] == name for one in answers) for name in bulk.COUNTS}
            return Response({"data": answers, "counts": counts})
        if atomic:
            message = _("Всё или ничего бывает до %(most)s строк в одном ответе.") % {"most": MOST_AT_ONCE}
            raise Invalid(message, [FieldError("atomic", "conflict", message)])
        batch.lines.seek(0)
        load = bulk.accept(
            by=cast("User", request.user),
            noun=self.noun,
            lines=batch.lines,
            total=batch.total,
            masked=personal.hidden(request),
            at=clock.now(),
        )
        headers = {"Location": f"/api/v1/jobs/{load.pk}/"}
        if _asks_for_a_job(request):
            headers["Preference-Applied"] = ASYNC
        return Response(JobShape(load, context={"request": request}).data, status=202, headers=headers)

    def _checked(self) -> tuple[Batch, bool]:
        batch = self.batch
        members = BatchMembers(data=batch.members)
        members.is_valid(raise_exception=True)
        if not batch.total:
            text, code = (_("Список пуст."), "empty") if batch.has_items else (_("Пришлите items."), "required")
            raise ValidationError({"items": [serializers.ErrorDetail(text, code=code)]})
        return batch, bool(members.validated_data.get("atomic"))


class BulkLeads(Bulk):
    noun = "leads"
    also = ("leads:write",)

    @extend_schema(
        summary=gettext_lazy("Принять пачку лидов"), request=LeadBatch, responses=ANSWERS, parameters=[_PREFER]
    )
    def post(self, request: Request) -> Response:
        return super().post(request)


class BulkAgents(Bulk):
    noun = "agents"
    also = ("agents:write",)

    @extend_schema(
        summary=gettext_lazy("Принять пачку агентов"), request=AgentBatch, responses=ANSWERS, parameters=[_PREFER]
    )
    def post(self, request: Request) -> Response:
        return super().post(request)


class BulkClients(Bulk):
    noun = "clients"
    also = ("clients:write",)

    @extend_schema(
        summary=gettext_lazy("Принять пачку клиентов"), request=ClientBatch, responses=ANSWERS, parameters=[_PREFER]
    )
    def post(self, request: Request) -> Response:
        return super().post(request)


def _asks_for_a_job(request: Request) -> bool:
    return ASYNC in {part.strip().lower() for part in request.headers.get("Prefer", "").split(",")}


def take_chunk(load: BulkLoad, items: Sequence[Any]) -> list[dict[str, Any]]:
    """The same for a job (``imports.bulk.Take``), whose request is long over."""
    auth = ApiToken(user=load.owner, scopes=[]) if load.masked else None
    return take(NOUNS[load.noun], Caller(load.owner, auth), items, first=load.position)


def take(
    noun: Noun, caller: Request | Caller, items: Sequence[Any], *, first: int = 0, atomic: bool = False
) -> list[dict[str, Any]]:
    """What became of each item, in order. Raises BatchRefused where ``atomic`` is asked for and one does not go in."""
    answers: dict[int, dict[str, Any]] = {}
    given: dict[int, Mapping[str, Any]] = {}
    for number, values in enumerate(read_all(noun.shape, items, caller), start=first):
        if isinstance(values, ValidationError):
            answers[number] = _refused(noun, values, number)
        else:
            given[number] = values
    whole, by = atomic and not answers, cast("User", caller.user)
    if whole or not atomic:
        taken = noun.take(list(given.values()), by, whole)
        answers |= {number: _answer(noun, number, one) for number, one in zip(given, taken, strict=True)}
    refused = [answers[number] for number in sorted(answers) if answers[number]["status"] == "refused"]
    if atomic and refused:
        raise BatchRefused([entry for one in refused for entry in one["problem"]["errors"]])
    return [answers[number] for number in sorted(answers)]


def _answer(noun: Noun, number: int, one: Became) -> dict[str, Any]:
    if one.refusal is not None:
        return _refused(noun, one.refusal, number)
    return {"status": one.status, "id": str(one.id), "problem": None}


def _refused(noun: Noun, error: Exception, number: int) -> dict[str, Any]:
    """The problem that a request with this item alone would get, its pointers leading into the batch."""
    told = problem_of(error, noun.view())
    entries = told["errors"] or [{"pointer": "#", "code": told["code"], "detail": told["detail"]}]
    errors = [entry | {"pointer": f"#/items/{number}{entry['pointer'].removeprefix('#')}"} for entry in entries]
    status = "stale" if isinstance(error, StaleMessage) else "refused"
    return {"status": status, "id": None, "problem": {"code": told["code"], "detail": told["detail"], "errors": errors}}
