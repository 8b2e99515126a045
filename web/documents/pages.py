"""Reading papers: the list with its two tabs, one contract with its versions, its files as downloads."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from accounts.models import User
from common import clock
from common.files import FILE_POLICY
from documents.access import get_document_for, get_version_for
from documents.filters import DocumentFilter, RequestFilter
from documents.models import Document, LegalRequest
from leads.access import may_work_on
from leads.value import bank_day
from web.documents.forms import SignForm
from web.listing import Listing, listing
from web.pages import page, person, show
from web.privacy.shown import still_hidden

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@page("GET")
def paper_list(request: HttpRequest) -> HttpResponse:
    user, today = person(request), bank_day(clock.now())
    tab = "requests" if request.GET.get("tab") == "requests" else "contracts"
    asked = _requests(request, user) if tab == "requests" else _contracts(request, user)
    context = {
        "listing": asked, "tab": tab, "today": today,
        "drafts": Document.objects.visible_to(user).filter(status="draft").count(),
        "open_requests": LegalRequest.objects.visible_to(user).open().count(),
        "late": LegalRequest.objects.visible_to(user).overdue(today).count(),
    }  # fmt: skip
    return show(request, "documents/list.html", context, fragment="results")


def _contracts(request: HttpRequest, user: User) -> Listing:
    rows = Document.objects.visible_to(user).for_list().order_by("-created_at", "pk")
    sorts = {"number": "number", "dated": "dated_on", "name": "lead__party__sort_key"}
    return listing(request, DocumentFilter, rows, named=("status", "kind", "owner"), sorts=sorts)


def _requests(request: HttpRequest, user: User) -> Listing:
    open_first = F("closed_at").asc(nulls_first=True)
    rows = LegalRequest.objects.visible_to(user).for_list().order_by(open_first, "due_on", "pk")
    sorts = {"due": "due_on", "asked": "asked_at", "name": "lead__party__sort_key"}
    return listing(request, RequestFilter, rows, named=("status", "overdue", "owner"), sorts=sorts)


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    document = get_document_for(user, pk)
    context: dict[str, Any] = {
        "document": document,
        "versions": list(document.versions.select_related("by", "template")),
        "requests": document.requests.select_related("by"),
        "today": bank_day(clock.now()),
        "writes": may_work_on(user, document.lead),
    }
    if context["writes"] and document.status == "draft":
        context["sign_form"] = SignForm(initial={"signed_on": context["today"], "version": document.version})
    return show(request, "documents/detail.html", context)


@page("GET")
def download(request: HttpRequest, pk: UUID, number: int, ending: str) -> HttpResponse:
    """A version as it was made; always as a download."""
    version = get_version_for(person(request), pk, number)
    if (way := still_hidden(request, version.document.lead)) is not None:
        return way
    content = version.rendition.docx if ending == "docx" else version.rendition.pdf
    name = f"{version.document.number.replace('/', '-')} v{version.number}.{ending}"
    return as_download(bytes(content), name, TYPES[ending])


def as_download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    return response
