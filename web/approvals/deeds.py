"""What a request is about, read anew from what its form carries: nobody is asked to agree to figures of the asker's."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from approvals.choices import Deed
from approvals.subject import Mass
from common.errors import Invalid
from imports.consent import handing_over
from imports.services import get_import_for
from web.calls.subject import subject_of_calls
from web.leads.subject import subject_of_hand_over, subject_of_leads
from web.pages import person

READERS: Mapping[str, Callable[[HttpRequest, QueryDict], Mass]] = {
    Deed.LEADS: subject_of_leads,
    Deed.CALLS: subject_of_calls,
    Deed.HAND_OVER: subject_of_hand_over,
    Deed.LOAD: lambda request, query: handing_over(get_import_for(person(request), query.get("import", ""))),
}


def subject_of(request: HttpRequest) -> Mass:
    """Raises Invalid for a deed that does not exist and for conditions that are not understood."""
    read = READERS.get(request.POST.get("deed", ""))
    if read is None:
        raise Invalid(_("Неизвестно, на что нужно согласие. Начните с выгрузки, передачи лидов или загрузки файла."))
    return read(request, QueryDict(request.POST.get("query", "")))
