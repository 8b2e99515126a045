"""The page that asks again who one is, before a page or a file that was only asked for."""

from django.http import HttpRequest, HttpResponse

from accounts.stepup import demand
from web import stepup
from web.pages import goes_to, next_address, page, show


@page("GET", "POST")
def confirm(request: HttpRequest) -> HttpResponse:
    """Proved (``web.pages.page`` took the proof), one goes where one was going; a file is handed out by a link."""
    goes, file = next_address(request, "/"), bool(request.GET.get("file"))
    if request.method != "POST":
        return show(request, stepup.TEMPLATE, stepup.context(request))
    demand(request)
    return show(request, "account/confirmed.html", {"goes": goes}) if file else goes_to(request, goes)
