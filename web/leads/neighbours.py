"""The records before and after this one in the list that the person came from."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from leads.models import Lead
from web.leads.columns import ordering
from web.leads.filtering import ask

MOST = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """``total`` is None where the list is longer than ``MOST``."""

    number: int
    total: int | None
    previous: str
    following: str
    list_url: str


def place_of(request: HttpRequest, lead: Lead) -> Place | None:
    """One query: the ids of the list as it stands now. None without a list, or where the lead left it."""
    query = request.GET.get("from", "")
    if "from" not in request.GET or len(query) > MOST * 2:
        return None
    asked = QueryDict(query)
    ids = list(ask(request, asked).rows.order_by(*ordering(asked)).values_list("pk", flat=True)[: MOST + 1])
    if lead.pk not in ids[:MOST]:
        return None
    at = ids.index(lead.pk)

    def url(index: int) -> str:
        inside = 0 <= index < len(ids)
        return f"{reverse('leads:card', args=[ids[index]])}?{urlencode({'from': query})}" if inside else ""

    total = len(ids) if len(ids) <= MOST else None
    return Place(at + 1, total, url(at - 1), url(at + 1), f"{reverse('leads:list')}?{query}")
