"""The list of promises of value: the rows behind «kept of due» of an agent, a segment, an initiative."""

from django.http import HttpRequest, HttpResponse

from common import clock
from leads.models import ValuePromise
from leads.promises import PromiseFilter, by_need, kept_of, with_states
from leads.value import bank_day
from web.listing import listing
from web.pages import page, person, show
from web.value.shown import shown

SORTS = {"due": "due_on", "metric": "metric", "name": "lead__party__sort_key"}


@page("GET")
def promise_list(request: HttpRequest) -> HttpResponse:
    user, today = person(request), bank_day(clock.now())
    rows = by_need(with_states(ValuePromise.objects.visible_to(user).for_list(), today))
    asked = listing(request, PromiseFilter, rows, named=("state", "owner", "segment"), sorts=SORTS)
    asked.page.object_list = [shown(row.lead, [row], today)[0] for row in asked.page.object_list]
    context = {"listing": asked, "kept": kept_of(asked.filterset.qs, today)}
    return show(request, "value/list.html", context, fragment="results")
