"""Preparing a contract from a lead, changing its terms, attaching the signed file, giving it up."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.choices import Kind
from common import clock
from documents.access import get_document_for
from documents.choices import DocumentKind
from documents.models import Template
from documents.services import preparing, signing
from documents.services.templates import by_key, choices, key_of
from documents.variables import first_values, labels, missing, terms_of
from leads.access import get_lead_for
from leads.models import Lead
from leads.value import bank_day
from web.documents.forms import SignForm, TermsForm, first_terms
from web.leads.dialogs import card_url, version_of
from web.pages import only_once, page, show
from web.privacy.shown import still_hidden
from web.record_forms import save, writer

FORM = "documents/prepare.html"


@page("GET", "POST")
def prepare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form comes filled in with what was agreed upon."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    usual = DocumentKind.AGENT if lead.kind == Kind.AGENT else DocumentKind.CLIENT
    template = by_key(request.GET.get("template", ""), usual)
    context = _context(
        lead, template, title=_("Подготовить контракт: %s") % lead.party.name, back=card_url(lead, "terms")
    )
    if request.method != "POST":
        if (way := still_hidden(request, lead)) is not None:
            return way
        values = first_values(terms_of(lead, template.language), template.variables)
        form = TermsForm(template=template, initial={"dated_on": bank_day(clock.now()), **first_terms(values)})
        return _ask(request, form, context, labels(missing(values, _terms(template))))

    def deed(typed: dict[str, Any], _version: int | None) -> str:
        document = preparing.prepare(
            lead=lead, template=template, by=user, at=clock.now(), number=typed["number"], dated_on=typed["dated_on"],
            values=form.values(),
        )  # fmt: skip
        return reverse("documents:detail", args=[document.pk])

    form = TermsForm(request.POST, template=template)
    return save(request, form, deed, template=FORM, context=context, said=_("Контракт подготовлен"))


@page("GET", "POST")
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The terms once more, as they stand in the last version: what is changed makes the next one."""
    user = writer(request)
    document = get_document_for(user, pk)
    last = document.versions.select_related("template").first()
    key = request.GET.get("template", "") or (key_of(last.template) if last else "")
    template = by_key(key, document.kind)
    back = reverse("documents:detail", args=[document.pk])
    title = _("Изменить условия: контракт № %s") % document.number
    context = _context(document.lead, template, title=title, back=back, kind=document.kind)
    if request.method != "POST":
        if (way := still_hidden(request, document.lead)) is not None:
            return way
        known = first_values(terms_of(document.lead, template.language), template.variables)
        values = known | (last.values if last else {})
        initial = {"dated_on": document.dated_on, "version": document.version, **first_terms(values)}
        form = TermsForm(template=template, numbered=False, initial=initial)
        return _ask(request, form, context, labels(missing(values, _terms(template))))

    def deed(typed: dict[str, Any], expected: int | None) -> str:
        preparing.add_version(
            document=document, template=template, by=user, at=clock.now(), values=form.values(),
            dated_on=typed["dated_on"], expected_version=expected,
        )  # fmt: skip
        return back

    form = TermsForm(request.POST, template=template, numbered=False)
    return save(request, form, deed, template=FORM, context=context, said=_("Условия записаны новой версией"))


@page("GET", "POST")
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    document = get_document_for(user, pk)
    back = reverse("documents:detail", args=[document.pk])
    context = {"title": _("Подписанный контракт № %s") % document.number, "back": back, "multipart": True}

    def deed(typed: dict[str, Any], expected: int | None) -> str:
        signing.sign(
            document=document, by=user, at=clock.now(), signed_on=typed["signed_on"], file=typed["file"],
            expected_version=expected,
        )  # fmt: skip
        return back

    if request.method != "POST":
        form = SignForm(initial={"signed_on": bank_day(clock.now()), "version": document.version})
        return _ask(request, form, context, [], template="records/form.html")
    form = SignForm(request.POST, request.FILES)
    return save(
        request, form, deed, template="records/form.html", context=context, said=_("Подписанный контракт приложен")
    )


@page("POST")
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    document = get_document_for(user, pk)

    def deed() -> str:
        preparing.void(document=document, by=user, at=clock.now(), expected_version=version_of(request))
        return reverse("documents:detail", args=[document.pk])

    return only_once(request, deed, said=_("Контракт отменён"))


def _terms(template: Template) -> list[str]:
    """What the person fills in himself: the number and the date come by themselves."""
    return [code for code in template.variables if not code.startswith("contract.")]


def _context(lead: Lead, template: Template, *, title: str, back: str, kind: str = "") -> dict[str, Any]:
    offered = [one for one in choices() if kind in {"", one.kind}]
    return {
        "lead": lead, "title": title, "back": back, "draft": "", "template": template,
        "templates": [(key_of(one), one, key_of(one) == key_of(template)) for one in offered],
        "no_agreement": not lead.agreements.exists(),
    }  # fmt: skip


def _ask(
    request: HttpRequest, form: Any, context: dict[str, Any], short: list[str], template: str = FORM
) -> HttpResponse:
    return show(request, template, {**context, "form": form, "missing": short})
