"""Moving a lead from a page: the facts that came along, the question where they fall short."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, Refused
from funnel.gates import GateClosed
from funnel.models import Stage
from leads.access import get_lead_for
from leads.facts import labels
from leads.models import Lead
from leads.revisions import clashes
from leads.selectors import stage_for
from leads.services import moves
from leads.services.recording import record_facts
from web.leads.dialogs import card_url, version_of
from web.leads.facts import Facts, facts_from, take
from web.leads.gate import Attempt, ask, gate_dialog
from web.pages import next_address, only_once, page, person
from web.record_forms import writer

_PAGES = frozenset({403, 404})


@page("GET", "POST")
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The way to a stage; without ``to`` to the one that follows."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    to = stage_for(lead, request.POST.get("to") or request.GET.get("to", ""))
    return go(request, lead, to) if request.method == "POST" else gate_dialog(request, lead, to)


def go(
    request: HttpRequest,
    lead: Lead,
    to: Stage,
    *,
    answer: Callable[[Lead], HttpResponse] | None = None,
    action: str = "",
    card: str = "",
) -> HttpResponse:
    """Move the lead with the facts that came along; ask where some are missing or wrong.

    ``answer`` makes the good reply where it is not a redirect; see ``gate.Attempt`` for the others. Raises only
    what the person cannot mend: NotAllowed, NotFound.
    """
    attempt = Attempt(request, lead, to, answer, action, card)
    facts: Facts = {}
    if _moved_meanwhile(attempt):
        return _conflict(attempt)
    if attempt.sent("gate"):
        facts = _facts(attempt, partial=attempt.sent("waive") or attempt.sent("record"))
        if any(part.errors for part in attempt.parts):
            return ask(attempt, status=422)
        if attempt.sent("record") and not facts:
            return ask(attempt, note=_("Заполните хотя бы одно поле."), status=422)
    try:
        return _run(attempt, facts, version_of(request))
    except StaleVersion as stale:
        return _again(attempt, facts, stale)
    except Refused as refusal:
        return _refused(attempt, facts, refusal)


def _moved_meanwhile(attempt: Attempt) -> bool:
    """Whether others moved the lead since the person read it; their other changes stand beside a move."""
    version = version_of(attempt.request)
    if version in {None, attempt.lead.version}:
        return False
    _own, found = clashes(attempt.lead, version, {"stage": attempt.to})
    return bool(found)


def _conflict(attempt: Attempt) -> HttpResponse:
    """Nothing is saved: say where the lead stands now, and ask again with what was typed."""
    if attempt.sent("gate") and not attempt.back:
        _facts(attempt, partial=True)
    note = _("Моё: этап «%(mine)s». Сейчас в базе: «%(theirs)s». Лид изменили, пока вы работали: выберите, что верно.")
    return ask(attempt, note=note % {"mine": attempt.to.name, "theirs": attempt.lead.stage.name}, status=409)


def _facts(attempt: Attempt, *, partial: bool) -> Facts:
    request, lead = attempt.request, attempt.lead
    missing = [] if attempt.back else moves.missing_for(lead, attempt.to)
    facts, attempt.parts = facts_from(
        request.POST, request.FILES, missing, lead=lead, user=person(request), partial=partial
    )
    return facts


def _run(attempt: Attempt, facts: Facts, version: int | None) -> HttpResponse:
    request, lead = attempt.request, attempt.lead
    words = {"name": lead.party.name, "stage": attempt.to.name}
    if attempt.sent("record"):
        said = _("%(name)s: записано, этап прежний") % words
        return only_once(request, lambda: _keep(attempt, facts), said=said)
    if attempt.answer is not None:
        return attempt.answer(_move(attempt, facts, version))

    def deed() -> str:
        _move(attempt, facts, version)
        return next_address(request, card_url(lead))

    return only_once(request, deed, said=_("%(name)s: этап «%(stage)s»") % words)


def _keep(attempt: Attempt, facts: Facts) -> str:
    record_facts(lead=attempt.lead, by=person(attempt.request), at=clock.now(), facts=facts)
    return next_address(attempt.request, card_url(attempt.lead))


def _move(attempt: Attempt, facts: Facts, version: int | None) -> Lead:
    waive, typed = attempt.sent("waive"), attempt.request.POST
    return moves.move(
        lead=attempt.lead, to=attempt.to, by=person(attempt.request), at=clock.now(), facts=facts, waive=waive,
        reason=typed.get("waive_reason" if waive else "reason", ""), expected_version=version,
    )  # fmt: skip


def _again(attempt: Attempt, facts: Facts, stale: StaleVersion) -> HttpResponse:
    """Others changed the lead: go on when they left its stage alone, else say where it stands and ask."""
    attempt.lead = get_lead_for(person(attempt.request), attempt.lead.pk)
    if _moved_meanwhile(attempt):
        return _conflict(attempt)
    try:
        return _run(attempt, facts, stale.current.version)
    except Refused as refusal:
        return _refused(attempt, facts, refusal)


def _refused(attempt: Attempt, facts: Facts, refusal: Refused) -> HttpResponse:
    """Each refusal at its place: the missing in the question, the reason at its field, the rest on top."""
    if refusal.status in _PAGES:
        raise refusal
    if isinstance(refusal, GateClosed):
        return ask(attempt, note=_short_of(refusal) if facts else "", status=409)
    wrong_reason = next((error.message for error in refusal.errors if error.field == "reason"), "")
    if wrong_reason:
        asked = attempt.sent("gate")
        return ask(attempt, wrong_reason=wrong_reason if asked else "", status=422 if asked else 409)
    placed = take(refusal, attempt.parts)
    return ask(attempt, note="" if placed else refusal.message, status=422 if isinstance(refusal, Invalid) else 409)


def _short_of(refusal: GateClosed) -> str:
    if "value_measured" in refusal.missing:
        return _("Измеренное не дотягивает до обещанного: этап не изменится. Число можно записать без перевода.")
    return _("Этого мало. Ещё не хватает: %(facts)s.") % {"facts": ", ".join(labels(refusal.missing))}
