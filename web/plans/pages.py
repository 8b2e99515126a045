"""The page of a plan, and the block of it that every press gets back."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.access import may_plan
from agents.models import Segment
from common import clock
from funnel import rollups
from plans.services import is_over
from web.pages import page, person, show
from web.plans.asking import Asked, asked_of, this_week
from web.plans.lines import Refused, lines_of, totals_of


@page("GET")
def current(request: HttpRequest) -> HttpResponse:
    """To the week that runs now by the reader's own calendar."""
    where, query = reverse("plans:page", args=[this_week(person(request))]), request.GET.urlencode()
    return HttpResponseRedirect(f"{where}?{query}" if query else where)


@page("GET")
def week(request: HttpRequest, code: str) -> HttpResponse:
    return show_plan(request, asked_of(request, code))


def show_plan(
    request: HttpRequest, asked: Asked, *, status: int = 200, refused: Refused | None = None, wrong: str = ""
) -> HttpResponse:
    """The whole page, or the block ``#plan``. ``refused`` belongs to a row, ``wrong`` stands above all."""
    at = clock.now()
    found = asked.found(at)
    writes = may_plan(asked.user, asked.writer) and not is_over(asked.writer, asked.monday, at)
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "lines": lines_of(found, asked, refused),
        "totals": totals_of(found, asked),
        "outside": list(zip(found.stages, found.outside, strict=True)) if any(found.outside) else [],
        "as_of": rollups.as_of(),
        "over": is_over(asked.writer, asked.monday, at),
        "writes": writes,
        "wrong": wrong,
        "funnels": [
            (reverse("plans:page", args=[asked.code]) + asked.query(funnel=row.code), row.name, row == asked.funnel)
            for row in asked.funnels
        ],
        "before": asked.url(weeks=-1),
        "after": asked.url(weeks=1),
        "add_url": asked.url("plans:add"),
        "copy_url": asked.url("plans:copy"),
        "segments": _free_segments(asked, found.rows) if writes else [],
        "is_now": asked.code == this_week(asked.user),
        "week_url": reverse("week:page", args=[asked.code]) + (f"?owner={asked.owner.pk}" if asked.owner else ""),
    }
    return show(request, "plans/page.html", context, fragment="plan", status=status)


def _free_segments(asked: Asked, rows: Any) -> list[Segment]:
    """What may still be planned for this person: the funnel's segments without a row of his."""
    taken = {row.plan.segment_id for row in rows if row.plan.owner_id == asked.writer.pk}
    return [one for one in Segment.objects.visible_to(asked.user).of_kind(asked.funnel.kind) if one.pk not in taken]
