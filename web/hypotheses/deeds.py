"""Starting a test, giving a verdict, stopping."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.errors import Refused
from hypotheses.access import get_hypothesis_for
from hypotheses.choices import Decision
from hypotheses.judging import State, state_of
from hypotheses.models import Hypothesis
from hypotheses.planning import plan_of
from hypotheses.services.deciding import decide
from hypotheses.services.editing import new_edition
from hypotheses.services.running import start, stop
from web.hypotheses.forms import StopForm, VerdictForm
from web.hypotheses.lines import line_of
from web.leads.dialogs import version_of
from web.pages import next_address, only_once, page, show
from web.record_forms import writer


@page("GET", "POST")
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan, said before the start: how many leads, how many days, what chance of a verdict."""
    user, at = writer(request), clock.now()
    row = get_hypothesis_for(user, pk)
    where = reverse("hypotheses:detail", args=[pk])

    def deed() -> str:
        start(hypothesis=row, by=user, at=at, expected_version=version_of(request))
        return where

    refusal: Refused | None = None
    if request.method == "POST":
        try:
            return only_once(request, deed, said=_("Проверка идёт: новые лиды получают УТП по жребию"))
        except Refused as error:
            refusal = error
    line = line_of(state_of(row, at), may_write=True)
    context = {"line": line, "hypothesis": row, "plan": plan_of(row, at), "refusal": refusal}
    return show(request, "hypotheses/start.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def give_verdict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From the card one press and a sentence; here the same with what the rule says beside it."""
    user = writer(request)
    row = get_hypothesis_for(user, pk)
    state = state_of(row, clock.now())
    form = VerdictForm(request.POST or None, state=state, initial={"decision": request.GET.get("decision")})
    if request.method != "POST" or not form.is_valid():
        return _verdict_page(request, state, form, 422 if request.method == "POST" else 200)

    def deed() -> str:
        return _decided(request, row, form)

    try:
        return only_once(request, deed, said=_("Вердикт записан"))
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        form.refuse(refusal)
        return _verdict_page(request, state, form, refusal.status)


def _decided(request: HttpRequest, row: Hypothesis, form: VerdictForm) -> str:
    data, user = form.cleaned_data, writer(request)
    decide(
        hypothesis=row, by=user, at=clock.now(), decision=data["decision"], reason=data["reason"], winner=form.chosen,
        expected_version=form.expected_version,
    )  # fmt: skip
    if data["decision"] == Decision.CHANGED:
        return reverse("hypotheses:edit", args=[new_edition(hypothesis=row, by=user).pk])
    return next_address(request, reverse("hypotheses:detail", args=[row.pk]))


def _verdict_page(request: HttpRequest, state: State, form: VerdictForm, status: int) -> HttpResponse:
    row = state.hypothesis
    context = {
        "form": form, "line": line_of(state, may_write=True), "hypothesis": row, "title": _("Вердикт: %s") % row.code,
        "submit": _("Записать вердикт"), "back": next_address(request, reverse("hypotheses:detail", args=[row.pk])),
        "draft": f"verdict-{row.pk}",
    }  # fmt: skip
    return show(request, "hypotheses/verdict.html", context, status=status)


@page("GET", "POST")
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    row = get_hypothesis_for(user, pk)
    form = StopForm(request.POST or None, hypothesis=row)
    where = reverse("hypotheses:detail", args=[pk])
    context = {"form": form, "title": _("Остановить %s") % row.code, "submit": _("Остановить"), "back": where}

    def deed() -> str:
        reason = form.cleaned_data["reason"]
        stop(hypothesis=row, by=user, at=clock.now(), reason=reason, expected_version=form.expected_version)
        return where

    if request.method == "POST" and form.is_valid():
        try:
            return only_once(request, deed, said=_("Проверка остановлена"))
        except Refused as refusal:
            if refusal.status in {403, 404}:
                raise
            form.refuse(refusal)
    status = 422 if request.method == "POST" else 200
    return show(request, "records/form.html", context, status=status)
