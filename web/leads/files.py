"""The signed contract's file, served through the lead's scope and never by its path."""

from pathlib import PurePath
from typing import cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.errors import NotFound
from leads.access import get_lead_for
from web.pages import page, person

TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}


@page("GET")
def contract_file(request: HttpRequest, pk: UUID, contract: UUID) -> HttpResponse:
    """Always as a download: a document somebody sent must not run in our pages' name."""
    lead = get_lead_for(person(request), pk)
    found = lead.contracts.filter(pk=contract).exclude(file="").first()
    if found is None or not found.file.storage.exists(str(found.file.name)):
        raise NotFound(_("Файла нет."))
    ending = PurePath(found.file_name).suffix.lower()
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.file_name,
        content_type=TYPES.get(ending, "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return cast("HttpResponse", response)  # a streaming cousin: the frame only adds headers to it
