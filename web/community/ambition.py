"""The bolder framing of a goal: what is offered, and taking it up."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backlog.access import get_goal_for
from backlog.ambition import harder
from backlog.services.ambition import take_bolder, take_leading
from common import clock
from web.leads.dialogs import version_of
from web.pages import next_address, only_once, page, person, show
from web.record_forms import writer


@page("GET")
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    goal = get_goal_for(user, pk)
    context = {"goal": goal, "offer": harder(goal, clock.now()), "next": next_address(request, request.path)}
    return show(request, "community/ambition.html", context, fragment="offer")


@page("POST")
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """«Принять»: the goal asks for more."""
    user = writer(request)
    goal = get_goal_for(user, pk)

    def deed() -> str:
        take_bolder(goal=goal, by=user, at=clock.now(), expected_version=version_of(request))
        return _back(request, pk)

    return only_once(request, deed, said=_("Цель стала смелее"))


@page("POST")
def take_metric(request: HttpRequest, pk: UUID) -> HttpResponse:
    """«Взять метрику»: one more goal in the same week."""
    user = writer(request)
    goal = get_goal_for(user, pk)

    def deed() -> str:
        take_leading(goal=goal, key=request.POST.get("metric", "")[:200], by=user, at=clock.now())
        return _back(request, pk)

    return only_once(request, deed, said=_("Цель по метрике добавлена в неделю"))


def _back(request: HttpRequest, pk: UUID) -> str:
    return next_address(request, reverse("community:ambition", args=[pk]))
