"""Reading the community: the feed, and one finding with its evidence and what it brought."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from agents.models import Segment
from backlog.access import get_finding_for
from backlog.community import borrowed_by, findings_for, of_my_segments, with_figures
from backlog.filters import VIEWS, FindingFilter
from backlog.models import Finding
from web.community.lines import line_of
from web.listing import listing
from web.pages import page, person, show

SORTS = {"likes": "like_count", "effect": "effect"}
ORDERS = (("", _("Новые")), ("-likes", _("Полезные")), ("-effect", _("По эффекту")))


@page("GET")
def finding_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    rows = findings_for(user)
    # One's own segments first; who has none of his own there yet sees what the bank has found.
    own = of_my_segments(Finding.objects.visible_to(user).filter(retired=False), user)
    view = "mine" if "view" not in request.GET and own.exists() else "all"
    asked = listing(request, FindingFilter, rows, named=("metric", "segment"), sorts=SORTS, default={"view": view})
    context = {
        "listing": asked,
        "lines": [line_of(finding, user) for finding in asked.page],
        "view": asked.filterset.data["view"],
        "views": VIEWS,
        "sort": asked.query.get("sort", ""),
        "orders": ORDERS,
        "here": request.get_full_path(),
    }
    return show(request, "community/list.html", context, fragment="results")


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    get_finding_for(user, pk)
    finding = get_object_or_404(with_figures(Finding.objects.visible_to(user).for_list(), user), pk=pk)
    context = {
        "line": line_of(finding, user),
        "finding": finding,
        "segment": Segment.objects.visible_to(user).filter(pk=finding.segment_id).first(),
        "borrowed": borrowed_by(finding, user)[:10],
        "here": request.get_full_path(),
    }
    return show(request, "community/detail.html", context)
