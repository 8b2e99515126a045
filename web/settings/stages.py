"""Settings: stages of both funnels, their norms and gates."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from agents.choices import Kind
from common import clock
from common.errors import Refused
from funnel import services as stage_deeds
from funnel.models import Stage
from leads.dictionaries import funnels, get_funnel, get_stage, stages
from leads.facts import labels
from leads.services import stages as services
from web.pages import goes_to, only_once, page, person, show
from web.record_forms import save
from web.settings.forms import NewStageForm, StageForm
from web.settings.people import administrator

FORM = "settings/stage_form.html"


@page("GET")
def first(request: HttpRequest) -> HttpResponse:
    return goes_to(request, "settings:stages_of", Kind.AGENT)


@page("GET")
def index(request: HttpRequest, kind: str) -> HttpResponse:
    return _list(request, kind)


def _list(request: HttpRequest, kind: str, refusal: Refused | None = None) -> HttpResponse:
    by = person(request)
    funnel = get_funnel(by, kind)
    rows = [(stage, labels(stage.gate)) for stage in stages(by, funnel)]
    context = {
        "kind": kind,
        "funnel": funnel,
        "kinds": [(one.code, one.name) for one in funnels(by)],
        "in_use": [row for row in rows if row[0].active],
        "retired": [row for row in rows if not row[0].active],
        "refusal": refusal,
    }
    return show(request, "settings/stages.html", context, status=refusal.status if refusal else 200)


@page("GET", "POST")
def create(request: HttpRequest, kind: str) -> HttpResponse:
    by = administrator(request)
    funnel = get_funnel(by, kind)
    form = NewStageForm(request.POST or None, stages=stages(by, funnel).filter(active=True))
    context = {"form": form, "back": resolve_url("settings:stages_of", kind), "kind": kind}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        after = form.cleaned_data["after"]
        services.create(by=by, at=clock.now(), funnel=funnel, fields=changes, after=after)
        return resolve_url("settings:stages_of", kind)

    return save(request, form, deed, template=FORM, context=context, said=_("Этап добавлен."))


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    stage = get_stage(by, pk)
    form = StageForm(request.POST or None, instance=stage)
    context = _form_context(stage, form)
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        confirmed = form.cleaned_data["confirmed"]
        services.update(stage=stage, by=by, changes=changes, expected_version=version, confirmed=confirmed)
        return resolve_url("settings:stages_of", stage.funnel.code)

    return save(request, form, deed, template=FORM, context=context, said=_("Этап сохранён."))


@page("POST")
def effect(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same form with what the ticked gate would do to live leads. Writes nothing."""
    stage = get_stage(administrator(request), pk)
    form = StageForm(request.POST, instance=stage)
    return show(request, FORM, _form_context(stage, form), fragment="effect")


def _form_context(stage: Stage, form: StageForm) -> dict[str, Any]:
    gate = form.cleaned_data.get("gate", stage.gate) if form.is_bound and form.is_valid() else stage.gate
    before = services.stage_before(stage)
    return {
        "form": form,
        "stage": stage,
        "kind": stage.funnel.code,
        "before": before,
        "now": services.gate_effect(before=before, gate=stage.gate),
        "effect": services.gate_effect(before=before, gate=gate),
        "back": resolve_url("settings:stages_of", stage.funnel.code),
    }


def _deed(request: HttpRequest, pk: UUID, deed: Callable[[Stage], object], said: str) -> HttpResponse:
    """A press in the list: what is refused stands above the list."""
    stage = get_stage(administrator(request), pk)

    def run() -> str:
        deed(stage)
        return resolve_url("settings:stages_of", stage.funnel.code)

    try:
        return only_once(request, run, said=said)
    except Refused as refusal:
        return _list(request, stage.funnel.code, refusal)


@page("POST")
def shift(request: HttpRequest, pk: UUID) -> HttpResponse:
    by, earlier = person(request), request.POST.get("to") == "up"
    return _deed(
        request, pk, lambda stage: stage_deeds.shift_stage(stage=stage, by=by, at=clock.now(), earlier=earlier), ""
    )


@page("POST")
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person(request)
    said = _("Этап снят. В истории и отчётах он останется.")
    return _deed(request, pk, lambda stage: services.retire(stage=stage, by=by, at=clock.now()), said)


@page("POST")
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person(request)
    said = _("Этап снова действует.")
    return _deed(request, pk, lambda stage: services.restore(stage=stage, by=by, at=clock.now()), said)
