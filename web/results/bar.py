"""One press on the result bar. What the outcome asks besides (a reason, the facts of a gate) is asked at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backlog.access import get_action_for, get_result_for
from backlog.choices import ResultOutcome
from backlog.models import ActionResult
from backlog.services.results import record_for_lead, record_result, undo_result
from common import clock
from common.errors import Refused
from funnel.gates import GateClosed
from funnel.models import Stage
from jobs import once
from leads.access import get_lead_for
from leads.models import Lead, LossReason
from leads.selectors import stage_for
from leads.services.moves import missing_for
from web.leads.facts import facts_from, take
from web.leads.forms_facts import RecordForm
from web.leads.gate import Attempt, ask
from web.pages import goes_to, is_fragment, next_address, page, person, show
from web.record_forms import writer
from web.results.forms import CHIPS, FIRST, MORE, ResultForm

# Blocks of pages that take the next state in place: the redirect is followed and the block morphed.
IN_PLACE = frozenset({"day", "week", "ritual"})
_PAGES = frozenset({403, 404})
KEPT = ("note", "when", "at", "text", "version")


@dataclass(frozen=True, slots=True)
class Target:
    """What the result is about: a planned action, or a lead without one."""

    url: str
    home: str
    title: str
    lead: Lead | None
    version: int
    record: Callable[..., ActionResult]


@page("GET", "POST")
def of_action(request: HttpRequest, pk: UUID) -> HttpResponse:
    action = get_action_for(writer(request), pk)
    title = action.lead.party.name if action.lead else action.title
    url, record = reverse("results:action", args=[pk]), partial(record_result, action=action)
    return _answer(request, Target(url, reverse("home"), title, action.lead, action.version, record))


@page("GET", "POST")
def of_lead(request: HttpRequest, pk: UUID) -> HttpResponse:
    lead = get_lead_for(writer(request), pk)
    return _answer(request, lead_target(lead))


def lead_target(lead: Lead) -> Target:
    """The bar of a lead, wherever it stands."""
    url, home = reverse("results:lead", args=[lead.pk]), reverse("leads:card", args=[lead.pk])
    return Target(url, home, lead.party.name, lead, lead.version, partial(record_for_lead, lead=lead))


@page("POST")
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the result back; the page behind is shown anew."""
    result = get_result_for(writer(request), pk)
    undo_result(result=result, by=person(request), at=clock.now())
    messages.info(request, _("Итог отменён"))
    card = reverse("leads:card", args=[result.lead_id]) if result.lead_id else reverse("home")
    return _back(request, next_address(request, _behind(request) or card))


def _answer(request: HttpRequest, target: Target) -> HttpResponse:
    if request.method == "GET":
        return _bar(request, target, ResultForm(None))
    form = ResultForm(request.POST)
    outcome = request.POST.get("outcome") or request.GET.get("outcome", "")
    if not form.is_valid():
        return _bar(request, target, form, status=422)
    if outcome == ResultOutcome.REFUSED and target.lead is not None and form.cleaned_data["reason"] is None:
        return _ask_reason(request, target)
    try:
        return _record(request, target, form, outcome)
    except GateClosed as gate:
        return _gate(request, target, gate.to, status=409)
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        form.take(refusal)
        return _bar(request, target, form, status=refusal.status)


def _record(request: HttpRequest, target: Target, form: ResultForm, outcome: str) -> HttpResponse:
    now = clock.now()
    said = form.said(timezone.localtime(now)) | {"by": person(request), "at": now, "outcome": outcome}
    parts: list[RecordForm] = []
    if "gate" in request.POST and target.lead is not None:
        to = stage_for(target.lead, ResultOutcome.VERBAL_CONTRACT)
        missing = missing_for(target.lead, to)
        said["facts"], parts = facts_from(request.POST, request.FILES, missing, lead=target.lead, user=person(request))
        if any(part.errors for part in parts):
            return _gate(request, target, to, status=422, parts=parts)
    address = next_address(request, target.home)
    try:
        result = _once(request, address, lambda: target.record(**said))
    except Refused as refusal:
        if not take(refusal, parts):
            raise
        return _gate(request, target, to, status=422, parts=parts)
    if result is not None:
        text = _("%(name)s: %(outcome)s") % {"name": target.title, "outcome": result.get_outcome_display().lower()}
        messages.success(request, text, extra_tags=f"undo:{reverse('results:undo', args=[result.pk])}")
    return _back(request, address)


def _once(request: HttpRequest, address: str, deed: Callable[[], ActionResult]) -> ActionResult | None:
    """The result; None for a second press of the same form."""
    key = request.POST.get("_once", "")
    with transaction.atomic():
        if key and once.claim(user_id=person(request).pk, key=key) is not None:
            return None
        made = deed()
        if key:
            once.remember(user_id=person(request).pk, key=key, location=address)
        return made


def _back(request: HttpRequest, address: str) -> HttpResponse:
    htmx: Any = getattr(request, "htmx", None)
    if is_fragment(request) and htmx.target in IN_PLACE:
        return HttpResponseRedirect(address)
    return goes_to(request, address)


def _bar(request: HttpRequest, target: Target, form: ResultForm, status: int = 200) -> HttpResponse:
    context = {"target": target, "form": form, "next": _next(request)} | bar_context()
    return show(request, "results/page.html", context, status=status)


def bar_context() -> dict[str, Any]:
    """What ``results/bar.html`` asks for besides its target."""
    return {"first": [(n, outcome) for n, outcome in enumerate(FIRST, 1)], "more": MORE, "chips": CHIPS}


def bar_of_lead(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    """A bar that stands open within another page: its ids are its own."""
    form = ResultForm(None, auto_id="result-%s")
    return {"target": lead_target(lead), "form": form, "next": request.get_full_path()} | bar_context()


def _ask_reason(request: HttpRequest, target: Target) -> HttpResponse:
    """Each reason is a button: one more press and the refusal stands."""
    reasons = LossReason.objects.filter(active=True)
    context = {"target": target, "reasons": reasons, "kept": _kept(request), "next": _next(request)}
    return show(request, "results/reason.html", context, status=422)


def _gate(
    request: HttpRequest, target: Target, to: Stage, *, status: int, parts: Sequence[RecordForm] = ()
) -> HttpResponse:
    """The question of the move, sent back to the bar's own address with the outcome."""
    if target.lead is None:
        raise Http404
    attempt = Attempt(request, target.lead, to, action=f"{target.url}?outcome={ResultOutcome.VERBAL_CONTRACT}")
    attempt.parts, attempt.kept, attempt.only = list(parts), _kept(request), True
    return ask(attempt, status=status)


def _kept(request: HttpRequest) -> dict[str, str]:
    """What was chosen and typed on the bar travels through the question, so that nothing is lost by it."""
    return {name: request.POST[name] for name in KEPT if request.POST.get(name)}


def _next(request: HttpRequest) -> str:
    """Not to be followed as it stands: ``next_address`` judges it."""
    return request.POST.get("next") or request.GET.get("next") or _behind(request)


def _behind(request: HttpRequest) -> str:
    """The page of this site over which the bar or the message stands."""
    htmx: Any = getattr(request, "htmx", None)
    return (htmx and htmx.current_url_abs_path) or ""
