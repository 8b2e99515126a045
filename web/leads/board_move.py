"""Moving a card: by drag, by key, by its menu. The server decides, and every answer brings the heads anew."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from common.changes import StaleVersion
from funnel.models import Stage
from leads.access import get_lead_for
from leads.models import Lead
from leads.promises import mark_short
from leads.revisions import clashes
from leads.selectors import stage_for
from leads.value import bank_day
from web.leads.board import RAIL_NAMES, RAILS, asked_behind, card_of, columns
from web.leads.board_close import close_from_board
from web.leads.dialogs import version_of
from web.leads.moves import go
from web.pages import is_fragment, next_address, page, show
from web.record_forms import writer

CONFLICT = 409


@page("GET", "POST")
def board_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET is the card's menu of stages; POST moves to the stage ``to``, or asks how to close on one of the rails."""
    user = writer(request)
    lead, to = get_lead_for(user, pk), request.POST.get("to", "")
    if request.method != "POST":
        return _menu(request, lead)
    if to in RAILS:
        return close_from_board(request, lead, RAILS[to], answer=partial(moved_reply, request, gone=True))
    stage = stage_for(lead, to)
    if _moved_meanwhile(request, lead, stage):
        return _conflict(request, lead)
    here = reverse("leads:board_move", args=[lead.pk])
    return go(request, lead, stage, answer=partial(moved_reply, request), action=here, card=f"lead-card-{lead.pk}")


def moved_reply(
    request: HttpRequest, lead: Lead, *, gone: bool = False, late: bool = False, status: int = 200
) -> HttpResponse:
    """The card as it stands now and the heads of all columns, for whatever changed a lead from the board.

    ``gone`` takes the card off the board, ``late`` says that somebody moved it first. Without scripts: back to
    the board.
    """
    if not is_fragment(request):
        return HttpResponseRedirect(next_address(request, board_address(lead)))
    asked, _kind = asked_behind(request)
    fresh = get_lead_for(asked.user, lead.pk)
    mark_short([fresh], bank_day(asked.at))
    context = {
        "card": None if gone else card_of(asked, fresh),
        "heads": columns(asked, lead.stage.funnel),
        "late": late,
        "asked": asked,
    }
    response = render(request, "leads/board_moved.html", context, status=status)
    if gone:
        response["HX-Reswap"] = "delete"
    return response


def board_address(lead: Lead) -> str:
    own = f"&funnel={lead.stage.funnel.code}" if lead.stage.funnel.product_id else ""
    return reverse("leads:board") + f"?kind={lead.kind}{own}"


def _moved_meanwhile(request: HttpRequest, lead: Lead, stage: Stage) -> bool:
    """Whether somebody moved the lead since this card was drawn; other changes of theirs stand beside a move."""
    if "gate" in request.POST:
        return False
    _own, found = clashes(lead, version_of(request), {"stage": stage})
    return version_of(request) not in {None, lead.version} and bool(found)


def _menu(request: HttpRequest, lead: Lead) -> HttpResponse:
    stages = Stage.objects.of_funnel(lead.stage.funnel_id).active()
    context = {"lead": lead, "stages": stages, "rails": RAIL_NAMES, "back": next_address(request, board_address(lead))}
    return show(request, "leads/board_menu.html", context, fragment="dialog")


def _conflict(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Somebody was faster: say so, and bring the card as it is. From the menu the card takes its place at once."""
    if not is_fragment(request):
        raise StaleVersion(lead, {"stage": lead.stage})
    return moved_reply(request, lead, status=200 if "menu" in request.POST else CONFLICT, late=True)
