"""One more action of today by one line."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backlog.access import get_goal_for
from backlog.choices import Priority
from backlog.services.actions import create_action
from backlog.services.sprints import open_sprint
from common import clock
from common.errors import Refused
from web.pages import only_once, page
from web.record_forms import writer
from web.today.pages import show_day
from web.week.answers import in_place


@page("POST")
def add(request: HttpRequest) -> HttpResponse:
    """Into this week, for today unless another priority was chosen."""
    user, at = writer(request), clock.now()
    goal = get_goal_for(user, request.POST["goal"]) if request.POST.get("goal") else None
    chosen = request.POST.get("priority", "")
    priority = int(chosen) if chosen in {str(value) for value in Priority.values} else Priority.TODAY

    def deed() -> str:
        week = open_sprint(owner=user, day=at.astimezone(user.zone).date(), by=user)
        create_action(
            owner=user, by=user, at=at, title=request.POST.get("title", ""), sprint=week, goal=goal, priority=priority
        )
        return reverse("today:page")

    try:
        return in_place(request, only_once(request, deed, said=_("Действие добавлено")))
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        wrong = {"title": request.POST.get("title", ""), "text": refusal.message}
        return show_day(request, status=refusal.status, wrong=wrong)
