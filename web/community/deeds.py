"""What is done to a finding by one press: useful, taken, retired."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backlog.access import get_finding_for
from backlog.community import findings_for, fits, goals_to_serve
from backlog.services import findings
from common import clock
from common.errors import Refused
from web.community.forms import BorrowForm
from web.community.lines import line_of
from web.pages import goes_to, is_fragment, next_address, only_once, page, person, show
from web.record_forms import writer


@page("POST")
def like(request: HttpRequest, pk: UUID) -> HttpResponse:
    """«Полезно», or not any more: what is sent says which, so that a second press of the same changes nothing."""
    user = person(request)
    finding = get_finding_for(user, pk)
    findings.set_liked(finding=finding, liked=request.POST.get("liked") != "0", by=user, at=clock.now())
    if is_fragment(request):
        line = line_of(findings_for(user).get(pk=pk), user)
        context = {"line": line, "here": next_address(request, "")}
        return show(request, "community/partials/like.html", context)
    return goes_to(request, next_address(request, reverse("community:detail", args=[pk])))


@page("GET", "POST")
def borrow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """«Взять себе»: the action goes into this week, for the goal that is chosen."""
    user = writer(request)
    finding = get_finding_for(user, pk)
    goals = goals_to_serve(finding, user, clock.now())
    proposed = goals[0] if goals and fits(goals[0], finding) else None
    form = BorrowForm(request.POST or None, goals=goals, proposed=proposed)

    def deed() -> str:
        goal = form.chosen if form.is_valid() else None
        findings.borrow(finding=finding, by=user, at=clock.now(), goal=goal)
        return reverse("community:detail", args=[pk])

    context = {"finding": finding, "form": form}
    if request.method != "POST":
        return show(request, "community/borrow.html", context)
    if request.POST and not form.is_valid():
        return show(request, "community/borrow.html", context, status=422)
    try:
        return only_once(request, deed, said=_("Действие взято в вашу неделю"))
    except Refused as refusal:
        form.take(refusal)
        return show(request, "community/borrow.html", context, status=refusal.status)


@page("POST")
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a finding out of the feed, or put it back (``retired=0``)."""
    user = writer(request)
    finding = get_finding_for(user, pk)
    retired = request.POST.get("retired") != "0"
    said = _("Находка снята с показа") if retired else _("Находка снова в ленте")

    def deed() -> str:
        findings.set_retired(finding=finding, retired=retired, by=user)
        return reverse("community:detail", args=[pk])

    return only_once(request, deed, said=said)
