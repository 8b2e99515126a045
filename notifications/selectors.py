"""Reading the bell: one's own lines, and of their leads only those that one may still see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.models import User
from leads.models import Lead
from leads.querysets import LeadQuerySet
from notifications.models import Mute, Notice


@dataclass(frozen=True, slots=True)
class Line:
    """A notice with its lead; ``lead`` is None where there is none, or it went out of the reader's sight."""

    notice: Notice
    lead: Lead | None
    muted: bool = False


@dataclass(frozen=True, slots=True)
class BellState:
    """What tells two looks at the bell apart: how many lines, how many unread, the newest, the last one read."""

    total: int
    unread: int
    newest: datetime | None
    last_read: datetime | None


def notices_of(user: User) -> QuerySet[Notice]:
    """One's own, newest first."""
    return Notice.objects.filter(user=user)


def with_leads(user: User, notices: Sequence[Notice]) -> list[Line]:
    """One query for the leads of all the lines, and one for the reader's scope."""
    ids = {notice.lead_id for notice in notices if notice.lead_id}
    visible = _visible(user).filter(pk__in=ids) if ids else ()
    leads = {lead.pk: lead for lead in visible}
    return [_line(notice, leads.get(notice.lead_id) if notice.lead_id else None) for notice in notices]


def _line(notice: Notice, lead: Any) -> Line:
    return Line(notice, lead, bool(lead and lead.muted))


def _visible(user: User) -> LeadQuerySet:
    """The leads that one may see, with whether one asked to hear less of them."""
    muted = Exists(Mute.objects.filter(user=user, lead=OuterRef("pk")))
    found: LeadQuerySet = Lead.objects.visible_to(user).select_related("party").annotate(muted=muted)
    return found


def muted_leads(user: User) -> LeadQuerySet:
    """Those one asked to hear less of, while one may see them; one query, with their parties."""
    found: LeadQuerySet = _visible(user).filter(muted=True).order_by("party__name", "pk")
    return found


def bell_state(user: User) -> BellState:
    """One query."""
    found = (
        notices_of(user)
        .order_by()
        .aggregate(
            total=Count("pk"),
            unread=Count("pk", filter=Q(read_at__isnull=True)),
            newest=Max("at"),
            last_read=Max("read_at"),
        )
    )
    return BellState(**found)
