"""Webhook endpoints: where we tell of events, how it went, and sending again."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.models import User
from accounts.roles import SEES_EVERYTHING, Role
from accounts.scope import people
from api.fields import Choice, Flag, Moment, Ref, Text, Words
from api.resources import Readable
from api.shapes import Nothing, Shown, Strict
from channels.addresses import LONGEST_URL
from common import clock
from common.errors import FieldError, Invalid
from webhooks.access import get_delivery_for, get_endpoint_for
from webhooks.catalogue import TYPES
from webhooks.choices import DeliveryState, EndpointState, Stop
from webhooks.filters import DeliveryFilter
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.services import endpoints, replaying

TYPE_NAMES = list(TYPES)


def accounts(user: User) -> "QuerySet[User]":
    """Service accounts that the caller may make endpoints for: administrators any, a bank system itself."""
    rows = User.objects.filter(role=Role.SERVICE, is_active=True)
    return rows if user.role in SEES_EVERYTHING else rows.filter(pk=user.pk)


class Types(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices=TYPE_NAMES), max_length=len(TYPE_NAMES), **kwargs)


class EndpointShape(Shown):
    """``types`` empty: all. ``owner`` gets the letter when the endpoint is given up; null: the administrators."""

    expandable = ("account", "owner")

    url = Text(max_length=LONGEST_URL)
    description = Words(max_length=200)
    types = Types(required=False)
    account = Ref(accounts, required=False)
    owner = Ref(people, required=False, allow_null=True)
    state = Choice(EndpointState, required=False)
    stopped_why = Choice(Stop, blank=True, read_only=True)
    old_secret_until = Moment(read_only=True, allow_null=True)
    failures = serializers.IntegerField(read_only=True)
    failing_since = Moment(read_only=True, allow_null=True)
    last_ok_at = Moment(read_only=True, allow_null=True)
    expanded = serializers.DictField(read_only=True)

    example = {"url": "https://hooks.bank.example/crm", "types": ["lead.created", "lead.stage_entered"]}


class EndpointNew(Strict):
    """``account`` is whose eyes the events are seen with: a bank system leaves it out and is meant itself."""

    url = Text(max_length=LONGEST_URL)
    description = Words(max_length=200)
    types = Types(required=False)
    account = Ref(accounts, required=False)
    owner = Ref(people, required=False, allow_null=True)

    example = {"url": "https://hooks.bank.example/crm", "types": ["lead.created", "lead.stage_entered"]}


class EndpointMade(EndpointShape):
    """``secret`` is shown this once; a repetition of the request by its Idempotency-Key gets null."""

    secret = serializers.CharField(read_only=True, allow_null=True)

    example = EndpointShape.example | {"secret": "whsec_…"}


class ReplayNew(Strict):
    """One delivery, or all dead ones, or what happened from ``since`` until just before ``until``."""

    delivery = Text(max_length=36, required=False)
    dead = Flag(required=False)
    since = Moment(required=False)
    until = Moment(required=False)

    example = {"since": "2026-03-02T05:00:00Z", "until": "2026-03-02T06:00:00Z"}


class ReplayShape(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class TryShape(serializers.Serializer[Attempt]):
    at = Moment()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    body = serializers.CharField()
    milliseconds = serializers.IntegerField()

    example = {"status": 204, "error": "", "body": "", "milliseconds": 38}


class DeliveryShape(serializers.Serializer[Delivery]):
    """``event`` is the webhook-id: the same however often it is sent. ``tries``: what was answered each time, its first
    2 KB, or why nothing was."""

    expandable = ()

    id = serializers.UUIDField()
    event = serializers.UUIDField(source="event.uid")
    type = serializers.CharField(source="event.type")
    object = serializers.UUIDField(source="event.object_id")
    state = serializers.ChoiceField(choices=DeliveryState.values)
    attempts = serializers.IntegerField()
    last_status = serializers.IntegerField(allow_null=True)
    next_at = Moment()
    created_at = Moment()
    done_at = Moment(allow_null=True)
    tries = TryShape(many=True)

    example = {"type": "lead.stage_entered", "state": "delivered", "last_status": 204}


class WebhookEndpoints(Readable):
    scope = "webhooks"
    resource = None
    shape = EndpointShape
    rows = Endpoint.objects.for_list().visible_to
    door = get_endpoint_for
    default_sort = "created_at"

    @extend_schema(request=EndpointNew, responses={201: EndpointMade})
    def create(self, request: Request) -> Response:
        stepup.demand(request)
        given = self.checked(EndpointNew)
        if "account" not in given and self.caller.role != Role.SERVICE:
            message = str(_("Назовите учётную запись системы: её глазами видны события."))
            raise Invalid(message, [FieldError("account", "required", message)])
        return self._made(endpoints.create_endpoint(by=self.caller, **{"account": self.caller} | given), status=201)

    @extend_schema(request=EndpointShape, responses=EndpointShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        endpoint = self.one()
        expected, changes = self.expected(endpoint), self.checked(EndpointShape, partial=True)
        state = changes.pop("state", endpoint.state)
        saved = endpoints.update_endpoint(endpoint=endpoint, by=self.caller, changes=changes, expected_version=expected)
        endpoints.set_state(endpoint=saved, by=self.caller, state=state)
        return self.shown(self.one())

    @extend_schema(summary=_("Сменить секрет"), request=Nothing, responses=EndpointMade)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        endpoint = self.one()
        stepup.demand(request)
        self.checked(Nothing)
        expected = self.expected(endpoint, required=False)
        made = endpoints.rotate_secret(endpoint=endpoint, by=self.caller, at=clock.now(), expected_version=expected)
        return self._made(made, status=200)

    @extend_schema(summary=_("Проверить связь"), request=Nothing, responses={202: EndpointShape})
    @action(detail=True, methods=["post"])
    def ping(self, request: Request, pk: str) -> Response:
        endpoint = self.one()
        self.checked(Nothing)
        endpoints.ping(endpoint=endpoint, by=self.caller, at=clock.now())
        return self.shown(endpoint, status=202)

    @extend_schema(summary=_("Отправить снова"), request=ReplayNew, responses={202: ReplayShape})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        endpoint, given = self.one(), self.checked(ReplayNew)
        return Response({"count": _replayed(endpoint, self.caller, given)}, status=202)

    def _made(self, made: endpoints.Made, *, status: int) -> Response:
        answer = self.shown(get_endpoint_for(self.caller, made.endpoint.pk), status=status)
        answer.kept = answer.data | {"secret": None}  # type: ignore[attr-defined]
        answer.data = answer.data | {"secret": made.secret}
        return answer


def _replayed(endpoint: Endpoint, by: User, given: dict[str, Any]) -> int:
    """Just one of the three ways. Raises Invalid."""
    if set(given) == {"delivery"}:
        replaying.replay_one(delivery=get_delivery_for(by, given["delivery"], of=endpoint), by=by)
        return 1
    if given == {"dead": True}:
        return replaying.replay_dead(endpoint=endpoint, by=by)
    if set(given) == {"since", "until"}:
        return replaying.replay_span(endpoint=endpoint, by=by, since=given["since"], until=given["until"])
    message = str(_("Назовите одно: delivery, dead: true или отрезок since и until."))
    raise Invalid(message, [FieldError("delivery", "conflict", message)])


class Deliveries(Readable):
    """The log of one endpoint, the newest first."""

    scope = "webhooks"
    resource = None
    basename = "webhook-endpoints"
    personal = frozenset[str]()
    shape: ClassVar[Any] = DeliveryShape
    rows = Delivery.objects.for_list().visible_to
    door = get_endpoint_for
    filterset_class = DeliveryFilter
    sorts = {"position": "position"}
    default_sort = "-position"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(endpoint=self.one()).prefetch_related("tries")

    @extend_schema(summary=_("Журнал доставки"), responses=DeliveryShape(many=True))
    def list(self, request: Request, pk: str) -> Response:  # type: ignore[override]
        return super().list(request)

    @property
    def shaped(self) -> bool:
        return False
