"""What others ask of the parties."""

from collections.abc import Iterable
from uuid import UUID

from agents.models import Consent


def has_live_consent(party_ids: Iterable[UUID], purpose: str) -> set[UUID]:
    """Those of the parties whose consent for the purpose is in force now; one query. Ask at the moment of use: a
    consent seen when a letter was planned may be gone when it is sent."""
    live = Consent.objects.filter(party_id__in=set(party_ids), purpose=purpose, withdrawn_at__isnull=True)
    return set(live.values_list("party_id", flat=True))
