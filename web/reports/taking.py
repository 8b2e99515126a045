"""The press of a commitment's form. What was refused comes back with the whole page, nothing typed lost."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.access import demand_write
from common.changes import StaleVersion
from common.errors import Invalid
from web.pages import only_once, page, person
from web.reports import committing, forecast
from web.reports.asking import ask
from web.reports.committing import Attempt


@page("POST")
def take(request: HttpRequest) -> HttpResponseBase:
    demand_write(person(request))
    asked, sent = ask(request), request.POST
    try:
        return only_once(request, lambda: committing.take(request, asked), said=_("Обязательство записано."))
    except (Invalid, StaleVersion) as refusal:
        key = f"{sent.get('period', '')}-{sent.get('starts_on', '')}"
        return forecast.shown(request, asked, Attempt(key, sent, refusal))
