"""What an action looks like, and what its deeds take."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.scope import people
from agents.choices import Kind
from agents.models import Agent, Client, Segment
from api.fields import Choice, Code, Flag, Moment, Ref, Text, Whole, Words
from api.personal import FreeText, PersonText, is_person, mask_name
from api.shapes import Outside, Shown, Strict
from api.v1.fact_shapes import FactsShape
from api.v1.plan_shapes import Figure
from backlog.choices import ActionKind, ActionStatus, Priority, ResultOutcome
from backlog.explain import stored_reasons
from backlog.metrics import METRICS
from backlog.models import Action, ActionResult, Goal, Sprint
from backlog.services.ordering import Place
from backlog.services.priorities import REASON_LIMIT
from backlog.services.results import NOTE_LIMIT
from leads.models import Lead, LossReason


class ResultShape(serializers.Serializer[Any]):
    """What came of an action. ``next_action`` is what was planned of it; on a lead the step stands on the lead."""

    outcome = Choice(ResultOutcome, read_only=True)
    note = FreeText(read_only=True)
    reason = Code(allow_null=True)
    at = Moment()
    by = Ref()
    next_at = Moment(allow_null=True)
    next_text = serializers.CharField()


class Title(PersonText):
    """The words of an action; the name of a person whom it concerns is hidden in them."""

    def about_person(self, instance: Any) -> bool:
        return instance.party is not None and is_person(instance.party)

    def mask(self, value: str, instance: Any) -> str:
        name = instance.party.name
        return value.replace(name, mask_name(name))


class ActionShape(Shown):
    expandable = ("owner", "team", "goal", "sprint", "segment")

    source = serializers.CharField(read_only=True)
    external_id = serializers.CharField(read_only=True)
    owner = Ref()
    team = Ref(allow_null=True)
    sprint = Ref(allow_null=True)
    goal = Ref(allow_null=True)
    segment = Ref(allow_null=True)
    lead = Ref(allow_null=True)
    agent = serializers.SerializerMethodField()
    client = serializers.SerializerMethodField()
    title = Title(read_only=True)
    kind = Choice(ActionKind, read_only=True)
    metric = serializers.SerializerMethodField()
    priority = serializers.IntegerField(read_only=True, min_value=0, max_value=3)
    priority_own = serializers.BooleanField(read_only=True)
    priority_reason = serializers.CharField(read_only=True)
    proposed_priority = serializers.SerializerMethodField()
    proposal_reasons = serializers.SerializerMethodField()
    pinned = serializers.BooleanField(read_only=True)
    duration_minutes = serializers.IntegerField(source="minutes", read_only=True)
    slot_start = Moment(source="slot_at", read_only=True, allow_null=True)
    slot_end = Moment(read_only=True, allow_null=True)
    due_at = Moment(read_only=True)
    location = serializers.CharField(read_only=True)
    note = FreeText(read_only=True)
    expected = Figure(read_only=True)
    status = Choice(ActionStatus, read_only=True)
    done_at = Moment(read_only=True, allow_null=True)
    result = serializers.SerializerMethodField()
    next_action = serializers.SerializerMethodField()
    follows = Ref(allow_null=True)
    finding = Ref(allow_null=True)
    expanded = serializers.DictField(read_only=True)

    def get_agent(self, row: Action) -> str | None:
        return _party(row, Kind.AGENT)

    def get_client(self, row: Action) -> str | None:
        return _party(row, Kind.CLIENT)

    @extend_schema_field(serializers.ChoiceField(choices=list(METRICS), allow_null=True))
    def get_metric(self, row: Action) -> str | None:
        """That of the goal which the action serves."""
        return row.goal.metric if row.goal is not None else None

    @extend_schema_field(serializers.IntegerField(min_value=0, max_value=3, allow_null=True))
    def get_proposed_priority(self, row: Action) -> int | None:
        """What the engine says of the action's lead; null where it says nothing."""
        scored = getattr(row.lead, "score", None) if row.lead is not None else None
        return scored.proposed if scored is not None else None

    def get_proposal_reasons(self, row: Action) -> list[str]:
        return stored_reasons(row)

    @extend_schema_field(ResultShape(allow_null=True))
    def get_result(self, row: Action) -> dict[str, Any] | None:
        found = standing(row)
        return dict(ResultShape(found, context=self.context).data) if found is not None else None

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_next_action(self, row: Action) -> str | None:
        found = standing(row)
        return str(found.next_action_id) if found is not None and found.next_action_id else None


