"""The board: one funnel, a column a stage, forty cards a column."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.choices import Kind
from common.errors import NotFound
from funnel.models import Funnel
from leads.choices import Outcome
from leads.models import Lead
from leads.promises import mark_short
from leads.querysets import LeadQuerySet
from leads.summaries import Column, columns_of, newest_of_each_stage
from leads.value import bank_day
from web.leads.filter_form import FilterForm
from web.leads.filtering import Asked, ask
from web.pages import is_fragment, page, show

PORTION = 40
MOST_CARDS = 240
RAILS = {"close:lost": Outcome.LOST, "close:archived": Outcome.ARCHIVED}
RAIL_NAMES = {"close:lost": gettext_lazy("Отказ"), "close:archived": gettext_lazy("В архив")}
# These views speak of open leads only; the board keeps the won ones in its last column beside them.
_ALL_OF_WORK = frozenset({"open", "all"})


@dataclass(frozen=True, slots=True)
class Card:
    """A lead on the board; ``days`` whole days on the stage, None where nobody waits any more."""

    lead: Lead
    days: int | None

    @property
    def badly_stale(self) -> bool:
        norm = self.lead.stage.norm_days
        return self.days is not None and norm is not None and self.days >= norm * 1.5


@dataclass(frozen=True, slots=True)
class Shown:
    """A column with its first cards and how many are left below them."""

    column: Column
    cards: list[Card]
    portion: int
    start: int = 0

    @property
    def following(self) -> int:
        """Where the next portion begins; 0 when there is none."""
        end = self.start + len(self.cards)
        return end if self.cards and end < self.column.totals.count else 0

    @property
    def left(self) -> int:
        return min(self.portion, self.column.totals.count - self.following)


@page("GET")
def board(request: HttpRequest) -> HttpResponse:
    """Page, board alone, or the next cards of one column (``column``, ``from``): one address for all three."""
    asked, kind = ask(request), kind_of(request.GET)
    if code := request.GET.get("column", ""):
        return _one_column(request, asked, kind, code)
    response = show(request, "leads/board.html", _context(request, asked, kind), fragment="results")
    if is_fragment(request):
        response["HX-Push-Url"] = f"{request.path}?{asked.query.urlencode()}"
    return response


def kind_of(query: QueryDict) -> str:
    kind = query.get("kind", "")
    return kind if kind in Kind.values else str(Kind.AGENT)


def funnel_of(asked: Asked, kind: str) -> Funnel:
    """A product's own funnel where the address names one of this kind, else the default one."""
    named = Q(code=asked.query.get("funnel", ""))
    found = Funnel.objects.filter(Q(product=None) | named, kind=kind)
    return found.order_by(F("product_id").asc(nulls_last=True))[0]


def rows_of(asked: Asked, funnel: Funnel) -> LeadQuerySet:
    """The leads of the board: what is worked on, and in the last column what got to the end."""
    of_funnel = {"kind": funnel.kind, "stage__funnel": funnel}
    rows = asked.of_any_view.filter(**of_funnel).on_board()
    if asked.view in _ALL_OF_WORK:
        return rows
    if asked.view == "mine":
        return rows.filter(owner=asked.user)
    return asked.rows.filter(**of_funnel)


def columns(asked: Asked, funnel: Funnel) -> list[Column]:
    return columns_of(rows_of(asked, funnel), funnel=funnel, at=asked.at)


def asked_behind(request: HttpRequest) -> tuple[Asked, str]:
    """The conditions of the board that a fragment was asked from, so that its heads count what it shows."""
    htmx = getattr(request, "htmx", None)
    address = (htmx.current_url if htmx else "") or ""
    query = QueryDict(urlsplit(address).query)
    return ask(request, query), kind_of(query)


def card_of(asked: Asked, lead: Lead) -> Card:
    return Card(lead, (asked.at - lead.stage_entered_at).days if lead.is_open else None)


def _context(request: HttpRequest, asked: Asked, kind: str) -> dict[str, Any]:
    funnel = funnel_of(asked, kind)
    found = columns(asked, funnel)
    portion = min(PORTION, MOST_CARDS // max(1, len(found)))
    cards: dict[Any, list[Card]] = {}
    shown = newest_of_each_stage(rows_of(asked, funnel).for_list(), portion)
    mark_short(shown, bank_day(asked.at))
    for lead in shown:
        cards.setdefault(lead.stage_id, []).append(card_of(asked, lead))
    stages = [column.stage for column in found]
    return {
        "asked": asked,
        "bar": FilterForm(asked, stages, kind=kind, without=["kind", "stage", "outcome"]),
        "kinds": _tabs(funnel),
        "chips": [chip for chip in asked.chips() if chip["name"] not in {"kind", "funnel"}],
        "rails": RAIL_NAMES,
        "kind": kind,
        "board": [Shown(column, cards.get(column.stage.pk, []), portion) for column in found],
        "total": sum(column.totals.count for column in found),
        "fragment": is_fragment(request),
    }


def _one_column(request: HttpRequest, asked: Asked, kind: str, code: str) -> HttpResponse:
    """The next cards of a column; without scripts a page with this column alone."""
    funnel = funnel_of(asked, kind)
    column = next((found for found in columns(asked, funnel) if found.stage.code == code), None)
    if column is None:
        raise NotFound(_("Такого этапа на доске нет."))
    start = _number(request.GET.get("from", "0"))
    rows = rows_of(asked, funnel).filter(stage=column.stage).for_list().order_by("-stage_entered_at", "id")
    portion = list(rows[start : start + PORTION])
    mark_short(portion, bank_day(asked.at))
    cards = [card_of(asked, lead) for lead in portion]
    context = {"asked": asked, "kind": kind, "shown": Shown(column, cards, PORTION, start)}
    return show(request, "leads/board_column.html", context, fragment="cards")


def _tabs(current: Funnel) -> list[tuple[str, str, str, bool]]:
    """Kind, code of a product's own funnel, name, whether it is the one shown."""
    return [
        (funnel.kind, funnel.code if funnel.product_id else "", funnel.name, funnel.pk == current.pk)
        for funnel in Funnel.objects.filter(Q(active=True) | Q(pk=current.pk))
    ]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("1000000") else 0
