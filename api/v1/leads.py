"""Leads and their deeds: taking in, changing, moving, closing, reopening, handing over."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from agents.services.parties import PartyDraft
from api.personal import OF_PEOPLE
from api.problems import Entry, default_place
from api.resources import Readable
from api.shapes import Pair, Strict
from api.v1 import lead_shapes as shapes
from api.v1.party_drafts import consents_of, contact_drafts
from backlog.scored import get_scored_lead_for, scored
from common import clock
from common.errors import FieldError, Invalid
from funnel import log
from funnel.choices import Origin
from funnel.models import Stage
from leads.drafts import KnownLead, LeadDraft, Status, Taken
from leads.facts import FACTS
from leads.filters import LeadFilter
from leads.models import Lead
from leads.promises import worst_state
from leads.services import editing, intake, merging, moves, outcomes
from leads.services.recording import RECORDERS
from leads.value import bank_day

RELATED = ("segment", "agent", "initiative", "utp", "product", "lead_generator")
OWN = ("problem", "resources", "amount", "currency", "source_channel", "base", "tags", "next_action", "next_action_at")
STEP = ("next_action", "next_action_at")
_RENAMED = {"close": {"reason": "loss_reason", "note": "reason"}}


def _leads(user: User) -> "QuerySet[Lead]":
    rows = scored(Lead.objects.for_card().visible_to(user)).prefetch_related("party__contacts")
    return rows.annotate(promised=worst_state(bank_day(clock.now())))


class Leads(Readable):
    resource = "leads"
    personal = OF_PEOPLE
    shape = shapes.LeadShape
    rows = _leads
    door = get_scored_lead_for
    filterset_class = LeadFilter
    sorts = {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "stage_entered_at": "stage_entered_at",
        "next_action_at": "next_action_at",
        "amount": "amount",
        "name": "party__sort_key",
        "stage": "stage__position",
    }

    def get_queryset(self) -> "QuerySet[Lead]":
        """A list joins what it shows by more than its id, and what ``expand`` names: planning a dozen joins would cost
        more than reading the rows."""
        rows: QuerySet[Lead] = super().get_queryset()
        if self.action != "list":
            return rows
        expanded = self.get_serializer_context()["expand"]
        return rows.select_related(None).select_related("party", "stage", "loss_reason", "score", "utp", *expanded)

    def place(self, item: FieldError) -> Entry:
        """Facts are named by code, and pointed to where they may be sent along."""
        record, *rest = item.field.split(".")
        if item.code == "missing" and record in FACTS:
            inside = f"facts/{FACTS[record].record}" if self.action == "moves" else _of_new_lead(record)
            return {"pointer": f"#/{inside}", "code": "missing", "detail": item.message, "fact": record}
        if self.action == "moves" and rest and record in RECORDERS:
            return default_place(FieldError(f"facts.{item.field}", item.code, item.message))
        name = _RENAMED.get(self.action or "", {"contact": "contacts"}).get(item.field, item.field)
        return default_place(FieldError(name, item.code, item.message))

    @extend_schema(request=shapes.LeadNew, responses={201: shapes.LeadShape})
    def create(self, request: Request) -> Response:
        draft = draft_of(self.checked(shapes.LeadNew))
        with transaction.atomic():
            taken = self._take(draft)
            if taken.status is not Status.CREATED:
                known = get_scored_lead_for(self.caller, str(taken.lead_id))
                raise KnownLead(
                    gettext("Лид с таким внешним номером уже есть. Чтобы обновить его, пришлите PUT."), known
                )
        return self.shown(get_scored_lead_for(self.caller, str(taken.lead_id)), status=201)

    @extend_schema(
        summary=_("Создать или обновить по внешнему номеру"),
        request=shapes.LeadUpsert,
        responses={200: shapes.LeadShape, 201: shapes.LeadShape},
    )
    def upsert(self, request: Request, source: str, external_id: str) -> Response:
        pair = Pair(data={"source": source, "external_id": external_id})
        pair.is_valid(raise_exception=True)
        taken = self._take(draft_of(self.checked(shapes.LeadUpsert) | pair.validated_data))
        lead = get_scored_lead_for(self.caller, str(taken.lead_id))
        return self.shown(lead, status=201 if taken.status is Status.CREATED else 200)

    def _take(self, draft: LeadDraft) -> Taken:
        taken = intake.take_in(drafts=[draft], by=self.caller, at=clock.now(), origin=Origin.API)[0]
        if taken.refusal is not None:
            raise taken.refusal
        return taken

    @extend_schema(request=shapes.LeadPatch, responses=shapes.LeadShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        lead = self.one()
        expected = self.expected(lead)
        changes = self.checked(shapes.LeadPatch, partial=True)
        step = {name: changes.pop(name) for name in STEP if name in changes}
        with transaction.atomic():
            changed = editing.update_lead(lead=lead, by=self.caller, changes=changes, expected_version=expected)
            if step:
                self._plan(changed, step)
        return self.shown(self.one())

    def _plan(self, lead: Lead, step: Mapping[str, Any]) -> None:
        editing.plan_next_step(
            lead=lead,
            by=self.caller,
            at=clock.now(),
            step_at=step.get("next_action_at", lead.next_action_at),
            text=step.get("next_action", lead.next_action),
            expected_version=lead.version,
        )

    @extend_schema(methods=["GET"], summary=_("История этапов"), responses=shapes.MoveList)
    @extend_schema(
        methods=["POST"],
        summary=_("Перевести на этап"),
        request=shapes.MoveNew,
        responses={200: shapes.MoveMade, 201: shapes.MoveMade},
    )
    @action(detail=True, methods=["get", "post"])
    def moves(self, request: Request, pk: str) -> Response:
        lead = self.one()
        if request.method != "POST":
            return Response({"data": shapes.MoveLine(log.history(lead.pk), many=True).data, "next": None})
        values = self.checked(shapes.MoveNew)
        version = lead.version
        moved = moves.move(
            lead=lead,
            to=stage_of(lead, values.pop("to")),
            by=self.caller,
            at=clock.now(),
            origin=Origin.API,
            expected_version=self.expected(lead, required=False),
            **values,
        )
        return self._moved(moved, status=201 if moved.version != version else 200)

    def _moved(self, lead: Lead, *, status: int) -> Response:
        """The last entry of the history with the lead; 200 where it stood there already."""
        entry: Any = log.history(lead.pk)[-1]
        entry.lead = self.one()
        return Response(shapes.MoveMade(entry, context=self.get_serializer_context()).data, status=status)

    @extend_schema(summary=_("Закрыть"), request=shapes.CloseNew, responses=shapes.LeadShape)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        lead, values = self.one(), self.checked(shapes.CloseNew)
        outcomes.close(
            lead=lead,
            outcome=values["outcome"],
            by=self.caller,
            at=clock.now(),
            reason=values.get("loss_reason"),
            note=values.get("reason", ""),
            return_on=values.get("return_on"),
            origin=Origin.API,
            expected_version=self.expected(lead, required=False),
        )
        return self.shown(self.one())

    @extend_schema(summary=_("Вернуть в работу"), request=shapes.ReopenNew, responses=shapes.LeadShape)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        lead, values = self.one(), self.checked(shapes.ReopenNew)
        outcomes.reopen(
            lead=lead,
            by=self.caller,
            at=clock.now(),
            origin=Origin.API,
            expected_version=self.expected(lead, required=False),
            **values,
        )
        return self.shown(self.one())

    @extend_schema(summary=_("Передать"), request=shapes.AssignNew, responses=shapes.LeadShape)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        lead, values = self.one(), self.checked(shapes.AssignNew)
        expected = self.expected(lead, required=False)
        editing.assign(lead=lead, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())

    @extend_schema(summary=_("Объединить с лишним"), request=shapes.MergeNew, responses=shapes.LeadShape)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        return self._joined(merging.merge, shapes.MergeNew)

    @extend_schema(summary=_("Разъединить"), request=shapes.UnmergeNew, responses=shapes.LeadShape)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, pk: str) -> Response:
        return self._joined(merging.unmerge, shapes.UnmergeNew)

    def _joined(self, deed: Callable[..., Lead], shape: type[Strict]) -> Response:
        lead, values = self.one(), self.checked(shape)
        expected = self.expected(lead, required=False)
        other = values.pop("lead")
        deed(
            lead=lead, other=other, by=self.caller, at=clock.now(), origin=Origin.API, expected_version=expected,
            **values,
        )  # fmt: skip
        return self.shown(self.one())


def stage_of(lead: Lead, code: str) -> Stage:
    """A stage of the lead's own funnel by its code. Raises Invalid."""
    found = Stage.objects.of_funnel(lead.stage.funnel_id).filter(code=code).first()
    if found is None:
        message = gettext("Этапа «%(code)s» в этой воронке нет.") % {"code": code}
        raise Invalid(message, [FieldError("to", "unknown", message)])
    return found


def draft_of(values: Mapping[str, Any]) -> LeadDraft:
    """A new lead's values as the draft that the service takes; what was not given stays out of it."""
    fields = {f"{name}_id": values[name].pk for name in RELATED if values.get(name)}
    fields |= {name: values[name] for name in OWN if values.get(name) is not None}
    known = values.get("party")
    party = None
    if known is None:
        contacts = contact_drafts(values.get("contacts", []))
        party = PartyDraft(kind=values["kind"], name=values["name"], contacts=contacts)
    return LeadDraft(
        kind=values["kind"],
        party=party,
        party_id=known.pk if known is not None else None,
        owner=values.get("owner"),
        source=values.get("source", ""),
        external_id=values.get("external_id", ""),
        source_version=values.get("source_version"),
        consents=consents_of(values.get("consent")),
        fields=fields,
    )


def _of_new_lead(fact: str) -> str:
    """Where in a new lead's body a fact of the first gate stands."""
    return {"contact": "contacts"}.get(fact, fact)
