"""Help: the keys and the words of the house. Open to all who are signed in."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from web.account.glossary import TERMS
from web.account.shortcuts import GROUPS
from web.pages import page, show

NOTE = _("Клавиши работают по месту на клавиатуре, поэтому русская раскладка им не помеха.")


@page("GET")
def shortcuts(request: HttpRequest) -> HttpResponse:
    return show(request, "help/shortcuts.html", {"groups": GROUPS, "note": NOTE})


@page("GET")
def glossary(request: HttpRequest) -> HttpResponse:
    return show(request, "help/glossary.html", {"terms": TERMS})
