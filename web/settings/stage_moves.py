"""Changing the place or the end of a stage: what would change is shown first, and done on the next press."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.errors import FieldError, Invalid, Refused
from funnel.models import Stage
from leads import stage_effects
from leads.dictionaries import get_stage
from leads.services import stages as services
from web.leads.dialogs import version_of
from web.pages import only_once, page, show
from web.plans.asking import is_uuid
from web.settings.people import administrator
from web.settings.stages import press, show_list

_PAGES = frozenset({403, 404})


@page("GET", "POST")
def shift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows which figures change their meaning; POST swaps, if the neighbour is still the one that was shown."""
    by = administrator(request)
    stage = get_stage(by, pk)
    earlier = (request.POST or request.GET).get("to") == "up"
    if request.method == "POST":
        beside = request.POST.get("beside", "")
        other = UUID(beside) if is_uuid(beside) else None
        said = _("Порядок изменён, показатели пересчитываются")
        return press(
            request, stage,
            lambda: services.shift(stage=stage, by=by, at=clock.now(), earlier=earlier, beside=other), said,
        )  # fmt: skip
    found = stage_effects.shift_effect(stage=stage, earlier=earlier)
    if found is None:
        return show_list(request, stage.funnel.code)
    context = {
        "stage": stage,
        "found": found,
        "to": "up" if earlier else "down",
        "beside": found.earlier if earlier else found.later,
        "rates": [
            (found.earlier, found.earlier_now, found.earlier_then), (found.later, found.later_now, found.later_then),
        ],
        "back": resolve_url("settings:stages_of", stage.funnel.code),
    }  # fmt: skip
    return show(request, "settings/stage_shift.html", context)


@page("GET", "POST")
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows who stands there and what stays; POST moves the leads where it was said and retires the stage."""
    by = administrator(request)
    stage = get_stage(by, pk)
    if request.method == "GET":
        return _ask(request, stage)

    def run() -> str:
        to = _target(request, stage)
        services.retire(stage=stage, by=by, at=clock.now(), move_to=to, expected_version=version_of(request))
        return resolve_url("settings:stages_of", stage.funnel.code)

    try:
        return only_once(request, run, said=_("Этап снят. В истории и отчётах он останется."))
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        return _ask(request, get_stage(by, pk), refusal)


def _target(request: HttpRequest, stage: Stage) -> Stage | None:
    """Raises Invalid for what is no stage of this funnel."""
    key = request.POST.get("move_to", "")
    if not key:
        return None
    found = Stage.objects.of_funnel(stage.funnel_id).filter(pk=key).first() if is_uuid(key) else None
    if found is None:
        message = _("Выберите действующий этап этой же воронки.")
        raise Invalid(message, [FieldError("move_to", "invalid", message)])
    return found


def _ask(request: HttpRequest, stage: Stage, refusal: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "stage": stage,
        "found": stage_effects.retirement(stage),
        "most": services.MOST_MOVED,
        "refusal": refusal,
        "chosen": request.POST.get("move_to", ""),
        "leads_url": f"{reverse('leads:list')}?view=open&kind={stage.kind}&stage={stage.code}",
        "back": resolve_url("settings:stages_of", stage.funnel.code),
    }
    return show(request, "settings/stage_retire.html", context, status=refusal.status if refusal else 200)
