"""What hangs off an agent or a client, seen with him: ways to reach him, and what he lets the bank do with his data."""

from dataclasses import dataclass
from typing import Any, ClassVar
from zlib import crc32

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.access import consent_of, contact_of, get_agent_for, get_client_for
from agents.choices import ConsentState
from agents.models import Consent, Contact, Party
from agents.services import consents, contacts
from api import etags
from api.fields import Flag, Moment
from api.personal import PersonName, PersonText
from api.resources import Resource
from api.shapes import Nothing, Strict
from api.v1.parties import ConsentNew, ContactShape
from common import clock


class ContactLine(ContactShape):
    id = serializers.CharField(read_only=True)


class ContactPatch(Strict):
    """Another number is another contact: add it, and remove this one."""

    person = PersonName(max_length=120, required=False, allow_blank=True, always=True, help_text=_("Кого так найти"))
    preferred = Flag(required=False, help_text=_("С него начинают; отметка одна на запись"))
    note = PersonText(max_length=200, required=False, allow_blank=True, help_text=_("Когда и как связаться"))


class ConsentLine(ConsentNew):
    id = serializers.CharField(read_only=True)
    given_at = Moment(read_only=True)
    text_hash = serializers.CharField(read_only=True, help_text=_("SHA-256 текста; пусто, если текста не дали"))
    expires_at = Moment(read_only=True, allow_null=True)
    withdrawn_at = Moment(read_only=True, allow_null=True)
    live = serializers.BooleanField(source="is_live", read_only=True, help_text=_("Действует ли"))
    state = serializers.ChoiceField(ConsentState.values, read_only=True, help_text=_("Действует, отозвано или истекло"))


@dataclass(frozen=True, slots=True)
class Stamp:
    """A contact keeps no version: what stands in it is its version."""

    version: int

    @staticmethod
    def of(contact: Contact) -> Any:
        return Stamp(crc32(repr((contact.value, contact.person, contact.preferred, contact.note)).encode()))


class Parts(Resource):
    """``pk`` in the address is the agent's or the client's."""

    line: ClassVar[type[Strict]]
    noun: ClassVar[str]
    sorts: ClassVar[dict[str, str]] = {"id": "id"}
    default_sort = "id"

    @property
    def shaped(self) -> bool:
        return False

    def get_serializer_class(self) -> Any:
        return self.line

    def list(self, request: Request, pk: str) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def made(self, row: Any) -> Response:
        location = f"/api/v1/{self.basename}/{self.kwargs['pk']}/{self.noun}/{row.pk}/"
        return Response(self.get_serializer(row).data, status=201, headers={"Location": location})


class PartyContacts(Parts):
    http_method_names = [*Resource.http_method_names, "delete"]
    line = ContactLine
    noun = "contacts"
    renamed = {"contact": "value"}

    def get_queryset(self) -> "QuerySet[Contact]":
        party: Party = self.one()
        return party.contacts.all()

    @extend_schema(summary=_("Один контакт"), responses=ContactLine)
    def retrieve(self, request: Request, pk: str, contact: str) -> Response:
        return self._tagged(contact_of(self.one(), contact))

    @extend_schema(request=ContactLine, responses={201: ContactLine})
    def create(self, request: Request, pk: str) -> Response:
        party, values = self.one(), self.checked(ContactLine)
        draft = contacts.ContactDraft(**values)
        return self.made(contacts.add_contact(party=party, by=self.caller, draft=draft))

    @extend_schema(request=ContactPatch, responses=ContactLine)
    @transaction.atomic
    def partial_update(self, request: Request, pk: str, contact: str) -> Response:
        found = self._expected(contact)
        changes = self.checked(ContactPatch, partial=True)
        return self._tagged(contacts.update_contact(contact=found, by=self.caller, changes=changes))

    @extend_schema(summary=_("Убрать"), responses={204: None})
    @transaction.atomic
    def destroy(self, request: Request, pk: str, contact: str) -> Response:
        contacts.remove_contact(contact=self._expected(contact), by=self.caller)
        return Response(status=204)

    def _expected(self, pk: str) -> Contact:
        """Locked, and just as ``If-Match`` says that the caller saw it."""
        found = contact_of(self.one(), pk, lock=True)
        self.expected(Stamp.of(found))
        return found

    def _tagged(self, contact: Contact) -> Response:
        data = self.get_serializer(contact).data
        return Response(data, headers={"ETag": etags.etag_of(Stamp.of(contact), data)})


class PartyConsents(Parts):
    line = ConsentLine
    noun = "consents"

    def get_queryset(self) -> "QuerySet[Consent]":
        party: Party = self.one()
        return party.consents.all()

    @extend_schema(summary=_("Одно согласие"), responses=ConsentLine)
    def retrieve(self, request: Request, pk: str, consent: str) -> Response:
        return Response(self.get_serializer(consent_of(self.one(), consent)).data)

    @extend_schema(request=ConsentNew, responses={201: ConsentLine})
    def create(self, request: Request, pk: str) -> Response:
        party, values, at = self.one(), self.checked(ConsentNew), clock.now()
        given_at = values.pop("given_at", at)
        made = consents.record_consent(party=party, by=self.caller, at=at, given_at=given_at, **values)
        return self.made(made)

    @extend_schema(summary=_("Отозвать"), request=Nothing, responses=ConsentLine)
    def withdraw(self, request: Request, pk: str, consent: str) -> Response:
        self.checked(Nothing)
        found = consent_of(self.one(), consent)
        withdrawn = consents.withdraw_consent(consent=found, by=self.caller, at=clock.now())
        return Response(self.get_serializer(withdrawn).data)


class AgentContacts(PartyContacts):
    resource = "agents"
    door = get_agent_for


class ClientContacts(PartyContacts):
    resource = "clients"
    door = get_client_for


class AgentConsents(PartyConsents):
    resource = "agents"
    door = get_agent_for


class ClientConsents(PartyConsents):
    resource = "clients"
    door = get_client_for


def parts_of(noun: str, contact_view: Any, consent_view: Any) -> Any:
    """(address, view, name) of the parts of agents or clients."""
    one = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
    many = {"get": "list", "post": "create"}
    return [
        (f"{noun}/<str:pk>/contacts/", contact_view.as_view(many, basename=noun), f"{noun}-contacts"),
        (f"{noun}/<str:pk>/contacts/<str:contact>/", contact_view.as_view(one, basename=noun), f"{noun}-contact"),
        (f"{noun}/<str:pk>/consents/", consent_view.as_view(many, basename=noun), f"{noun}-consents"),
        (
            f"{noun}/<str:pk>/consents/<str:consent>/",
            consent_view.as_view({"get": "retrieve"}, basename=noun),
            f"{noun}-consent",
        ),
        (
            f"{noun}/<str:pk>/consents/<str:consent>/withdraw/",
            consent_view.as_view({"post": "withdraw"}, basename=noun),
            f"{noun}-consent-withdraw",
        ),
    ]


PARTS = (
    *parts_of("agents", AgentContacts, AgentConsents),
    *parts_of("clients", ClientContacts, ClientConsents),
)
