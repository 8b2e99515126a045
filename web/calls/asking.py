"""What the journal is asked: one period for its rows, its airtime and its file."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from calls.filters import CallFilter
from calls.models import Call
from calls.selectors import Airtime, total
from web.listing import Listing, listing

NAMED = ("direction", "result", "likely_empty", "owner", "team")
SORTS = {"at": "at", "length": "duration_seconds", "owner": "owner__name"}
SPANS = {"7": _("7 дней"), "30": _("30 дней"), "90": _("90 дней"), "365": _("Год"), "all": _("Всё время")}
USUAL = "7"
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Asked:
    """``days`` is the chosen span; empty where the address names a period of its own."""

    listing: Listing
    days: str
    whole: Airtime
    year_ago: Airtime | None


def ask(request: HttpRequest, user: User, at: datetime) -> Asked:
    """Two counts: of the period, and of the same one a year ago."""
    own = any(request.GET.get(f"at_{end}") for end in ("after", "before"))
    wanted = request.GET.get("days", "")
    days = "" if own else wanted if wanted in SPANS else USUAL
    every = Call.objects.visible_to(user).for_list().order_by("-at", "-pk")
    span = timedelta(days=int(days)) if days.isdigit() else None
    within = every.filter(at__gte=at - span) if span else every
    asked = listing(request, CallFilter, within, named=NAMED, sorts=SORTS)
    past = None
    if span:
        before = every.filter(at__gte=at - span - YEAR, at__lt=at - YEAR)
        past = total(CallFilter(asked.filterset.data, queryset=before, request=request).qs)
    return Asked(asked, days, total(asked.filterset.qs), past)
