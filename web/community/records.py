"""Publishing and mending findings."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from backlog.access import get_action_for, get_finding_for
from backlog.anonymity import leaks_in, without
from backlog.community import own_record
from backlog.models import Action, Finding
from backlog.services.finding_checks import TEXTS
from backlog.services.findings import edit_finding, publish_finding
from common import clock
from web.community.forms import FindingForm
from web.hypotheses.findings import finding_from
from web.pages import page, show
from web.record_forms import save, writer

FORM = "community/form.html"


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """From scratch, from an action or a hypothesis («Поделиться»): what is known of it stands in the form already."""
    user = writer(request)
    given = request.GET.get("action", "")
    initial = _from_action(get_action_for(user, given), user) if given else {}
    if tested := request.GET.get("hypothesis", ""):
        initial = finding_from(tested, user)
    form = FindingForm(_posted(request, user), user=user, initial=initial)
    context = {"form": form, "title": _("Новая находка"), "back": reverse("community:list"), "draft": "finding"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        return _address(publish_finding(by=user, **changes))  # type: ignore[typeddict-item]

    return _answer(request, form, deed, context | {"submit": _("Опубликовать")}, _("Находка опубликована"))


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    finding = get_finding_for(user, pk)
    form = FindingForm(_posted(request, user, finding.owner), instance=finding, user=user)
    context = {"form": form, "title": _("Правка находки"), "back": _address(finding), "draft": f"finding-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        return _address(edit_finding(finding=finding, by=user, changes=changes, expected_version=version))

    return _answer(request, form, deed, context, _("Сохранено"))


def _answer(request: HttpRequest, form: FindingForm, deed: Any, context: dict[str, Any], said: str) -> HttpResponse:
    if request.method == "POST" and "clean" not in request.POST:
        return save(request, form, deed, template=FORM, context=context, said=said)
    return show(request, FORM, context | {"cleaned": request.method == "POST"})


def _posted(request: HttpRequest, *people: User) -> Any:
    """What was sent; «Убрать найденное» asks for it back without what would tell who the clients are."""
    if request.method != "POST" or "clean" not in request.POST:
        return request.POST or None
    texts = {name: request.POST.get(name, "")[:4000] for name in TEXTS}
    data = request.POST.copy()
    for name, text in without(texts, leaks_in(texts, people)).items():
        data[name] = text
    return data


def _from_action(action: Action, user: User) -> dict[str, Any]:
    """What an action tells of itself, without names; its evidence is counted from its results."""
    texts = {"action_title": action.title}
    clean = without(texts, leaks_in(texts, (user, action.owner)))
    record = own_record(action, user, clock.now())
    goal = action.goal
    return {
        **clean,
        "segment": action.segment_id,
        "metric": goal.metric if goal else "agreed",
        "metric_name": goal.metric_name if goal else "",
        "after_passed": record.k if record.n else None,
        "after_tries": record.n or None,
        "action_kind": action.kind,
        "action_minutes": action.minutes,
    }


def _address(finding: Finding) -> str:
    return reverse("community:detail", args=[finding.pk])
