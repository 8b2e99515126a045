"""A card dropped on «Отказ» or «В архив»: ask why, then take it off the board."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.errors import Refused
from leads.choices import Outcome
from leads.models import Lead
from leads.services import outcomes
from web.leads.dialogs import version_of
from web.leads.forms_lead import CloseForm
from web.pages import person, show

ASKED, WRONG = 409, 422
_PAGES = frozenset({403, 404})


def close_from_board(
    request: HttpRequest, lead: Lead, outcome: str, *, answer: Callable[[Lead], HttpResponse]
) -> HttpResponse:
    """First the question (409: the card waits where it was), then the deed. Raises NotAllowed, NotFound."""
    form = CloseForm(request.POST if "close" in request.POST else None, outcome=Outcome(outcome))
    if not form.is_bound:
        return _ask(request, lead, form, outcome, ASKED)
    if not form.is_valid():
        return _ask(request, lead, form, outcome, WRONG)
    typed = form.cleaned_data
    try:
        closed = outcomes.close(
            lead=lead, outcome=outcome, by=person(request), at=clock.now(), reason=typed.get("reason"),
            note=typed["note"], return_on=typed["return_on"], expected_version=version_of(request),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        form.take(refusal)
        return _ask(request, lead, form, outcome, WRONG)
    return answer(closed)


def _ask(request: HttpRequest, lead: Lead, form: CloseForm, outcome: str, status: int) -> HttpResponse:
    title = _("Отказ: %(name)s") if outcome == Outcome.LOST else _("В архив: %(name)s")
    context = {
        "form": form,
        "lead": lead,
        "to": f"close:{outcome}",
        "title": title % {"name": lead.party.name},
        "action": reverse("leads:board_move", args=[lead.pk]),
        "card": f"lead-card-{lead.pk}",
    }
    return show(request, "leads/board_close.html", context, fragment="dialog", status=status)
