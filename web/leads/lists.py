"""The list of leads: views, conditions, sums, fifty rows at a time."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse

from funnel.models import Stage
from leads.filters import VIEWS
from leads.models import Lead
from leads.summaries import overview
from web.leads.bulk import MOST
from web.leads.columns import COLUMNS, chosen_columns, ordering
from web.leads.drill import sentence
from web.leads.export import PHONES
from web.leads.filter_form import FilterForm
from web.leads.filtering import DRILL, Asked, ask
from web.pages import is_fragment, page, show

PORTION = 50

TABS = ("mine", "open", "nostep", "overdue", "new", "queue", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. Days are whole days on the stage; a closed lead stands nowhere."""

    lead: Lead
    days: int | None
    next_stage: Stage | None
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


def _context(asked: Asked) -> dict[str, Any]:
    counts, totals = overview(asked.of_any_view, view=asked.view, user=asked.user, at=asked.at)
    stages = list(Stage.objects.order_by("kind", "position"))
    shown = chosen_columns(asked.query)
    labels = dict(VIEWS)
    return {
        "asked": asked,
        "bar": FilterForm(asked, stages, without=["view"]),
        "tabs": [(name, labels[name], counts[name], name == asked.view) for name in TABS],
        "totals": totals,
        "columns": shown,
        "card_query": urlencode({"from": asked.query.urlencode()}),
        "choices": [(column, column in shown) for column in COLUMNS.values()],
        "columns_kept": [(name, value) for name, value in _pairs(asked) if name != "cols"],
        "bulk_all": PORTION < totals.count <= MOST,
        "page": _page(asked, stages, totals.count),
        "drill": sentence(asked, totals.count) if asked.drilled else "",
        "drill_names": DRILL,
        "nothing_yet": not counts["all"] and not asked.chips() and not asked.query.get("q"),
    }


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    return [(name, value) for name in asked.query for value in asked.query.getlist(name) if name != "page"]


def _page(asked: Asked, stages: list[Stage], count: int) -> Page[Any]:
    """The rows of one portion; the count is known already and is not asked again."""
    rows = asked.rows.for_list().prefetch_related(PHONES).order_by(*ordering(asked.query))
    paginator = Paginator(rows, PORTION)
    paginator.count = count
    found = paginator.get_page(asked.query.get("page", "1"))
    found.object_list = [_row(lead, stages, asked) for lead in found.object_list]
    return found


def _row(lead: Lead, stages: list[Stage], asked: Asked) -> Row:
    ahead = (s for s in stages if s.kind == lead.kind and s.active and s.position > lead.stage.position)
    phones = lead.party.phones  # type: ignore[attr-defined]
    return Row(
        lead,
        (asked.at - lead.stage_entered_at).days if lead.is_open else None,
        next(ahead, None) if lead.is_open else None,
        phones[0].value if phones else "",
    )
