"""The doors to one record of this room."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.access import one_visible
from accounts.models import User
from agents.models import Agent, Client, Consent, Contact, Initiative, Party, Segment, Utp
from common.errors import NotFound

M = TypeVar("M", bound=Model)
LONGEST = 18
"""Digits of a number that a column of ids can hold."""


def get_party_for(user: User, pk: UUID | str, *, lock: bool = False) -> Party:
    return one_visible(Party.objects.for_list(), user, pk, lock=lock)


def get_agent_for(user: User, pk: UUID | str, *, lock: bool = False) -> Agent:
    return one_visible(Agent.objects.for_list(), user, pk, lock=lock)


def get_client_for(user: User, pk: UUID | str, *, lock: bool = False) -> Client:
    return one_visible(Client.objects.for_list(), user, pk, lock=lock)


def contact_of(party: Party, pk: int | str, *, lock: bool = False) -> Contact:
    """A way to reach this party. Raises NotFound."""
    return _part_of(party.contacts.select_for_update() if lock else party.contacts.all(), pk)


def consent_of(party: Party, pk: int | str) -> Consent:
    """A consent of this party, in force or withdrawn. Raises NotFound."""
    return _part_of(party.consents.all(), pk)


def _part_of(rows: "QuerySet[M]", pk: int | str) -> M:
    number = str(pk)
    known = number.isascii() and number.isdigit() and len(number) <= LONGEST
    found = rows.filter(pk=number).first() if known else None
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def get_segment_for(user: User, pk: UUID | str, *, lock: bool = False) -> Segment:
    return one_visible(Segment.objects.for_list(), user, pk, lock=lock)


def get_utp_for(user: User, pk: UUID | str, *, lock: bool = False) -> Utp:
    return one_visible(Utp.objects.for_list(), user, pk, lock=lock)


def get_initiative_for(user: User, pk: UUID | str, *, lock: bool = False) -> Initiative:
    return one_visible(Initiative.objects.for_list(), user, pk, lock=lock)
