"""«Почему здесь?»: the place in the list by rule, and the score computed before one's eyes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from backlog.access import get_action_for
from backlog.explain import explain, explain_action
from common import clock
from leads.access import get_lead_for
from web.pages import page, person, show


@page("GET")
def action(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_action_for(person(request), pk)
    context = {"title": found.title, "explanation": explain_action(found, clock.now()), "action": found}
    return show(request, "today/why.html", context)


@page("GET")
def lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_lead_for(person(request), pk)
    context = {"title": found.party.name, "explanation": explain(found, clock.now()), "lead": found}
    return show(request, "today/why.html", context)
