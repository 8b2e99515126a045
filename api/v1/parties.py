"""Agents and clients: who somebody is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scope import people
from agents.access import get_agent_for, get_client_for
from agents.choices import (
    AgentStatus,
    BantMark,
    ConsentPurpose,
    ConsentSource,
    ContactType,
    Grade,
    Kind,
    LegalForm,
    Partnership,
)
from agents.filters import AgentFilter, ClientFilter
from agents.models import Agent, Client, Party, Segment
from agents.services import bant, consents, parties, upserts
from api.fields import Choice, Day, Flag, Moment, Ref, Text, Whole, Words
from api.personal import OF_PEOPLE, FreeText, PersonContact, PersonName, PersonTaxId, PersonText
from api.problems import Entry
from api.resources import Readable
from api.shapes import FromOutside, Pair, SourceVersion, Strict
from api.v1.party_drafts import bant_of, draft_of, message_of
from common import clock
from common.errors import FieldError
from leads.choices import BlockerCategory, BlockerStatus

COUNT_MOST = 2_147_483_647
BY_EXTERNAL = gettext_lazy("Создать или обновить по внешнему номеру")


class ContactShape(Strict):
    type = Choice(ContactType)
    value = PersonContact(max_length=200)
    person = PersonName(max_length=120, required=False, allow_blank=True, always=True)
    preferred = Flag(required=False)
    note = PersonText(max_length=200, required=False, allow_blank=True)


class Contacts(serializers.ListField):
    """Contacts of a new party. On a known one they are added and removed by deeds of their own."""

    MOST = 20
    """Of one request. Those of a known party may be more: the document must not promise otherwise of answers."""
    child = ContactShape()

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self.MOST:
            message = _("Не больше %(most)s контактов за раз.") % {"most": self.MOST}
            raise serializers.ValidationError(message, code="max_length")
        found: list[Any] = super().to_internal_value(data)
        return found

    def to_representation(self, data: Any) -> list[Any]:
        return [self.child.to_representation(contact) for contact in data.all()]


class ConsentNew(Strict):
    purpose = Choice(ConsentPurpose, help_text=_("На что дано; на каждую цель действует одно"))
    source = Choice(ConsentSource, help_text=_("Как получено"))
    text_version = Text(max_length=consents.VERSION_LENGTH, help_text=_("Редакция текста: номер или дата"))
    given_at = Moment(required=False, help_text=_("Когда дано; без него — сейчас"))
    expires_at = Moment(required=False, help_text=_("До какого времени; без него — по правилу банка или до отзыва"))
    evidence = PersonText(
        max_length=consents.EVIDENCE_LENGTH, required=False, allow_blank=True,
        help_text=_("Чем подтверждается: номер бумаги, записи звонка, файла"),
    )  # fmt: skip
    text = Text(
        max_length=consents.TEXT_LENGTH, required=False, allow_blank=True, write_only=True,
        help_text=_("Текст, на который согласились; сохраняется его отпечаток"),
    )  # fmt: skip


class PartyShape(FromOutside):
    expandable: ClassVar[tuple[str, ...]] = ("segment", "owner", "team")

    kind = Choice(LegalForm, source="legal_form", required=False)
    name = PersonName(max_length=200)
    contacts = Contacts(required=False)
    segment = Ref(Segment.objects.visible_to, required=False, allow_null=True)
    city = Words(max_length=120)
    tax_id = PersonTaxId(max_length=20, required=False, allow_blank=True)
    owner = Ref(people, required=False, allow_null=True)
    team = Ref(allow_null=True)
    expanded = serializers.DictField(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.partial and "contacts" in attrs:
            message = _("Контакты известной записи меняются по своему адресу: contacts/.")
            raise serializers.ValidationError({"contacts": [serializers.ErrorDetail(message, code="read_only")]})
        return super().validate(attrs)


class BantAnswerShape(Strict):
    mark = Choice(BantMark)
    note = Words(max_length=200)
    known_at = Day(required=False, allow_null=True)
    source = Words(max_length=200)


class BantShape(Strict):
    """The four questions; null where nobody asked yet."""

    budget = BantAnswerShape(required=False, allow_null=True)
    authority = BantAnswerShape(required=False, allow_null=True)
    need = BantAnswerShape(required=False, allow_null=True)
    timeline = BantAnswerShape(required=False, allow_null=True)

    def get_attribute(self, instance: Party) -> Party:
        return instance

    def to_representation(self, instance: Party) -> dict[str, Any]:
        answers = bant.answers_of(instance)
        shown = BantAnswerShape()
        return {str(name): shown.to_representation(one) if one else None for name, one in answers.items()}


class AgentShape(PartyShape):
    status = Choice(AgentStatus, required=False)
    partnership = Choice(Partnership, blank=True, required=False)
    grade = Choice(Grade, required=False)
    bant = BantShape(required=False)
    client_base_size = Whole(required=False, allow_null=True, min_value=0, max_value=COUNT_MOST)
    client_base_at = Day(required=False, allow_null=True)
    client_base_source = Words(max_length=200)


class BlockerLine(serializers.Serializer[Any]):
    """What on the bank's side keeps a client from buying."""

    id = serializers.UUIDField()
    category = serializers.ChoiceField(choices=BlockerCategory.values)
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=BlockerStatus.values)


