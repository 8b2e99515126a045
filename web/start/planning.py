"""The screens that make the first plan: a segment, a goal, three actions."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.access import get_segment_for
from agents.models import Segment
from agents.services.offers import create_segment
from backlog.firststeps import ACTIONS, StepCode, first_goal, steps_of
from backlog.models import Goal
from backlog.services.starting import plan_actions, set_goal
from backlog.starters import drafts_for
from common import clock
from common.errors import Refused
from web.pages import only_once, page, show
from web.record_forms import save, writer
from web.start.forms import ActionsForm, GoalForm, SegmentForm
from web.start.steps import following

NEAREST = 12
"""Segments offered as buttons; of more one is chosen on the screen of the goal."""
_PAGES = frozenset({403, 404})


@page("GET", "POST")
def segment(request: HttpRequest) -> HttpResponse:
    """One press on a segment that stands already, or a new one by its name."""
    user = writer(request)
    if "segment" in request.POST:
        chosen = get_segment_for(user, request.POST["segment"])
        return HttpResponseRedirect(_to_goal(user, chosen))
    form = SegmentForm(request.POST or None)
    known = Segment.objects.visible_to(user).order_by("name")
    context = {"form": form, "known": known[:NEAREST], "skip": following(user, StepCode.SEGMENT)}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        return _to_goal(user, create_segment(by=user, fields=changes).segment)

    if request.method == "POST":
        return save(request, form, deed, template="start/segment.html", context=context)
    return show(request, "start/segment.html", context)


def _to_goal(user: User, chosen: Segment) -> str:
    """The choice travels in the address: it is kept by the goal that is set for it."""
    return following(user, StepCode.SEGMENT, segment=str(chosen.pk))


@page("GET", "POST")
def goal(request: HttpRequest) -> HttpResponse:
    user = writer(request)
    form = GoalForm(request.POST or None, user=user, segment=_asked_segment(request, user))
    context = {"form": form, "skip": following(user, StepCode.GOAL)}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        set_goal(user=user, at=clock.now(), **changes)
        return following(user, StepCode.GOAL)

    if request.method == "POST":
        return save(request, form, deed, template="start/goal.html", context=context)
    return show(request, "start/goal.html", context)


def _asked_segment(request: HttpRequest, user: User) -> Segment | None:
    """The one chosen a step ago, else the newest of one's own."""
    if "segment" in request.GET:
        return get_segment_for(user, request.GET["segment"])
    return Segment.objects.visible_to(user).filter(owner=user).order_by("-created_at").first()


@page("GET", "POST")
def actions(request: HttpRequest) -> HttpResponse:
    """As many lines as are left to three; without a goal there is nothing to plan for."""
    user = writer(request)
    step = next(step for step in steps_of(user) if step.code is StepCode.ACTIONS)
    serves = first_goal(user)
    if serves is None:
        return HttpResponseRedirect(reverse("start:goal"))
    if step.done and request.method == "GET":
        return HttpResponseRedirect(reverse("start:page"))
    drafts = drafts_for(serves, clock.now(), count=step.left or ACTIONS)
    form = ActionsForm(request.POST or None, drafts=drafts)
    context = {"form": form, "goal": serves, "skip": following(user, StepCode.ACTIONS)}
    if request.method == "GET":
        return show(request, "start/actions.html", context)
    return _plan(request, user, form, serves, context)


def _plan(request: HttpRequest, user: User, form: ActionsForm, serves: Goal, context: dict[str, Any]) -> HttpResponse:
    said = form.drafts()
    if said is None:
        return show(request, "start/actions.html", context, status=422)

    def deed() -> str:
        plan_actions(goal=serves, drafts=said, by=user, at=clock.now())
        return following(user, StepCode.ACTIONS)

    try:
        return only_once(request, deed, said=_("Действия запланированы"))
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        form.refuse(refusal.message)
        return show(request, "start/actions.html", context, status=422)
