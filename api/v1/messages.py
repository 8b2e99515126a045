"""The log of messages: what campaigns wrote, and what was written back."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.choices import Kind
from api.fields import Moment
from api.filtering import filtered
from api.paging import MergedCursor
from api.personal import PersonContact, PersonText
from api.resources import Readable
from api.shapes import Shown
from api.v1.calls import PartyOfKind
from outreach.access import get_message_for
from outreach.choices import MessageState, Reason, Way
from outreach.filters import MessageFilter
from outreach.log import line_of
from outreach.models import Message, Reply


class MessageShape(Shown):
    """``state`` and ``reason`` are those of a message that went out; a reply has none."""

    direction = serializers.ChoiceField(choices=Way.values)
    channel = serializers.CharField()
    at = Moment()
    state = serializers.ChoiceField(choices=MessageState.values, allow_null=True)
    reason = serializers.ChoiceField(choices=Reason.values, allow_null=True)
    address = PersonContact()
    subject = PersonText()
    text = PersonText()
    in_reply_to = serializers.UUIDField(allow_null=True)
    campaign = serializers.UUIDField(allow_null=True)
    lead = serializers.UUIDField(allow_null=True)
    agent = PartyOfKind(Kind.AGENT)
    client = PartyOfKind(Kind.CLIENT)


class Messages(Readable):
    resource = "messages"
    shape = MessageShape
    rows = Message.objects.for_log().visible_to
    answers: ClassVar[Any] = Reply.objects.for_log().visible_to
    door = get_message_for
    filterset_class = MessageFilter
    pagination_class = MergedCursor

    @extend_schema(responses=MessageShape(many=True))
    def list(self, request: Request) -> Response:
        """Both tables in one order: each is read as far as the page needs, and no further."""
        tables: Any = [
            filtered(MessageFilter, request, rows(self.caller)) for rows in (Messages.rows, Messages.answers)
        ]
        page = [line_of(row) for row in self.paginate_queryset(tables) or ()]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: UUID | str) -> Response:
        return self.shown(line_of(self.one()))
