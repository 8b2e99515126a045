"""Writing a hypothesis down, mending the draft, a new edition of what runs or has run."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Segment
from hypotheses.access import get_hypothesis_for
from hypotheses.models import Hypothesis
from hypotheses.services.editing import create_hypothesis, new_edition, update_hypothesis
from web.hypotheses.forms import HypothesisForm, first_values, posted_segment
from web.pages import goes_to, only_once, page, show
from web.record_forms import save, writer

FORM = "hypotheses/form.html"


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """``segment`` and ``initiative`` of the address fill the form; choosing a segment asks for the form anew."""
    user = writer(request)
    initial, segment = first_values(user, request.GET)
    posted = request.POST or None
    chosen = posted_segment(user, posted) if posted else segment
    form = HypothesisForm(posted, user=user, initial=initial, segment=chosen)
    context = {"form": form, "title": _("Новая гипотеза"), "back": reverse("hypotheses:list"), "draft": "hypothesis"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        row = create_hypothesis(by=user, fields=changes, utps=form.chosen)
        return reverse("hypotheses:start", args=[row.pk])

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Черновик записан"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draft; what runs is locked, and the way on is a new edition."""
    user = writer(request)
    row = get_hypothesis_for(user, pk)
    if request.method == "GET" and not row.is_draft:
        return goes_to(request, reverse("hypotheses:detail", args=[pk]))
    form = HypothesisForm(request.POST or None, instance=row, user=user, segment=_chosen(request, row, user))
    back = reverse("hypotheses:detail", args=[pk])
    context = {"form": form, "title": row.code, "back": back, "draft": f"hypothesis-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        utps = form.chosen
        update_hypothesis(hypothesis=row, by=user, changes=changes, utps=utps, expected_version=version)
        return reverse("hypotheses:start", args=[pk])

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)


def _chosen(request: HttpRequest, row: Hypothesis, user: User) -> Segment | None:
    """The segment whose promises are offered: the one just chosen in the form, else the row's own."""
    if request.method == "POST":
        return posted_segment(user, request.POST)
    _values, asked = first_values(user, request.GET)
    return asked or row.segment


@page("POST")
def revise(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    row = get_hypothesis_for(user, pk)

    def deed() -> str:
        return reverse("hypotheses:edit", args=[new_edition(hypothesis=row, by=user).pk])

    return only_once(request, deed, said=_("Новая версия: поправьте и начните"))
