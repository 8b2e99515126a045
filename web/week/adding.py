"""Adding by one line, and carrying over what the week before left."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import demand_write
from agents.access import get_segment_for
from backlog.access import get_goal_for
from backlog.models import Action, Sprint
from backlog.services.actions import create_action, drop_action
from backlog.services.repeating import repeat_week
from backlog.services.sprints import carry_over, open_sprint
from common import clock
from common.errors import Refused
from web.pages import goes_to, only_once, page, person
from web.week.answers import in_place
from web.week.asking import Asked, asked_of
from web.week.pages import show_week

_PAGES = frozenset({403, 404})


@page("POST")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """One more action by its title, where the line stands: a goal, a segment, or the ideas."""
    asked = asked_of(request, code)
    demand_write(person(request))

    def deed() -> str:
        _create(request, asked)
        return asked.url()

    try:
        return in_place(request, only_once(request, deed))
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        place = request.POST.get("to", "").rpartition(":")[2] or "idea"
        wrong = {"key": place, "title": request.POST.get("title", ""), "text": refusal.message}
        return show_week(request, asked, status=refusal.status, refused=wrong)


@transaction.atomic
def _create(request: HttpRequest, asked: Asked) -> Action:
    user, at = person(request), clock.now()
    kind, _colon, key = request.POST.get("to", "").partition(":")
    goal = get_goal_for(user, key) if kind == "goal" else None
    segment = get_segment_for(user, key) if kind == "segment" and key != "none" else None
    sprint = None if kind == "ideas" else open_sprint(owner=asked.owner, day=asked.monday, by=user)
    return create_action(
        owner=asked.owner, title=request.POST.get("title", ""), by=user, at=at, sprint=sprint, goal=goal,
        segment=segment,
    )  # fmt: skip


@page("POST")
def carry(request: HttpRequest, code: str) -> HttpResponse:
    """What is left of the week before: into this week, or closed. All of it, or the chosen ones."""
    asked, user, at = asked_of(request, code), person(request), clock.now()
    demand_write(user)
    chosen = {UUID(text) for text in request.POST.getlist("action") if _is_uuid(text)} or None
    before = Sprint.objects.visible_to(user).select_related("owner")
    left = before.filter(owner=asked.owner, starts_on=asked.monday - timedelta(weeks=1)).first()
    if left is None:
        return in_place(request, goes_to(request, asked.url()))

    @transaction.atomic
    def deed() -> str:
        if request.POST.get("close"):
            _close(left, chosen, request)
        else:
            sprint = open_sprint(owner=asked.owner, day=asked.monday, by=user)
            carry_over(sprint_from=left, sprint_to=sprint, by=user, at=at, action_ids=chosen)
        return asked.url()

    return in_place(request, only_once(request, deed, said=_("Остаток прошлой недели разобран")))


@page("POST")
def repeat(request: HttpRequest, code: str) -> HttpResponse:
    """«Взять план прошлой недели»: an empty week gets the goals and actions of the last planned one."""
    asked, user = asked_of(request, code), person(request)
    demand_write(user)

    def deed() -> str:
        repeat_week(owner=asked.owner, day=asked.monday, by=user, at=clock.now())
        return asked.url()

    try:
        return in_place(request, only_once(request, deed, said=_("Неделя собрана по прошлой")))
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        wrong = {"key": "idea", "title": "", "text": refusal.message}
        return show_week(request, asked, status=refusal.status, refused=wrong)


def _close(left: Sprint, chosen: set[UUID] | None, request: HttpRequest) -> None:
    user, at = person(request), clock.now()
    rows = Action.objects.visible_to(user).open().filter(sprint=left)
    for action in rows.filter(pk__in=chosen) if chosen else rows:
        drop_action(action=action, by=user, at=at, reason=_("не перенесено с прошлой недели"))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
