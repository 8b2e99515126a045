"""Where an action stands: the dialog «Переместить…», and the same by drag and by keys."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from agents.access import get_segment_for
from backlog.access import get_action_for, get_goal_for
from backlog.choices import GoalStatus, Priority
from backlog.models import Action, Goal, Sprint
from backlog.services.ordering import Place, place_action, shift_action
from backlog.services.sprints import monday_of, open_sprint
from common import clock
from common.errors import Invalid
from web.pages import page, person, show
from web.record_forms import writer
from web.week.answers import block_of, came_from, done, week_behind
from web.week.asking import monday_from


@page("GET", "POST")
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """``to`` is up, down, ideas, week, next, goal:<id> or segment:<id>; ``before`` the neighbour to stand above."""
    user = writer(request)
    action = get_action_for(user, pk)
    if request.method == "GET":
        return _ask(request, user, action)
    to = request.POST.get("to", "")
    if to in {"up", "down"}:
        places = -1 if to == "up" else 1
        said = _("%(title)s: выше") if places < 0 else _("%(title)s: ниже")
        said %= {"title": action.title}
        return done(
            request, action, lambda _v: shift_action(action=action, places=places, by=user, at=clock.now()), said=said
        )
    where = {"next": _("следующая неделя"), "ideas": _("в идеях")}.get(to, _("новое место"))
    said = _("%(title)s: %(place)s") % {"title": action.title, "place": where}

    def deed(version: int | None) -> None:
        place = _place(request, action, to)
        place_action(action=action, to=place, by=user, at=clock.now(), expected_version=version)

    return done(request, action, deed, said=said)


def _place(request: HttpRequest, action: Action, to: str) -> Place:
    """Raises Invalid for an unknown place, NotFound for a hidden one."""
    user, before = person(request), request.POST.get("before", "")
    kind, _colon, key = to.partition(":")
    neighbour = get_action_for(user, before).pk if before else None
    if kind == "ideas":
        return Place(None, before=neighbour)
    if kind == "goal":
        goal = get_goal_for(user, key)
        return Place(goal.sprint, goal, before=neighbour)
    if kind in {"week", "next", "segment"}:
        segment = get_segment_for(user, key) if key and key != "none" else None
        sprint = _sprint(user, action, request.POST.get("week", ""), ahead=kind == "next")
        return Place(sprint, None, segment if kind == "segment" else action.segment, before=neighbour)
    raise Invalid(_("Такого места в неделе нет. Обновите страницу."))


def _sprint(user: User, action: Action, code: str, *, ahead: bool) -> Sprint:
    """The action's own week, for an idea the one that is looked at or the current one; or the one after."""
    if action.sprint is not None and not ahead:
        return action.sprint
    monday = action.sprint.starts_on if action.sprint else monday_from(code) if code else _this_monday()
    return open_sprint(owner=action.owner, day=monday + timedelta(weeks=int(ahead)), by=user)


def _this_monday() -> date:
    return monday_of(timezone.localdate())


def _ask(request: HttpRequest, user: User, action: Action) -> HttpResponse:
    code = week_behind(request)
    monday = action.sprint.starts_on if action.sprint else monday_from(code) if code else _this_monday()
    goals = Goal.objects.visible_to(user).filter(owner=action.owner, sprint__starts_on=monday)
    context: dict[str, Any] = {
        "action": action,
        "code": code,
        "goals": list(goals.filter(status=GoalStatus.ACTIVE).select_related("segment")),
        "priorities": Priority.choices,
        "into": block_of(request),
        "back": came_from(request, action),
    }
    return show(request, "actions/move.html", context)
