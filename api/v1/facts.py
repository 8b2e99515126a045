"""Meetings, interviews and agreements as resources of their own: written down as the card and a move do it."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.fields import Choice, Moment, Ref
from api.personal import FreeText
from api.resources import Readable
from api.shapes import FromOutside, Shown, Strict
from api.v1.fact_shapes import AgreementFact, InterviewFact, MeetingFact
from common import clock
from leads import fact_filters as filters
from leads.access import get_fact_for
from leads.choices import Answer, MeetingKind, MeetingStatus
from leads.models import Agreement, Interview, Lead, Meeting
from leads.querysets import FactQuerySet
from leads.services import recording


class FactShape(Shown):
    expandable = ("by",)

    lead = Ref()
    by = Ref(allow_null=True, help_text=_("Кто записал"))
    expanded = serializers.DictField(read_only=True)


class GateFactShape(FactShape, FromOutside):
    """A fact behind a gate, which another system may know by an id of its own."""


class OfLead(Strict):
    """The lead that a new fact is about."""

    lead = Ref(Lead.objects.visible_to)


class MeetingShape(GateFactShape):
    kind = Choice(MeetingKind, read_only=True)
    planned_at = Moment(read_only=True)
    held_at = Moment(read_only=True, allow_null=True)
    status = Choice(MeetingStatus, read_only=True)
    place = serializers.CharField(read_only=True)
    note = FreeText(read_only=True)


class MeetingNew(OfLead, MeetingFact):
    """A new one; when it was held or fell through, the one planned first is completed instead."""


class MeetingPatch(MeetingFact):
    """``held_at`` makes it held; ``status`` alone says what became of it. What is not given stays."""

    kind = None


class InterviewShape(GateFactShape):
    held_at = Moment(source="at", read_only=True)
    problem = FreeText(read_only=True)
    problem_validated = Choice(Answer, blank=True, read_only=True)
    value_validated = Choice(Answer, blank=True, read_only=True)
    utp_validated = Choice(Answer, blank=True, read_only=True)
    quotes = FreeText(read_only=True)


class InterviewNew(OfLead, InterviewFact):
    """Without ``problem`` the lead's own stands."""


class AgreementShape(GateFactShape):
    at = Moment(read_only=True, help_text=_("Когда договорились"))
    agent_gives = serializers.CharField(read_only=True)
    bank_gives = serializers.CharField(read_only=True)


class AgreementNew(OfLead, AgreementFact):
    """Half an agreement is completed by the next one."""


class Facts(Readable):
    """201 for a new fact; 200 where what was known already has been completed."""

    resource = "leads"
    taken: ClassVar[type[Strict]]
    recorder: ClassVar[Any]
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "at": "at"}

    def create(self, request: Request) -> Response:
        values = self.checked(self.taken)
        since = timezone.now()
        fact = type(self).recorder(lead=values.pop("lead"), by=self.caller, at=clock.now(), **values)
        again = type(self).door(self.caller, fact.pk)
        return self.shown(again, status=201 if again.created_at >= since else 200)


def door_to_facts(facts: Any) -> Any:
    """The door to one fact of a kind, seen with its lead."""

    def door(user: User, pk: str) -> Any:
        rows: FactQuerySet = facts.for_list()
        return get_fact_for(user, rows, pk)

    return door


@extend_schema_view(create=extend_schema(request=MeetingNew, responses={200: MeetingShape, 201: MeetingShape}))
class Meetings(Facts):
    shape = MeetingShape
    taken = MeetingNew
    recorder = recording.record_meeting
    rows = Meeting.objects.for_list().visible_to
    door = door_to_facts(Meeting.objects)
    filterset_class = filters.MeetingFilter
    sorts = {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "planned_at": "planned_at",
        "held_at": "held_at",
    }

    @extend_schema(request=MeetingPatch, responses=MeetingShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        meeting = self.one()
        self.expected(meeting)
        changes = self.checked(MeetingPatch, partial=True)
        recording.record_meeting(lead=meeting.lead, by=self.caller, at=clock.now(), meeting=meeting, **changes)
        return self.shown(self.one())


@extend_schema_view(create=extend_schema(request=InterviewNew, responses={200: InterviewShape, 201: InterviewShape}))
class Interviews(Facts):
    """What somebody said is not rewritten: what was said later is an interview of its own."""

    shape = InterviewShape
    taken = InterviewNew
    recorder = recording.record_interview
    rows = Interview.objects.for_list().visible_to
    door = door_to_facts(Interview.objects)
    filterset_class = filters.InterviewFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "held_at": "at"}


@extend_schema_view(create=extend_schema(request=AgreementNew, responses={200: AgreementShape, 201: AgreementShape}))
class Agreements(Facts):
    shape = AgreementShape
    taken = AgreementNew
    recorder = recording.record_agreement
    rows = Agreement.objects.for_list().visible_to
    door = door_to_facts(Agreement.objects)
    filterset_class = filters.AgreementFilter
