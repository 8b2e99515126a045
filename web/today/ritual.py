"""«Утренний разбор»: yesterday in one glance, today's proposals answered by one key each."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backlog.access import get_action_for
from backlog.choices import Answer, Priority
from backlog.morning import Morning, morning_of
from backlog.services.ritual import answer_action, answer_lead
from backlog.today import day_of
from common import clock
from common.errors import FieldError, Invalid
from leads.access import get_lead_for
from web.pages import only_once, page, person, show
from web.record_forms import writer
from web.today.lines import line_of
from web.week.answers import in_place
from worktime.selectors import calendar_of


@page("GET")
def ritual(request: HttpRequest) -> HttpResponse:
    user, at = person(request), clock.now()
    day = day_of(user, at, calendar_of(user))
    morning = morning_of(user, day, at)
    context = {
        "morning": morning,
        "date": timezone.localtime(at),
        "lines": [(proposal, line_of(proposal.item, at)) for proposal in morning.proposals],
        "goals": day.goals,
        "writes": user.may_write,
        "priorities": Priority.choices,
        "done": _done(morning),
    }
    return show(request, "today/ritual.html", context, fragment="ritual")


def _done(morning: Morning) -> bool:
    return morning.answered > 0 and morning.left == 0


@page("POST")
def action(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    found = get_action_for(user, pk)
    said = _said(request)

    def deed() -> str:
        answer_action(action=found, by=user, at=clock.now(), **said)
        return reverse("today:ritual")

    return in_place(request, only_once(request, deed))


@page("POST")
def lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    found = get_lead_for(user, pk)
    said = _said(request)
    said.pop("reason")

    def deed() -> str:
        answer_lead(lead=found, by=user, at=clock.now(), **said)
        return reverse("today:ritual")

    return in_place(request, only_once(request, deed))


def _said(request: HttpRequest) -> dict[str, Any]:
    """The answer, the priority that was proposed, and one's own where it was changed. Raises Invalid."""
    post = request.POST
    answer, own, proposed = post.get("answer", ""), post.get("priority", ""), post.get("proposed", "")
    allowed = {str(value) for value in Priority.values}
    if own:
        answer = Answer.CHANGED
    if answer not in Answer.values or proposed not in allowed or (own and own not in allowed):
        message = _("Такого ответа нет. Примите, смените приоритет на 0–3 или снимите.")
        raise Invalid(message, [FieldError("answer", "unknown", message)])
    return {
        "answer": answer,
        "proposed": int(proposed),
        "priority": int(own) if own else None,
        "reason": post.get("reason", ""),
    }
