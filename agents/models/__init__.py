from agents.models.offer import Initiative, InitiativeMember, InitiativeSegment, Product, Segment, Utp
from agents.models.party import Agent, Client, Consent, Contact, Party

__all__ = [
    "Agent",
    "Client",
    "Consent",
    "Contact",
    "Initiative",
    "InitiativeMember",
    "InitiativeSegment",
    "Party",
    "Product",
    "Segment",
    "Utp",
]
