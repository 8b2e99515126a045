"""Reading initiatives: the list, and one initiative with its tabs («составной артефакт»)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agents.access import get_initiative_for
from agents.choices import Kind
from agents.filters import InitiativeFilter
from agents.models import Initiative, Segment, Utp
from common import clock
from funnel.audience import audience_of
from funnel.figures import FunnelQuery, funnel_table
from hypotheses.judging import decidable_first, states_of
from hypotheses.models import Hypothesis
from leads.models import Lead, ValuePromise
from leads.promises import kept_of
from leads.standing import counts_by_stage, segments_standing, signing_stages, utps_standing, with_lead_counts
from leads.value import bank_day
from web.hypotheses.lines import line_of
from web.listing import listing
from web.pages import page, person, show

SORTS = {"name": "name", "starts": "starts_on", "live": "live_leads", "leads": "all_leads"}
TABS = {
    "segments": _("Сегменты"),
    "hypotheses": _("Гипотезы и УТП"),
    "leads": _("Лиды"),
    "funnel": _("Воронка"),
}
KINDS = ((Kind.AGENT, _("Агенты")), (Kind.CLIENT, _("Клиенты")))


@page("GET")
def initiative_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    rows = with_lead_counts(
        Initiative.objects.visible_to(user).for_list(), Lead.objects.visible_to(user), "initiative", signing_stages()
    )
    asked = listing(request, InitiativeFilter, rows, named=("status", "product", "owner"), sorts=SORTS)
    return show(request, "initiatives/list.html", {"listing": asked}, fragment="results")


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    initiative = get_initiative_for(user, pk)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "segments"
    standing = with_lead_counts(
        Initiative.objects.visible_to(user).filter(pk=pk), Lead.objects.visible_to(user), "initiative", signing_stages()
    )
    context = {
        "initiative": initiative,
        "figures": standing.get(),
        "members": initiative.members.order_by("name"),
        "tab": tab,
        "tabs": TABS.items(),
        "kept": kept_of(
            ValuePromise.objects.visible_to(user).filter(lead__initiative=initiative), bank_day(clock.now())
        ),
        "value_of": f"initiative={initiative.pk}",
        **BODIES[tab](initiative, user),
    }
    return show(request, "initiatives/detail.html", context)


def _own_leads(initiative: Initiative, user: User) -> Any:
    return Lead.objects.visible_to(user).filter(initiative=initiative)


def _segments(initiative: Initiative, user: User) -> dict[str, Any]:
    """Its segments with their reach, and the leads of this initiative in each."""
    rows = Segment.objects.visible_to(user).filter(initiatives=initiative).select_related("parent")
    counted = segments_standing(rows, leads=_own_leads(initiative, user), stages=signing_stages())
    return {"segments": counted.order_by("kind", "name")}


def _hypotheses(initiative: Initiative, user: User) -> dict[str, Any]:
    """What is under test, the UTPs of its segments, and the leads of this initiative worked under each."""
    rows = Utp.objects.visible_to(user).filter(segment__initiatives=initiative).for_list()
    counted = utps_standing(rows, leads=_own_leads(initiative, user), stages=signing_stages())
    tests = Hypothesis.objects.visible_to(user).filter(initiative=initiative).for_list()[:TESTS_SHOWN]
    lines = [line_of(state, may_write=False) for state in decidable_first(states_of(list(tests), clock.now()))]
    return {"utps": counted.order_by("segment__name", "statement"), "lines": lines}


def _leads(initiative: Initiative, user: User) -> dict[str, Any]:
    counted = counts_by_stage(_own_leads(initiative, user))
    kinds = [(kind, label, [row for row in counted if row["kind"] == kind]) for kind, label in KINDS]
    return {"kinds": [(kind, label, rows) for kind, label, rows in kinds if rows]}


def _funnel(initiative: Initiative, user: User) -> dict[str, Any]:
    """Agents and clients side by side, counted from first entries, over the history that the reader may count."""
    audience, tables = audience_of(user), []
    for kind, label in KINDS:
        query = FunnelQuery(kind=kind, dimensions={"initiative_id": initiative.pk}, audience=audience)
        tables.append((kind, label, funnel_table(query)))
    return {"tables": tables}


TESTS_SHOWN = 100
Body = Callable[[Initiative, User], dict[str, Any]]
BODIES: dict[str, Body] = {
    "segments": _segments,
    "hypotheses": _hypotheses,
    "leads": _leads,
    "funnel": _funnel,
}
