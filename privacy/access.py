"""Who deals with requests about personal data: administrators do, auditors read."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import demand_administrator, demand_settings
from accounts.models import User
from agents.access import get_party_for
from agents.models import Party
from common.errors import NotFound
from privacy.models import Erasure, LegalHold, SubjectExport


def demand_reader(user: User) -> None:
    demand_settings(user)


def demand_officer(user: User) -> None:
    demand_administrator(user)


def get_subject_for(user: User, pk: UUID | str) -> Party:
    """Raises NotAllowed, NotFound."""
    demand_reader(user)
    return get_party_for(user, pk)


def get_erasure_for(user: User, pk: UUID) -> Erasure:
    demand_reader(user)
    found = Erasure.objects.select_related("party", "asked_by", "confirmed_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def get_export_for(user: User, pk: UUID) -> SubjectExport:
    """One's own: a file with everything about a person is for whoever asked for it."""
    demand_officer(user)
    found = SubjectExport.objects.select_related("party").filter(pk=pk, by=user).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def live_hold(party: Party) -> LegalHold | None:
    return LegalHold.objects.select_related("by").filter(party=party, lifted_at__isnull=True).first()
