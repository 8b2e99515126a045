"""The signed contract's file, served through the lead's scope and never by its path."""

from typing import cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.errors import NotFound
from common.files import FILE_POLICY
from leads.access import get_lead_for
from leads.services.contract_files import open_file
from web.pages import page, person
from web.privacy.shown import still_hidden


@page("GET")
def contract_file(request: HttpRequest, pk: UUID, contract: UUID) -> HttpResponse:
    """Always as a download: a document somebody sent must not run in our pages' name."""
    lead = get_lead_for(person(request), pk)
    found = lead.contracts.filter(pk=contract).first()
    if found is None:
        raise NotFound(_("Файла нет."))
    if (way := still_hidden(request, lead)) is not None:
        return way
    file, kind = open_file(found)
    response = FileResponse(file, as_attachment=True, filename=found.file_name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    return cast("HttpResponse", response)  # a streaming cousin: the frame only adds headers to it
