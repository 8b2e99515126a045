"""The list of leads: views, conditions, sums, fifty rows at a time."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.scope import scope_of
from funnel.models import Stage
from leads.filters import VIEWS
from leads.models import Lead
from leads.promises import mark_short
from leads.summaries import overview
from leads.value import bank_day
from web.leads.bulk import MOST
from web.leads.columns import COLUMNS, Column, chosen_columns, ordering, phone_of
from web.leads.drill import sentence
from web.leads.export import PHONES
from web.leads.filter_form import FilterForm
from web.leads.filtering import DRILL, Asked, ask
from web.pages import is_fragment, page, show

PORTION = 50

TABS = ("mine", "open", "nostep", "overdue", "new", "queue", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. Days are whole days on the stage; ``phone`` is for a card on a phone that lacks it."""

    lead: Lead
    days: int | None
    next_stage: Stage | None
    cells: list[tuple[Column, str]]
    phone: str


@page("GET")
def lead_list(request: HttpRequest) -> HttpResponse:
    """Page, results alone, or the next fifty rows: one address for all three."""
    asked = ask(request)
    fragment = is_fragment(request)
    response = show(request, "leads/list.html", _context(asked) | {"fragment": fragment}, fragment="results")
    if fragment and "page" not in request.GET:
        response["HX-Push-Url"] = f"{request.path}?{asked.query.urlencode()}"
    return response


def _tabs(asked: Asked) -> tuple[str, ...]:
    """What was lent has a tab of its own where there is any."""
    return (*TABS, "lent") if asked.view == "lent" or scope_of(asked.user).lent() else TABS


def _context(asked: Asked) -> dict[str, Any]:
    counts, totals = overview(asked.of_any_view, view=asked.view, user=asked.user, at=asked.at)
    stages = list(Stage.objects.order_by("kind", "position"))
    shown = chosen_columns(asked.query, asked.view)
    labels = dict(VIEWS)
    return {
        "asked": asked,
        "bar": FilterForm(asked, stages, without=["view"]),
        "tabs": [(name, labels[name], counts[name], name == asked.view) for name in _tabs(asked)],
        "totals": totals,
        "columns": shown,
        "here": f"{reverse('leads:list')}?{asked.query.urlencode()}",
        "card_query": urlencode({"from": asked.query.urlencode()}),
        "choices": [(column, column in shown) for column in COLUMNS.values()],
        "columns_kept": [(name, value) for name, value in _pairs(asked) if name != "cols"],
        "bulk_all": PORTION < totals.count <= MOST,
        "page": _page(asked, stages, shown, totals.count),
        "drill": sentence(asked, totals.count) if asked.drilled else "",
        "drill_names": DRILL,
        "nothing_yet": not counts["all"] and not asked.chips() and not asked.query.get("q"),
    }


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    return [(name, value) for name in asked.query for value in asked.query.getlist(name) if name != "page"]


def _page(asked: Asked, stages: list[Stage], shown: list[Column], count: int) -> Page[Any]:
    """The rows of one portion; the count is known already and is not asked again."""
    rows = asked.rows.for_list().prefetch_related(PHONES).order_by(*ordering(asked.query))
    paginator = Paginator(rows, PORTION)
    paginator.count = count
    found = paginator.get_page(asked.query.get("page", "1"))
    mark_short(found.object_list, bank_day(asked.at))
    found.object_list = [_row(lead, stages, shown, asked) for lead in found.object_list]
    return found


def _row(lead: Lead, stages: list[Stage], shown: list[Column], asked: Asked) -> Row:
    ahead = (s for s in stages if s.kind == lead.kind and s.active and s.position > lead.stage.position)
    return Row(
        lead,
        (asked.at - lead.stage_entered_at).days if lead.is_open else None,
        next(ahead, None) if lead.is_open else None,
        [(column, column.text(lead)) for column in shown],
        "" if any(column.name == "phone" for column in shown) else phone_of(lead),
    )
