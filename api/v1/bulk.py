"""Leads by the thousand: up to 1,000 answered at once, up to 50,000 as a job that tells how it is getting on."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.utils.translation import gettext as _
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
from api.v1.jobs import JobShape
from api.v1.lead_shapes import LeadOfBatch
from api.v1.leads import Leads, draft_of
from common import clock
from common.errors import FieldError, Invalid, Refused
from funnel.choices import Origin
from imports import bulk
from imports.models import BulkLoad
from jobs.versions import StaleMessage
from leads.drafts import LeadDraft, Taken
from leads.services import intake

MOST_AT_ONCE = 1000
NOUN = "leads"
ASYNC = "respond-async"


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


class BulkLeads(Answering):
    basename = "bulk"
    scope = "bulk"
    also = ("leads:write",)
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

    @extend_schema(
        summary=_("Принять пачку лидов"),
        request=LeadBatch,
        responses={200: BatchAnswer, 202: OpenApiResponse(JobShape)},
        parameters=[OpenApiParameter("Prefer", location=OpenApiParameter.HEADER, type=str, enum=[ASYNC])],
    )
    def post(self, request: Request) -> Response:
        batch, atomic = self._checked()
        if batch.total <= MOST_AT_ONCE and not _asks_for_a_job(request):
            answers = take(request, batch.items(), atomic=atomic)
            counts = {name: sum(one["status"] == name for one in answers) for name in bulk.COUNTS}
            return Response({"data": answers, "counts": counts})
        if atomic:
            message = _("Всё или ничего бывает до %(most)s строк в одном ответе.") % {"most": MOST_AT_ONCE}
            raise Invalid(message, [FieldError("atomic", "conflict", message)])
        batch.lines.seek(0)
        load = bulk.accept(
            by=cast("User", request.user),
            noun=NOUN,
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


def _asks_for_a_job(request: Request) -> bool:
    return ASYNC in {part.strip().lower() for part in request.headers.get("Prefer", "").split(",")}


def take_chunk(load: BulkLoad, items: Sequence[Any]) -> list[dict[str, Any]]:
    """The same for a job (``imports.bulk.Take``), whose request is long over."""
    auth = ApiToken(user=load.owner, scopes=[]) if load.masked else None
    return take(Caller(load.owner, auth), items, first=load.position)


def take(
    caller: Request | Caller, items: Sequence[Any], *, first: int = 0, atomic: bool = False
) -> list[dict[str, Any]]:
    """What became of each item, in order. Raises BatchRefused where ``atomic`` is asked for and one does not go in."""
    answers: dict[int, dict[str, Any]] = {}
    drafts: dict[int, LeadDraft] = {}
    for number, values in enumerate(read_all(LeadOfBatch, items, caller), start=first):
        if isinstance(values, ValidationError):
            answers[number] = _refused(values, number)
        else:
            drafts[number] = draft_of(values)
    whole, by = atomic and not answers, cast("User", caller.user)
    if whole or not atomic:
        taken = intake.take_in_turns(
            drafts=list(drafts.values()),
            by=by,
            at=clock.now(),
            origin=Origin.API,
            all_or_none=whole,
        )
        answers |= {number: _answer(number, one) for number, one in zip(drafts, taken, strict=True)}
    refused = [answers[number] for number in sorted(answers) if answers[number]["status"] == "refused"]
    if atomic and refused:
        raise BatchRefused([entry for one in refused for entry in one["problem"]["errors"]])
    return [answers[number] for number in sorted(answers)]


def _answer(number: int, taken: Taken) -> dict[str, Any]:
    if taken.refusal is not None:
        return _refused(taken.refusal, number)
    return {"status": str(taken.status), "id": str(taken.lead_id), "problem": None}


def _refused(error: Exception, number: int) -> dict[str, Any]:
    """The problem that a request with this item alone would get, its pointers leading into the batch."""
    told = problem_of(error, Leads(action="create"))
    entries = told["errors"] or [{"pointer": "#", "code": told["code"], "detail": told["detail"]}]
    errors = [entry | {"pointer": f"#/items/{number}{entry['pointer'].removeprefix('#')}"} for entry in entries]
    status = "stale" if isinstance(error, StaleMessage) else "refused"
    return {"status": status, "id": None, "problem": {"code": told["code"], "detail": told["detail"], "errors": errors}}
