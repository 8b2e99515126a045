"""Where the cards of parties and leads stand."""

from uuid import UUID

from django.urls import reverse

from agents.choices import Kind
from agents.models import Party


def party_address(party: Party) -> str:
    name = "agents:card" if party.kind == Kind.AGENT else "agents:client"
    return reverse(name, args=[party.pk])


def lead_address(pk: UUID) -> str:
    return reverse("leads:card", args=[pk])
