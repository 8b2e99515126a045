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
from funnel.models import Stage
from leads import stage_effects
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
    return show_list(request, kind)


def show_list(request: HttpRequest, kind: str, refusal: Refused | None = None) -> HttpResponse:
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
    """What the form would change, told by what is typed into it where it can be read, else by what stands."""
    typed = form.cleaned_data if form.is_bound and form.is_valid() else {}
    gate, norm = typed.get("gate", stage.gate), typed.get("norm_hours", stage.norm_hours)
    before = services.stage_before(stage)
    return {
        "form": form,
        "stage": stage,
        "kind": stage.funnel.code,
        "before": before,
        "now": stage_effects.gate_effect(before=before, gate=stage.gate),
        "effect": stage_effects.gate_effect(before=before, gate=gate, names=True),
        "norm": stage_effects.norm_effect(stage=stage, norm_hours=norm, at=clock.now()),
        "new_norm": norm != stage.norm_hours,
        "new_name": typed.get("name") if typed.get("name") != stage.name else "",
        "entries": stage_effects.entries_of(stage),
        "back": resolve_url("settings:stages_of", stage.funnel.code),
    }


def press(request: HttpRequest, stage: Stage, deed: Callable[[], object], said: str) -> HttpResponse:
    """A press on a stage; what is refused stands above the list."""

    def run() -> str:
        deed()
        return resolve_url("settings:stages_of", stage.funnel.code)

    try:
        return only_once(request, run, said=said)
    except Refused as refusal:
        return show_list(request, stage.funnel.code, refusal)


@page("POST")
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    stage = get_stage(by, pk)
    return press(
        request, stage, lambda: services.restore(stage=stage, by=by, at=clock.now()), _("Этап снова действует.")
    )
