"""The review of a week: plan and fact are counted; what worked is said; what moves on is ticked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backlog.choices import ActionStatus
from backlog.services.sprints import carry_over, close_sprint, open_sprint
from backlog.week import Week, week_of
from common import clock
from common.errors import Refused
from web.leads.dialogs import version_of
from web.pages import only_once, page, show
from web.record_forms import writer
from web.week.asking import Asked, asked_of
from web.week.forms import ReviewForm

_PAGES = frozenset({403, 404})


@page("GET", "POST")
def review(request: HttpRequest, code: str) -> HttpResponse:
    asked, user, at = asked_of(request, code), writer(request), clock.now()
    week = week_of(owner=asked.owner, monday=asked.monday, viewer=user, at=at)
    if request.method == "GET":
        said = {"worked": week.sprint.worked, "failed": week.sprint.failed} if week.sprint else {}
        return _form(request, asked, week, ReviewForm(None, initial=said))
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            return only_once(request, lambda: _close(request, asked, form), said=_("Итоги недели записаны"))
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.refuse(refusal)
    return _form(request, asked, week, form, status=422)


@transaction.atomic
def _close(request: HttpRequest, asked: Asked, form: ReviewForm) -> str:
    user, at = writer(request), clock.now()
    sprint = open_sprint(owner=asked.owner, day=asked.monday, by=user)
    close_sprint(
        sprint=sprint, by=user, at=at, worked=form.cleaned_data["worked"], failed=form.cleaned_data["failed"],
        expected_version=version_of(request),
    )  # fmt: skip
    moving = _uuids(request.POST.getlist("action"))
    if moving:
        following = open_sprint(owner=asked.owner, day=asked.monday + timedelta(weeks=1), by=user)
        carry_over(sprint_from=sprint, sprint_to=following, by=user, at=at, action_ids=moving)
    return asked.url()


def _form(request: HttpRequest, asked: Asked, week: Week, form: ReviewForm, status: int = 200) -> HttpResponse:
    rows = week.actions
    context: dict[str, Any] = {
        "asked": asked,
        "week": week,
        "form": form,
        "goals": [block for part in week.segments for block in part.goals],
        "done": sum(row.status == ActionStatus.DONE for row in rows),
        "left": [row for row in rows if row.is_open],
        "total": len(rows),
        "back": asked.url(),
    }
    return show(request, "week/review.html", context, status=status)


def _uuids(texts: list[str]) -> set[UUID]:
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
