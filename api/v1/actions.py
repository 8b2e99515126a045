"""Actions of the backlog and what is done to them: result, priority, place, slot, dropping, splitting, handing over."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import Entry
from api.resources import Readable
from api.shapes import Nothing, Strict
from api.v1 import action_shapes as shapes
from api.v1.plan_shapes import planned_for
from backlog.access import get_action_for
from backlog.filters import ActionFilter
from backlog.models import Action, ActionResult
from backlog.services import actions, ordering, priorities, reworking, slots
from backlog.services.results import record_result
from common import clock
from common.errors import FieldError
from leads.facts import FACTS

_RESULTS = Prefetch("results", ActionResult.objects.standing().select_related("reason"))


class Actions(Readable):
    resource = "backlog"
    shape = shapes.ActionShape
    rows = Action.objects.with_scores().prefetch_related(_RESULTS).visible_to
    door = get_action_for
    filterset_class = ActionFilter
    sorts = {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "due_at": "due_at",
        "slot_start": "slot_at",
        "priority": "priority",
    }
    renamed = {"minutes": "duration_minutes", "slot_at": "slot_start", "party": "agent"}

    def place(self, item: FieldError) -> Entry:
        """What a closed gate misses is pointed to where it may be sent along with the result."""
        if self.action == "result" and item.code == "missing" and item.field in FACTS:
            pointer = f"#/facts/{FACTS[item.field].record}"
            return {"pointer": pointer, "code": "missing", "detail": item.message, "fact": item.field}
        return super().place(item)

    @extend_schema(request=shapes.ActionNew, responses={201: shapes.ActionShape})
    def create(self, request: Request) -> Response:
        values = self.checked(shapes.ActionNew)
        hints = (values.get(name) for name in ("goal", "sprint", "lead"))
        owner = planned_for(self.caller, values.pop("owner", None), *(hint.owner for hint in hints if hint))
        values["priority_own"] = "priority_reason" in values
        made = actions.create_action(owner=owner, by=self.caller, at=clock.now(), **values)
        return self.shown(get_action_for(self.caller, made.pk), status=201)

    @extend_schema(request=shapes.ActionPatch, responses=shapes.ActionShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.one()
        expected = self.expected(row)
        changes = self.checked(shapes.ActionPatch, partial=True)
        actions.update_action(action=row, by=self.caller, at=clock.now(), changes=changes, expected_version=expected)
        return self.shown(self.one())

    @extend_schema(summary=_("Записать итог"), request=shapes.ResultNew, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def result(self, request: Request, pk: str) -> Response:
        """Outcome, note and next step in one; the lead's stage, facts and step follow."""
        return self._done(record_result, shapes.ResultNew)

    @extend_schema(summary=_("Изменить приоритет"), request=shapes.PriorityNew, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def priority(self, request: Request, pk: str) -> Response:
        return self._done(priorities.set_priority, shapes.PriorityNew)

    @extend_schema(summary=_("Переместить"), request=shapes.PlaceNew, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        return self._done(ordering.place_action, shapes.PlaceNew)

    @extend_schema(summary=_("Поставить на время"), request=shapes.SlotNew, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def slot(self, request: Request, pk: str) -> Response:
        return self._done(set_slot, shapes.SlotNew)

    @extend_schema(summary=_("Снять с плана"), request=shapes.DropNew, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        return self._done(actions.drop_action, shapes.DropNew)

    @extend_schema(summary=_("Вернуть в план"), request=Nothing, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        return self._done(actions.restore_action, Nothing)

    @extend_schema(summary=_("Передать"), request=shapes.HandNew, responses=shapes.ActionShape)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        return self._done(actions.hand_over, shapes.HandNew)

    @extend_schema(summary=_("Разбить на части"), request=shapes.SplitNew, responses=shapes.ActionsMade)
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: str) -> Response:
        """The first part is the action itself."""
        row, values = self.one(), self.checked(shapes.SplitNew)
        expected = self.expected(row, required=False)
        parts = reworking.split_action(action=row, by=self.caller, at=clock.now(), expected_version=expected, **values)
        rows = [get_action_for(self.caller, part.pk) for part in parts]
        return Response({"data": self.get_serializer(rows, many=True).data, "next": None})

    def _done(self, deed: Callable[..., Any], shape: type[Strict]) -> Response:
        """One deed on the action of the address, and the action as it stands after."""
        row, values = self.one(), self.checked(shape)
        expected = self.expected(row, required=False)
        deed(action=row, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())


def set_slot(*, slot_at: datetime | None, **said: Any) -> Action:
    return slots.take_off_slot(**said) if slot_at is None else slots.put_on_slot(slot_at=slot_at, **said)
