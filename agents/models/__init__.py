from agents.models.offer import Initiative, InitiativeMember, InitiativeSegment, Product, Segment, Utp
from agents.models.party import Agent, Client, Consent, Contact, Party
from agents.models.rates import CurrencyRate

__all__ = [
    "Agent",
    "Client",
    "Consent",
    "Contact",
    "CurrencyRate",
    "Initiative",
    "InitiativeMember",
    "InitiativeSegment",
    "Party",
    "Product",
    "Segment",
    "Utp",
]
