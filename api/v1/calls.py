"""Calls, as the exchange tells of them: written by its own number, found by phone where nobody is named."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scope import people
from agents.choices import Kind
from agents.models import Agent, Client, Party
from api.fields import Choice, Moment, Ref, Whole, Words
from api.personal import PersonContact, PersonText
from api.resources import Readable
from api.shapes import FromOutside, Pair, SourceVersion, Strict
from calls import services
from calls.access import get_call_for
from calls.choices import LONGEST_SECONDS, CallResult, Direction
from calls.filters import CallFilter
from calls.models import Call
from calls.services import CallDraft, Status
from common import clock
from leads.models import Lead


class PartyOfKind(Ref):
    """The other side under the name of its kind; null where it is of the other one, or unknown."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(allow_null=True)

    def get_attribute(self, instance: Any) -> Party | None:
        party: Party | None = instance.party
        return party if party is not None and party.kind == self.kind else None


class CallShape(FromOutside):
    expandable = ("owner", "team", "party")

    direction = Choice(Direction, read_only=True)
    at = Moment(read_only=True)
    duration_seconds = serializers.IntegerField(read_only=True)
    result = Choice(CallResult, read_only=True)
    likely_empty = serializers.BooleanField(read_only=True)
    recording_url = PersonText(read_only=True)
    phone = PersonContact(read_only=True)
    lead = Ref(allow_null=True)
    agent = PartyOfKind(Kind.AGENT)
    client = PartyOfKind(Kind.CLIENT)
    owner = Ref(allow_null=True)
    team = Ref(allow_null=True)
    source_version = serializers.IntegerField(read_only=True)
    expanded = serializers.DictField(read_only=True)


class CallPatch(Strict):
    """``lead``, ``agent`` or ``client`` say who was on the line; without them the number does."""

    direction = Choice(Direction)
    at = Moment()
    duration_seconds = Whole(required=False, min_value=0, max_value=LONGEST_SECONDS)
    result = Choice(CallResult)
    recording_url = Words(max_length=500)
    phone = PersonContact(max_length=40, required=False, allow_blank=True)
    lead = Ref(Lead.objects.visible_to, required=False, allow_null=True)
    agent = Ref(Agent.objects.visible_to, required=False, allow_null=True)
    client = Ref(Client.objects.visible_to, required=False, allow_null=True)
    owner = Ref(people, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One column under two names."""
        if attrs.get("agent") and attrs.get("client"):
            message = serializers.ErrorDetail(str(_("Либо agent, либо client.")), code="conflict")
            raise serializers.ValidationError({"client": [message]})
        sides = [attrs.pop(name) for name in ("agent", "client") if name in attrs]
        return attrs | ({"party": next(filter(None, sides), None)} if sides else {})


class CallUpsert(CallPatch):
    """``source_version`` orders messages about one call: an older one changes nothing."""

    source_version = SourceVersion()


class CallNew(CallUpsert):
    source = Words(max_length=60)
    external_id = Words(max_length=120)


class Calls(Readable):
    resource = "calls"
    shape = CallShape
    rows = Call.objects.for_list().visible_to
    door = get_call_for
    filterset_class = CallFilter
    sorts = {
        "at": "at", "duration_seconds": "duration_seconds", "created_at": "created_at", "updated_at": "updated_at",
    }  # fmt: skip
    default_sort = "-at"

    @extend_schema(request=CallNew, responses={201: CallShape})
    def create(self, request: Request) -> Response:
        logged = self._log(CallDraft(**self.checked(CallNew)), fresh=True)
        return self.shown(self._again(logged.call), status=201)

    @extend_schema(
        summary=_("Создать или обновить по внешнему номеру"),
        request=CallUpsert,
        responses={200: CallShape, 201: CallShape},
    )
    def upsert(self, request: Request, source: str, external_id: str) -> Response:
        pair = Pair(data={"source": source, "external_id": external_id})
        pair.is_valid(raise_exception=True)
        logged = self._log(CallDraft(**self.checked(CallUpsert), **pair.validated_data))
        return self.shown(self._again(logged.call), status=201 if logged.status is Status.CREATED else 200)

    @extend_schema(request=CallPatch, responses=CallShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        call = self.one()
        expected, changes = self.expected(call), self.checked(CallPatch, partial=True)
        services.update_call(call=call, by=self.caller, at=clock.now(), changes=changes, expected_version=expected)
        return self.shown(self.one())

    def _log(self, draft: CallDraft, *, fresh: bool = False) -> services.Logged:
        return services.log_call(draft=draft, by=self.caller, at=clock.now(), fresh=fresh)

    def _again(self, call: Call) -> Call:
        return get_call_for(self.caller, call.pk)
