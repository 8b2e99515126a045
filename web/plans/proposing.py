"""«Посчитать от цели»: a stage and a number in, what each stage before it needs out; one press fills the row."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.selectors import branch_ids
from backlog.models import Action
from common import clock
from common.errors import Refused
from funnel.models import Stage
from leads.models import Lead
from leads.standing import signing_stages
from plans import proposals, words
from plans.models import LeadPlan
from plans.services import MOST, set_targets
from web.pages import only_once, page, person, show
from web.plans.asking import Asked
from web.plans.deeds import row_of
from web.record_forms import RefusableForm

FORM = "plans/propose.html"


class GoalForm(RefusableForm):
    goal = forms.ModelChoiceField(label=gettext_lazy("До какого этапа"), queryset=Stage.objects.none(), required=False)
    wanted = forms.IntegerField(
        label=gettext_lazy("Сколько лидов"), min_value=0, max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, data: Any, *, stages: list[Stage], **options: Any) -> None:
        super().__init__(data, **options)
        goal: Any = self.fields["goal"]
        goal.queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages])
        goal.empty_label = None


@page("GET", "POST")
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET counts and writes nothing, at first for what is planned already; POST fills the row with middle numbers."""
    plan, asked = row_of(request, pk)
    data = request.POST if request.method == "POST" else request.GET if "wanted" in request.GET else None
    form = GoalForm(data, stages=asked.stages, initial=_usual(plan, asked))
    if form.is_bound and not form.is_valid():
        return _show(request, plan, asked, form, status=422)
    found = _count(request, plan, asked, form)
    if request.method == "GET":
        return _show(request, plan, asked, form, found)
    try:
        said = _("План посчитан от цели")
        return only_once(request, lambda: _fill(request, plan, asked, found), said=said)
    except Refused as refusal:
        if refusal.status in {403, 404}:
            raise
        form.refuse(refusal)
        return _show(request, plan, asked, form, found, status=refusal.status)


def _usual(plan: LeadPlan, asked: Asked) -> dict[str, Any]:
    """What people plan for: the contract, or the furthest stage that has a number already."""
    targets = dict(plan.targets.values_list("stage_id", "target"))
    planned = [stage for stage in asked.stages if targets.get(stage.pk)]
    signing = signing_stages().get(asked.funnel.code)
    goal = planned[-1] if planned else signing if signing in asked.stages else asked.stages[-1]
    return {"goal": goal, "wanted": targets.get(goal.pk, 10)}


def _count(request: HttpRequest, plan: LeadPlan, asked: Asked, form: GoalForm) -> proposals.Proposal:
    """Raises Invalid. What leads and actions know is asked here: the plan stands below both."""
    user, asks = person(request), _usual(plan, asked)
    if form.is_bound:
        asks = {"goal": form.cleaned_data["goal"] or asks["goal"], "wanted": form.cleaned_data["wanted"]}
    people = Lead.objects.visible_to(user).filter(segment__in=branch_ids([plan.segment_id])).order_by()
    return proposals.propose(
        owner=plan.owner, segment=plan.segment, stages=asked.stages, week=plan.week, at=clock.now(), **asks,
        taken=people.values("party").distinct().count(), busy=_busy(request, plan),
    )  # fmt: skip


def _busy(request: HttpRequest, plan: LeadPlan) -> timedelta:
    """What the owner's actions of that week that are still to be done take."""
    rows = Action.objects.visible_to(person(request)).open()
    rows = rows.filter(sprint__owner=plan.owner_id, sprint__starts_on=plan.week)
    return timedelta(minutes=rows.aggregate(minutes=Sum("minutes"))["minutes"] or 0)


def _fill(request: HttpRequest, plan: LeadPlan, asked: Asked, found: proposals.Proposal) -> str:
    targets: dict[Stage, int | None] = {step.stage: min(step.needed.middle, MOST) for step in found.steps}
    set_targets(plan=plan, by=person(request), at=clock.now(), targets=targets)
    return f"{asked.url()}#plan-{plan.pk}"


def _show(
    request: HttpRequest, plan: LeadPlan, asked: Asked, form: GoalForm, found: proposals.Proposal | None = None,
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {"plan": plan, "asked": asked, "form": form, "found": found, "back": asked.url()}
    context["here"] = reverse("plans:propose", args=[plan.pk]) + asked.query()
    if found is not None:
        context["remarks"] = words.remarks(found)
        context["steps"] = [
            (step, words.span(step.needed), words.basis(step.rate, step.stage.pass_guess) if step.rate else "")
            for step in found.steps
        ]
    return show(request, FORM, context, fragment="proposal" if found else "", status=status)
