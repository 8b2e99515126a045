"""Requests for a second person's consent: one's own, those one decides, and what was said."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import demand_write
from approvals import selectors, services
from approvals.access import get_approval_for
from approvals.choices import LONGEST
from approvals.models import Approval
from approvals.services import AlreadyClosed
from common import clock
from common.changes import StaleVersion
from common.errors import Invalid
from web import foureyes
from web.approvals.deeds import subject_of
from web.leads.forms_base import PageForm
from web.pages import only_once, page, person, show

LIST = "approvals/list.html"
ANSWERS = {"yes": True, "no": False}


class DecisionForm(PageForm):
    """Ids carry the request's own: there are as many of these on a page as requests wait."""

    note = forms.CharField(
        label=gettext_lazy("Пояснение"), max_length=LONGEST, required=False,
        help_text=gettext_lazy("При отказе обязательно"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any = None, *, approval: Approval) -> None:
        super().__init__(data, auto_id=f"id_%s_{approval.pk}", initial={"version": approval.version})


@dataclass(slots=True)
class Shown:
    """One request on the page. ``form`` where the reader decides it, ``ways`` where he may go on with it."""

    approval: Approval
    form: DecisionForm | None = None
    ways: list[foureyes.Way] = field(default_factory=list)


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(
    request: HttpRequest, *, typed: DecisionForm | None = None, of: UUID | None = None, **more: Any
) -> HttpResponse:
    """With ``typed`` the form of one request comes back as it was sent."""
    user, at, most = person(request), clock.now(), selectors.SHOWN
    decides = selectors.decides(user)
    waiting = [
        Shown(row, (typed if row.pk == of else None) or DecisionForm(approval=row)) if decides else Shown(row)
        for row in selectors.waiting(user, at)[:most]
    ]
    own = [Shown(row, ways=foureyes.ways(row) if row.stands(at) else []) for row in selectors.own(user)[:most]]
    decided = selectors.decided(user)[:most]
    context = {"waiting": waiting, "own": own, "decided": decided, "decides": decides, "now": at, "most": most}
    status = more.pop("status", 200)
    return show(request, LIST, context | more, status=status)


@page("POST")
def ask(request: HttpRequest) -> HttpResponse:
    """What and how many are counted anew; the page of the refused deed comes back with what was wrong."""
    user, what = person(request), subject_of(request)
    form = foureyes.ReasonForm(request.POST)
    if not form.is_valid():
        return foureyes.closed(request, what, form=form)

    def deed() -> str:
        reason = form.cleaned_data["reason"]
        made = services.ask(what=what, by=user, reason=reason, at=clock.now())
        return f"{reverse('approvals:list')}#approval-{made.pk}"

    try:
        return only_once(request, deed, said=_("Запрос отправлен. О решении придёт уведомление."))
    except Invalid as refusal:
        form.take(refusal)
        return foureyes.closed(request, what, form=form)


@page("POST", fresh=True)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    demand_write(person(request))
    approval = get_approval_for(person(request), pk)
    form, agree = DecisionForm(request.POST, approval=approval), ANSWERS.get(request.POST.get("agree", ""))
    if form.is_valid() and agree is None:
        form.add_error(None, _("Нажмите «Согласовать» или «Отказать»."))
    if agree is None or form.errors:
        return _list(request, typed=form, of=pk, status=422)
    try:
        return _settle(request, approval, form, agree=agree)
    except Invalid as refusal:
        form.take(refusal)
        return _list(request, typed=form, of=pk, status=422)
    except StaleVersion as refusal:
        form.refuse(refusal)
        trouble = _("Сотрудник изменил запрос, пока вы решали. Посмотрите на него ещё раз.")
        return _list(request, typed=form, of=pk, trouble=trouble, status=409)
    except AlreadyClosed as refusal:
        return _list(request, trouble=refusal.message, status=409)


def _settle(request: HttpRequest, approval: Approval, form: DecisionForm, *, agree: bool) -> HttpResponse:
    note, seen = form.cleaned_data["note"], form.cleaned_data["version"]

    def deed() -> str:
        services.decide(
            approval=approval, by=person(request), agree=agree, note=note, at=clock.now(), expected_version=seen
        )
        return reverse("approvals:list")

    return only_once(request, deed, said=_("Согласовано.") if agree else _("Отказано."))
