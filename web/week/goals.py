"""Goals of a week: adding, changing, giving up, writing down a value."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backlog.access import get_goal_for
from backlog.models import Goal
from backlog.services.goals import create_goal, drop_goal, log_value, update_goal
from backlog.services.sprints import open_sprint
from common import clock
from common.errors import Invalid
from web.leads.dialogs import version_of
from web.pages import only_once, page, show
from web.record_forms import save, writer
from web.week.asking import asked_of
from web.week.forms import GoalForm, ValueForm, default_due
from worktime.selectors import calendar_of

FORM = "week/form.html"


@page("GET", "POST")
def create(request: HttpRequest, code: str) -> HttpResponse:
    user, asked = writer(request), asked_of(request, code)
    context = {"title": _("Новая цель"), "submit": _("Добавить цель"), "back": asked.url()}
    if request.method == "GET":
        last = calendar_of(asked.owner).last_working_day_of_week(asked.monday)
        initial = {"due_on": default_due(asked.monday, last), "segment": asked.segment_id}
        return show(request, FORM, context | {"form": GoalForm(None, user=user, initial=initial)})

    @transaction.atomic
    def deed(changes: Mapping[str, Any], _version: int | None) -> str:
        sprint = open_sprint(owner=asked.owner, day=asked.monday, by=user)
        create_goal(sprint=sprint, by=user, **changes)  # type: ignore[misc]
        return asked.url()

    form = GoalForm(request.POST, user=user)
    return save(request, form, deed, template=FORM, context=context, said=_("Цель добавлена"))


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    goal = get_goal_for(user, pk)
    context = {"title": goal.statement, "back": _home(goal), "goal": goal, "drop": reverse("week:goal_drop", args=[pk])}
    if request.method == "GET":
        return show(request, FORM, context | {"form": GoalForm(None, user=user, instance=goal)})

    def deed(changes: Mapping[str, Any], version: int | None) -> str:
        update_goal(goal=goal, by=user, changes=changes, expected_version=version)
        return _home(goal)

    form = GoalForm(request.POST, user=user, instance=goal)
    return save(request, form, deed, template=FORM, context=context, said=_("Цель записана"))


@page("POST")
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    goal = get_goal_for(user, pk)

    def deed() -> str:
        drop_goal(goal=goal, by=user, expected_version=version_of(request))
        return _home(goal)

    return only_once(request, deed, said=_("Цель снята, её действия остались в неделе"))


@page("GET", "POST")
def value(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down how an own metric stands. A counted one says where it is counted from."""
    user = writer(request)
    goal = get_goal_for(user, pk)
    context = {"title": goal.metric_name or goal.statement, "back": _home(goal), "goal": goal}
    if request.method == "GET":
        return show(request, FORM, context | {"form": ValueForm(None)})
    form = ValueForm(request.POST)

    def deed() -> str:
        typed = form.cleaned_data
        at = typed["at"] or clock.now()
        log_value(goal=goal, value=typed["value"], at=at, by=user, note=typed["note"])
        return _home(goal)

    if form.is_valid():
        try:
            return only_once(request, deed, said=_("Значение записано"))
        except Invalid as refusal:
            form.take(refusal)
    return show(request, FORM, context | {"form": form}, status=422)


def _home(goal: Goal) -> str:
    return reverse("week:page", args=[goal.sprint.code]) + f"?owner={goal.owner_id}#goal-{goal.pk}"
