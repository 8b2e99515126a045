"""The feed of events, for networks that take nothing in: read on from where one was."""

from typing import Any

import django_filters as filters
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.models import User
from api.fields import Moment
from api.filtering import StrictFilterBackend, bound, check_parameters, names_of, repeatable_of
from api.paging import DEFAULT, MOST
from api.problems import BadParameters
from api.resources import Answering
from api.schema import MORE
from webhooks import feed
from webhooks.catalogue import TYPES
from webhooks.models import Event

SALT = "api.events"


class EventFilter(filters.FilterSet):
    after = filters.CharFilter(max_length=200, label=gettext_lazy("Поле cursor прошлого ответа; без него — с начала"))
    type = filters.MultipleChoiceFilter(choices=[(name, name) for name in TYPES], label=gettext_lazy("Событие"))
    limit = filters.NumberFilter(min_value=1, max_value=MOST, label=gettext_lazy("Сколько за раз, по умолчанию 50"))

    class Meta:
        model = Event
        fields: list[str] = []


class EventShape(serializers.Serializer[Any]):
    """``id`` is the webhook-id of the same event; ``data`` has the object's id, its ``sequence`` and codes."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=list(TYPES))
    timestamp = Moment()
    data = serializers.DictField()

    example = {
        "type": "lead.stage_entered",
        "data": {
            "id": "01980a5c-7b00-7000-8000-0000cb2a4f1e", "sequence": 3,
            "actor": "01980a5c-7b00-7000-8000-00008f3e2d11", "from": "contact", "to": "meeting", "back": False,
        },
    }  # fmt: skip


class FeedShape(serializers.Serializer[Any]):
    """``next`` is null when nothing more has happened; ``cursor`` is then the place to come back to."""

    data = EventShape(many=True)
    next = serializers.URLField(allow_null=True)
    cursor = serializers.CharField()

    example = {"next": None, "cursor": "1042:1vMq2Q:0a8Qk6mZr4hYz0"}


class Events(Answering):
    """Each event once, in one order for ever; one whose deed commits late comes later and is not skipped."""

    scope = "events:read"
    basename = "events"
    filterset_class = EventFilter
    filter_backends = (StrictFilterBackend,)

    @extend_schema(summary=gettext_lazy("Лента событий"), responses=FeedShape, filters=True, extensions={MORE: ["410"]})
    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, names_of(EventFilter), repeatable_of(EventFilter))
        asked = bound(EventFilter, request, Event.objects.none()).form.cleaned_data
        page = _read(request.user, asked)
        cursor = signing.dumps(page.last, salt=SALT)
        following = replace_query_param(request.build_absolute_uri(), "after", cursor) if page.more else None
        return Response({"data": [_told(event) for event in page.events], "next": following, "cursor": cursor})


def _read(user: Any, asked: dict[str, Any]) -> feed.Page:
    reader: User = user
    limit = int(asked["limit"] or DEFAULT)
    return feed.read(user=reader, after=_place(asked["after"]), types=asked["type"], limit=limit)


def _place(cursor: str) -> int:
    """Raises BadParameters for a cursor that is none of ours."""
    if not cursor:
        return 0
    try:
        return int(signing.loads(cursor, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        raise BadParameters([("after", "invalid", _("Возьмите cursor из ответа этой ленты."))]) from None


def _told(event: Event) -> dict[str, Any]:
    return {"id": str(event.uid)} | feed.body_of(event)
