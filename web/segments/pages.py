"""Reading segments: the two lists, and one segment with its branch, UTPs, leads and agents."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from agents.access import get_segment_for
from agents.choices import Kind
from agents.filters import SegmentFilter
from agents.models import Agent, Client, Initiative, Segment, Utp
from agents.selectors import branch_ids
from agents.services.offers import reach_warnings
from backlog.weeks import code_of
from common import clock
from common.together import read_together
from leads.models import Lead, ValuePromise
from leads.promises import kept_of, of_segments
from leads.standing import active_stages, count_of, segments_standing, signing_stages, utps_standing
from leads.value import bank_day
from plans.kpi import week_kpis
from web.listing import listing
from web.pages import page, person, show

SORTS = {"name": "name", "reach": "reach", "live": "live_leads", "leads": "all_leads"}
FEW_PARTIES = 20


@page("GET")
def segment_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    read = read_together({"stages": active_stages(), "initiative": Initiative.objects.visible_to(user)})
    visible, leads = Segment.objects.visible_to(user).for_list(), Lead.objects.visible_to(user)
    rows = segments_standing(visible, leads=leads, stages=signing_stages(read["stages"]))
    utps = Utp.objects.visible_to(user).filter(segment=OuterRef("pk"), active=True)
    rows = rows.annotate(utp_count=count_of(utps, "segment"))
    asked = listing(
        request, SegmentFilter, rows, named=("abc_class", "initiative"), sorts=SORTS, default={"kind": Kind.AGENT},
        offered={"initiative": read["initiative"]},
    )  # fmt: skip
    kind, today = asked.filterset.data["kind"], clock.now().astimezone(user.zone).date()
    monday = today - timedelta(days=today.weekday())
    shown = [segment.pk for segment in asked.page.object_list]
    own = [stage for stage in read["stages"] if stage.road == kind]  # the default funnels are named as their kinds
    kpis = week_kpis(viewer=user, stages=own, monday=monday, segment_ids=shown)
    context = {"listing": asked, "kind": kind, "kpis": kpis, "plan_code": code_of(monday)}
    return show(request, "segments/list.html", context, fragment="results")


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    segment = get_segment_for(user, pk)
    stages, leads = signing_stages(), Lead.objects.visible_to(user)
    context = {
        "segment": segments_standing(
            Segment.objects.visible_to(user).for_list().filter(pk=segment.pk), leads=leads, stages=stages
        ).get(),
        "signing": stages.get(segment.kind),
        "utps": utps_standing(Utp.objects.visible_to(user).filter(segment=segment), leads=leads, stages=stages),
        "initiatives": Initiative.objects.visible_to(user).filter(segments=segment),
        "warnings": reach_warnings(segment),
        **_branch(segment, user, stages),
        **_parties(segment, user),
        "kept": kept_of(of_segments(ValuePromise.objects.visible_to(user), [segment]), bank_day(clock.now())),
        "value_of": f"segment={segment.pk}",
    }
    return show(request, "segments/detail.html", context)


def _branch(segment: Segment, user: User, stages: dict[str, Any]) -> dict[str, Any]:
    """The parent where it may be seen, the children, and how much of the reach they take."""
    visible = Segment.objects.visible_to(user)
    children = segments_standing(visible.filter(parent=segment), leads=Lead.objects.visible_to(user), stages=stages)
    rows = list(children)
    parent = visible.filter(pk=segment.parent_id).first() if segment.parent_id else None
    return {"parent": parent, "children": rows, "used": sum(child.reach or 0 for child in rows)}


def _parties(segment: Segment, user: User) -> dict[str, Any]:
    model = Agent if segment.kind == Kind.AGENT else Client
    parties = model.objects.visible_to(user).filter(segment__in=branch_ids([segment.pk])).for_list()
    rows = list(parties[: FEW_PARTIES + 1])
    return {"parties": rows[:FEW_PARTIES], "more_parties": len(rows) > FEW_PARTIES}
