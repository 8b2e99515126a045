"""Search: the page, and the same answer for the palette."""

from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.models import Lead
from leads.search import LONGEST, Found, search
from web.pages import page, person, show


class Row(NamedTuple):
    url: str
    name: str
    note: str


class Group(NamedTuple):
    title: str
    rows: list[Row]
    more: str


@page("GET")
def results(request: HttpRequest) -> HttpResponse:
    user, text = person(request), request.GET.get("q", "").strip()[:LONGEST]
    found = search(user, text)
    context = {
        "text": text,
        "groups": [group for group in _groups(found, text) if group.rows],
        "create": f"{reverse('leads:create')}?{urlencode({'name': text})}" if user.may_write else "",
    }
    return show(request, "search/results.html", context, fragment="found")


def _groups(found: Found, text: str) -> list[Group]:
    leads = [Row(_url("leads:card", x.pk), x.party.name, _note(_stage(x), x.owner)) for x in found.leads]
    agents = [Row(_url("agents:card", x.pk), x.name, _note(x.city, x.owner)) for x in found.agents]
    clients = [Row(_url("agents:client", x.pk), x.name, _note(x.agent, x.owner)) for x in found.clients]
    segments = [Row(_url("segments:detail", x.pk), x.name, _note(x.get_kind_display(), x.city)) for x in found.segments]
    initiatives = [Row(_url("initiatives:detail", x.pk), x.name, _note(x.product, x.owner)) for x in found.initiatives]
    return [
        Group(_("Лиды"), leads, _more(found, "leads", "leads:list", text, view="all")),
        Group(_("Агенты"), agents, _more(found, "agents", "agents:list", text)),
        Group(_("Клиенты"), clients, _more(found, "clients", "agents:clients", text)),
        Group(_("Сегменты"), segments, _more(found, "segments", "segments:list", text)),
        Group(_("Инициативы"), initiatives, _more(found, "initiatives", "initiatives:list", text)),
    ]


def _stage(lead: Lead) -> str:
    return lead.stage.name if lead.is_open else str(lead.get_outcome_display())


def _note(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _url(name: str, pk: UUID) -> str:
    return reverse(name, args=[pk])


def _more(found: Found, group: str, name: str, text: str, **query: str) -> str:
    """The list itself with the same words, where there is more than is shown."""
    return f"{reverse(name)}?{urlencode({'q': text, **query})}" if group in found.more else ""