class ClientShape(PartyShape):
    expandable = ("segment", "owner", "team", "agent")

    agent = Ref(Agent.objects.visible_to, required=False, allow_null=True)
    problem = FreeText()
    resources = FreeText()
    blockers = BlockerLine(many=True, read_only=True)


class AgentUpsert(AgentShape):
    """The same with the pair of the other system in the address."""

    source = None
    external_id = None
    source_version = SourceVersion()


class ClientUpsert(ClientShape):
    source = None
    external_id = None
    source_version = SourceVersion()


class Parties(Readable):
    """Both faces of the party; they differ in shape and kind."""

    kind: ClassVar[str]
    personal = OF_PEOPLE
    shape: ClassVar[type[PartyShape]]
    upsert_shape: ClassVar[type[PartyShape]]
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "name": "sort_key"}
    renamed = {"contact": "contacts"}

    def place(self, item: FieldError) -> Entry:
        """BANT's errors are told as ``question-part``, as its form names them."""
        question, dash, part = item.field.partition("-")
        found = replace(item, field=f"bant.{question}.{part}") if dash else item
        return super().place(found)

    def create(self, request: Request) -> Response:
        values = self.checked(self.shape)
        answers = values.pop("bant", None)
        with transaction.atomic():
            draft = draft_of(self.kind, values)
            party = parties.create_party(by=self.caller, draft=draft, owner=values.get("owner"))
            if answers:
                self._answer_bant(party, answers)
        return self.shown(self._again(party), status=201)

    def _upserted(self, source: str, external_id: str) -> Response:
        pair = Pair(data={"source": source, "external_id": external_id})
        pair.is_valid(raise_exception=True)
        message = message_of(self.kind, self.checked(self.upsert_shape) | pair.validated_data)
        party, made = upserts.upsert_party(by=self.caller, message=message, today=self._today())
        return self.shown(self._again(party), status=201 if made else 200)

    def partial_update(self, request: Request, pk: str) -> Response:
        party = self.one()
        expected = self.expected(party)
        changes = self.checked(self.shape, partial=True)
        answers = changes.pop("bant", None)
        with transaction.atomic():
            saved = parties.update_party(party=party, by=self.caller, changes=changes, expected_version=expected)
            if answers is not None:
                self._answer_bant(saved, answers)
        return self.shown(self._again(party))

    def _answer_bant(self, party: Party, answers: Mapping[str, Any]) -> None:
        bant.answer_bant(agent=party, by=self.caller, answers=bant_of(answers), today=self._today())

    def _today(self) -> date:
        return clock.now().astimezone(self.caller.zone).date()

    def _again(self, party: Party) -> Party:
        found: Party = type(self).door(self.caller, party.pk)
        return found


class Agents(Parties):
    resource = "agents"
    kind = Kind.AGENT
    shape = AgentShape
    upsert_shape = AgentUpsert
    rows = Agent.objects.for_list().prefetch_related("contacts").visible_to
    door = get_agent_for
    filterset_class = AgentFilter

    @extend_schema(request=AgentShape, responses={201: AgentShape})
    def create(self, request: Request) -> Response:
        return super().create(request)

    @extend_schema(summary=BY_EXTERNAL, request=AgentUpsert, responses={200: AgentShape, 201: AgentShape})
    def upsert(self, request: Request, source: str, external_id: str) -> Response:
        return self._upserted(source, external_id)


class Clients(Parties):
    resource = "clients"
    kind = Kind.CLIENT
    shape = ClientShape
    upsert_shape = ClientUpsert
    rows = Client.objects.for_list().prefetch_related("contacts", "blockers").visible_to
    door = get_client_for
    filterset_class = ClientFilter

    @extend_schema(request=ClientShape, responses={201: ClientShape})
    def create(self, request: Request) -> Response:
        return super().create(request)

    @extend_schema(summary=BY_EXTERNAL, request=ClientUpsert, responses={200: ClientShape, 201: ClientShape})
    def upsert(self, request: Request, source: str, external_id: str) -> Response:
        return self._upserted(source, external_id)