def _party(row: Action, kind: str) -> str | None:
    return str(row.party_id) if row.party is not None and row.party.kind == kind else None


def standing(row: Any) -> ActionResult | None:
    """The result that was not undone, of what the view fetched along."""
    return next((one for one in row.results.all() if one.undone_at is None), None)


class ActionsMade(serializers.Serializer[Any]):
    data = ActionShape(many=True)
    next = serializers.CharField(allow_null=True)


class ActionPatch(Outside):
    """What an action says. Priority, place, slot, result and owner have deeds of their own."""

    title = Text(max_length=200, required=False)
    kind = Choice(ActionKind, required=False)
    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    lead = Ref(Lead.objects.select_related("party", "segment", "owner").visible_to, required=False, allow_null=True)
    agent = Ref(Agent.objects.visible_to, source="party", required=False, allow_null=True)
    client = Ref(Client.objects.visible_to, source="party", required=False, allow_null=True)
    duration_minutes = Whole(source="minutes", required=False)
    due_at = Moment(required=False)
    location = Words(max_length=120)
    note = FreeText(max_length=4000)
    expected = Figure(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "agent" in self.initial_data and "client" in self.initial_data:
            raise serializers.ValidationError(
                {"client": [serializers.ErrorDetail(_("Либо agent, либо client."), code="conflict")]}
            )
        return super().validate(attrs)


class ActionNew(ActionPatch):
    """A goal brings its week, a slot the week that it lies in; without goal, week and slot it is an idea."""

    title = Text(max_length=200)
    owner = Ref(people, required=False)
    sprint = Ref(Sprint.objects.for_list().visible_to, required=False, allow_null=True)
    goal = Ref(Goal.objects.for_list().visible_to, required=False, allow_null=True)
    priority = Whole(required=False, min_value=min(Priority.values), max_value=max(Priority.values))
    priority_reason = Words(max_length=REASON_LIMIT)
    slot_start = Moment(source="slot_at", required=False, allow_null=True)
    follows = Ref(Action.objects.visible_to, required=False, allow_null=True)


class ResultNew(Strict):
    """Without ``next_at`` the step that goes with the outcome follows; ``plan_next`` false plans none."""

    outcome = Choice(ResultOutcome)
    note = FreeText(max_length=NOTE_LIMIT)
    reason = Code(LossReason.objects.filter(active=True), required=False, allow_null=True)
    next_at = Moment(required=False, allow_null=True)
    next_text = Words(max_length=200)
    plan_next = Flag(required=False)
    facts = FactsShape(required=False)


class PriorityNew(Strict):
    priority = Whole(source="to", min_value=min(Priority.values), max_value=max(Priority.values))
    reason = Words(max_length=REASON_LIMIT)


class PlaceNew(Strict):
    """``goal``: into that goal and its week. ``sprint``: into that week without a goal; null: among the ideas."""

    goal = Ref(Goal.objects.for_list().visible_to, required=False)
    sprint = Ref(Sprint.objects.for_list().visible_to, required=False, allow_null=True)
    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    before = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("goal" in attrs) == ("sprint" in attrs):
            raise serializers.ValidationError(
                {"goal": [serializers.ErrorDetail(_("Укажите либо goal, либо sprint."), code="conflict")]}
            )
        goal = attrs.get("goal")
        sprint = goal.sprint if goal is not None else attrs.get("sprint")
        return {"to": Place(sprint, goal, attrs.get("segment"), attrs.get("before"))}


class SlotNew(Strict):
    """null takes the action off its time; it stays in its week."""

    slot_start = Moment(source="slot_at", allow_null=True)


class DropNew(Strict):
    reason = Words(max_length=REASON_LIMIT)


class HandNew(Strict):
    owner = Ref(people, source="to")


class SplitNew(Strict):
    titles = serializers.ListField(child=Text(max_length=200), max_length=10)
