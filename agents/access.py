"""The doors to one record of this room."""

from uuid import UUID

from accounts.access import one_visible
from accounts.models import User
from agents.models import Agent, Client, Initiative, Party, Segment, Utp


def get_party_for(user: User, pk: UUID | str, *, lock: bool = False) -> Party:
    return one_visible(Party.objects.for_list(), user, pk, lock=lock)


def get_agent_for(user: User, pk: UUID | str, *, lock: bool = False) -> Agent:
    return one_visible(Agent.objects.for_list(), user, pk, lock=lock)


def get_client_for(user: User, pk: UUID | str, *, lock: bool = False) -> Client:
    return one_visible(Client.objects.for_list(), user, pk, lock=lock)


def get_segment_for(user: User, pk: UUID | str, *, lock: bool = False) -> Segment:
    return one_visible(Segment.objects.for_list(), user, pk, lock=lock)


def get_utp_for(user: User, pk: UUID | str, *, lock: bool = False) -> Utp:
    return one_visible(Utp.objects.for_list(), user, pk, lock=lock)


def get_initiative_for(user: User, pk: UUID | str, *, lock: bool = False) -> Initiative:
    return one_visible(Initiative.objects.for_list(), user, pk, lock=lock)
