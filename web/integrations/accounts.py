"""Service accounts: under whose name the bank's systems call."""

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.roles import Role
from web.integrations.rights import reader
from web.pages import page, show


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    reader(request)
    rows = User.objects.filter(role=Role.SERVICE).select_related("team").order_by("-is_active", "name", "pk")
    return show(request, "integrations/accounts.html", {"rows": rows})
