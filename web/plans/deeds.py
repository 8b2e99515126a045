"""Presses on the plan: a row more, its numbers, last week's plan, a row less, a goal from a number."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.access import get_segment_for
from backlog.metrics import METRICS
from backlog.services.goals import create_goal
from backlog.services.sprints import open_sprint
from backlog.weeks import code_of
from common import clock
from common.errors import Invalid, NotFound, Refused
from funnel.models import Stage
from plans.access import get_plan_for
from plans.models import LeadPlan
from plans.services import copy_last_week, drop_plan, open_plan, set_targets
from web.pages import is_fragment, only_once, page, person
from web.plans import lines
from web.plans.asking import Asked, asked_of, is_uuid
from web.plans.pages import show_plan
from web.record_forms import writer

_PAGES = frozenset({403, 404})


def answer(request: HttpRequest, asked: Asked, deed: Callable[[], str], said: str = "") -> HttpResponse:
    """Run a deed once and show the plan anew; what is refused stands above it, except a row's own."""
    try:
        response = only_once(request, deed, said=said)
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        return show_plan(request, asked, status=refusal.status, wrong=refusal.message)
    where, htmx = response.headers.get("HX-Redirect", ""), getattr(request, "htmx", None)
    if where and is_fragment(request) and htmx and htmx.target == "plan":
        return HttpResponseRedirect(where)
    return response


@page("POST")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """A row for one more segment."""
    by, asked = writer(request), asked_of(request, code)

    def deed() -> str:
        key = request.POST.get("segment", "")
        if not is_uuid(key):
            raise Invalid(_("Выберите сегмент."))
        segment = get_segment_for(by, key)
        if segment.kind != asked.funnel.kind:
            raise Invalid(_("Этот сегмент — из другой воронки."))
        open_plan(owner=asked.writer, segment=segment, week=asked.monday, by=by, at=clock.now())
        return asked.url()

    return answer(request, asked, deed)


@page("POST")
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Last week's targets, where nothing stands yet."""
    by, asked = writer(request), asked_of(request, code)

    def deed() -> str:
        copy_last_week(owner=asked.writer, week=asked.monday, by=by, at=clock.now())
        return asked.url()

    return answer(request, asked, deed, _("План прошлой недели перенесён: заполнены пустые клетки"))


def row_of(request: HttpRequest, pk: UUID) -> tuple[LeadPlan, Asked]:
    """The row and the page that it was pressed on. Raises NotFound, NotAllowed."""
    plan = get_plan_for(writer(request), pk)
    return plan, asked_of(request, code_of(plan.week))


@page("POST")
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The numbers of one row. What could not be read or was changed by others stands in the row, as it was typed."""
    plan, asked = row_of(request, pk)
    typed = {str(stage.pk): request.POST.get(f"t-{stage.pk}", "") for stage in asked.stages}

    def deed() -> str:
        seen = {stage.pk: _version(request, stage) for stage in asked.stages}
        targets = _targets(asked, request)
        set_targets(plan=plan, by=person(request), at=clock.now(), targets=targets, versions=seen)
        return asked.url()

    try:
        return answer_in_row(request, deed)
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        fields = frozenset(error.field for error in refusal.errors)
        wrong = lines.Refused(str(plan.pk), refusal.message, typed, fields)
        return show_plan(request, asked, status=refusal.status, refused=wrong)


def answer_in_row(request: HttpRequest, deed: Callable[[], str]) -> HttpResponse:
    response = only_once(request, deed)
    where = response.headers.get("HX-Redirect", "")
    return HttpResponseRedirect(where) if where else response


def _targets(asked: Asked, request: HttpRequest) -> dict[Stage, int | None]:
    """Raises Invalid for what is no whole number. A stage that the form did not carry is left alone."""
    found: dict[Stage, int | None] = {}
    for stage in asked.stages:
        text = request.POST.get(f"t-{stage.pk}")
        if text is None:
            continue
        plain = "".join(text.split())
        if plain and not (plain.isascii() and plain.isdigit() and len(plain) <= 9):
            raise Invalid(_("«%(stage)s»: укажите целое число от 0 до 100 000.") % {"stage": stage.name})
        found[stage] = int(plain) if plain else None
    return found


def _version(request: HttpRequest, stage: Stage) -> int:
    text = request.POST.get(f"v-{stage.pk}", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@page("POST")
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan, asked = row_of(request, pk)

    def deed() -> str:
        drop_plan(plan=plan, by=person(request), at=clock.now())
        return asked.url()

    said = _("«%(segment)s» убран из плана недели") % {"segment": plan.segment.name}
    return answer(request, asked, deed, said)


@page("POST")
def goal(request: HttpRequest, pk: UUID, stage_code: str) -> HttpResponse:
    """A goal of the week from one number of the plan. The goal counts the same entries; there is one of them."""
    plan, asked = row_of(request, pk)
    stage = next((one for one in asked.stages if one.code == stage_code), None)
    if stage is None:
        raise NotFound(_("Такого этапа нет."))
    return answer(request, asked, lambda: _goal(plan, stage, request), _("Цель недели поставлена"))


def _goal(plan: LeadPlan, stage: Stage, request: HttpRequest) -> str:
    by = person(request)
    target = plan.targets.filter(stage=stage).values_list("target", flat=True).first()
    if stage.code not in METRICS or not target:
        raise Invalid(_("Цель ставят по числу плана больше нуля на этапе, который цели умеют считать."))
    known = lines.standing_goals([plan], by).get((plan.pk, stage.code))
    if known is None:
        sprint = open_sprint(owner=plan.owner, day=plan.week, by=by)
        words = {"segment": plan.segment.name, "stage": stage.name, "n": target}
        text = ngettext("%(segment)s: «%(stage)s» — %(n)s лид", "%(segment)s: «%(stage)s» — %(n)s лидов", target)
        fields: Any = {"statement": text % words, "metric": stage.code, "target": Decimal(target)}
        known = create_goal(sprint=sprint, by=by, segment=plan.segment, **fields)
    return lines.goal_url(known, plan)
