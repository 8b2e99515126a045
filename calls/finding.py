"""Whose call it is: by what was named, else by the number, and never by a row that the caller does not see."""

from accounts.models import Team, User
from agents.choices import ContactType
from agents.models import Party
from leads.choices import Outcome
from leads.models import Lead

BY_PHONE = (ContactType.PHONE, ContactType.WHATSAPP)


def party_of(phone: str, by: User, owner: User | None) -> Party | None:
    """Who has this number (E.164), as far as the caller sees; of several, whom the employee looks after."""
    if not phone:
        return None
    rows = Party.objects.visible_to(by).filter(contacts__key=phone, contacts__type__in=BY_PHONE).distinct()
    found: list[Party] = list(rows.select_related("team").order_by("-updated_at", "id")[:20])
    own = [party for party in found if owner is not None and party.owner_id == owner.pk]
    return next(iter(own or found), None)


def lead_of(party: Party | None, by: User, owner: User | None) -> Lead | None:
    """The party's open lead that the caller sees; of several, the employee's own, then the one touched last."""
    if party is None or party.pk is None:
        return None
    rows = Lead.objects.visible_to(by).filter(party=party, outcome=Outcome.OPEN)
    found: list[Lead] = list(rows.select_related("team", "party").order_by("-touched_at", "id")[:20])
    own = [lead for lead in found if owner is not None and lead.owner_id == owner.pk]
    return next(iter(own or found), None)


def team_of(owner: User | None, lead: Lead | None, party: Party | None, by: User) -> Team | None:
    """Who sees the call: the team of whoever talked, else the one that works the lead, else the caller's own."""
    return next((row.team for row in (owner, lead, party, by) if row is not None and row.team is not None), None)
