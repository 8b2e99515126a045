"""Requests to the bank's lawyers: asking, and what became of the question."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from documents.access import get_document_for, get_request_for
from documents.models import LegalRequest
from documents.services import legal
from leads.access import get_lead_for, may_work_on
from leads.value import bank_day
from web.documents.forms import AnswerForm, AskForm
from web.leads.dialogs import card_url
from web.pages import next_address, page, person, show
from web.record_forms import save, writer

DEEDS = {"answer": legal.answer, "withdraw": legal.withdraw, "take": legal.take}
SAID = {
    "answer": gettext_lazy("Ответ записан"),
    "withdraw": gettext_lazy("Запрос отозван"),
    "take": gettext_lazy("Запрос в работе"),
}


@page("GET", "POST")
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    lead = get_lead_for(user, pk)
    back = next_address(request, card_url(lead, "legal"))
    context = {"title": _("Вопрос юристам: %s") % lead.party.name, "back": back, "draft": f"legal-{lead.pk}"}
    if request.method != "POST":
        named = request.GET.get("document", "")
        initial = {"document": get_document_for(user, named).pk} if named else {}
        return show(request, "records/form.html", context | {"form": AskForm(lead=lead, initial=initial)})

    def deed(typed: dict[str, Any], _version: int | None) -> str:
        legal.ask(lead=lead, by=user, at=clock.now(), **typed)
        return back

    form = AskForm(request.POST, lead=lead)
    return save(request, form, deed, template="records/form.html", context=context, said=_("Вопрос отправлен юристам"))


@page("GET", "POST")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The question, its deadline and its answer; while it is open, what became of it is written down here."""
    user = person(request)
    found = get_request_for(user, pk)
    context = {"asked": found, "late": found.is_overdue(bank_day(clock.now()))}
    if request.method != "POST":
        form = AnswerForm.about(found) if found.is_open and may_work_on(user, found.lead) else None
        return show(request, "documents/request.html", context | {"form": form})
    return _settle(request, found, context)


def _settle(request: HttpRequest, found: LegalRequest, context: dict[str, Any]) -> HttpResponse:
    user = writer(request)
    what = next((name for name in ("take", "withdraw") if name in request.POST), "answer")

    def deed(typed: dict[str, Any], expected: int | None) -> str:
        words = {"answer": {"text": typed["answer"]}, "withdraw": {"reason": typed["answer"]}, "take": {}}[what]
        lawyer = {} if what == "withdraw" else {"lawyer": typed["lawyer"]}
        DEEDS[what](request=found, by=user, at=clock.now(), expected_version=expected, **words, **lawyer)  # type: ignore[operator]
        return next_address(request, reverse("documents:request", args=[found.pk]))

    form = AnswerForm(request.POST)
    return save(request, form, deed, template="documents/request.html", context=context, said=str(SAID[what]))
