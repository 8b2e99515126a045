"""Leads that may be the same person twice."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from agents.models import Contact
from leads.models import Lead
from leads.querysets import LeadQuerySet
from leads.services.merging import RECORDS

MOST = 10


def likely_doubles(lead: Lead, user: User) -> LeadQuerySet:
    """Other open leads of the same funnel that the person sees: of the same party, of one with a contact or the very
    name of this one. Newest touched first."""
    if not lead.is_open:
        return Lead.objects.none()
    keys = Contact.objects.filter(party=lead.party_id).values("key")
    sharing = Contact.objects.filter(key__in=keys).values("party_id")
    same = Q(party_id=lead.party_id) | Q(party_id__in=sharing) | Q(party__sort_key=lead.party.sort_key)
    rows = Lead.objects.visible_to(user).open().filter(same, kind=lead.kind).exclude(pk=lead.pk)
    return rows.order_by("-touched_at", "pk")


def with_written(rows: "QuerySet[Lead]") -> "QuerySet[Lead]":
    """With ``written``: how many facts and notes hang off each lead."""
    total: Any = None
    for model in RECORDS:
        counted = (
            model.objects.filter(lead=OuterRef("pk")).order_by().values("lead").annotate(n=Count("pk")).values("n")
        )
        one = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        total = one if total is None else total + one
    return rows.annotate(written=total)
