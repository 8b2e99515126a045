"""«Кто видел»: who looked at the data of an agent, a client or a lead."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal, reading
from audit.choices import Look
from audit.models import View
from common import clock
from leads.search import LONGEST, search
from web.audit.forms import PORTION, SeenFilter, after_of, uuid_of
from web.audit.words import history_url, ids_of, kind_of, lines_of, subjects_of
from web.integrations.rights import reader
from web.pages import page, show


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    user, now = reader(request), clock.now()
    subject, text = uuid_of(request.GET.get("subject", "")), request.GET.get("q", "").strip()[:LONGEST]
    bar = SeenFilter(request.GET)
    found = reading.views(user, bar.asked(now, ids_of(user, subject) if subject else ()))
    rows = reading.portion(found, after_of(request.GET), PORTION)
    context: dict[str, Any] = {
        "bar": bar, "text": text, "subject": subject, "lines": lines_of(user, rows[:PORTION]),
        "person": subjects_of(user, [subject]).get(subject) if subject else None,
        "found": _found(user, text) if text and not subject else [],
        "following": following(request, rows), "standing": reading.standing(user),
        "csv": export_url(request, "csv"), "xlsx": export_url(request, "xlsx"),
        "at_seen": True, "history_url": history_url(kind_of(user, subject), subject) if subject else "",
        "narrowed": any(request.GET.get(name) for name in ("user", "look", "since", "until")),
    }  # fmt: skip
    return show(request, "audit/seen.html", context)


def _found(user: User, text: str) -> list[tuple[str, str, str]]:
    """People of that name or number: name, what he is, the address of this page about him."""
    journal.look_as(Look.SEARCH)
    found, here = search(user, text, limit=10), reverse("audit:seen")
    parties = [(one.name, _("агент"), one.pk) for one in found.agents]
    parties += [(one.name, _("клиент"), one.pk) for one in found.clients]
    parties += [(one.party.name, _("лид"), one.pk) for one in found.leads]
    return [(name, kind, f"{here}?subject={pk}") for name, kind, pk in parties]


def following(request: HttpRequest, rows: list[View]) -> str:
    """The address of the next portion, where there is one."""
    if len(rows) <= PORTION:
        return ""
    query = request.GET.copy()
    query["after"] = f"{rows[PORTION - 1].at.isoformat()}_{rows[PORTION - 1].pk}"
    return f"?{query.urlencode()}"


def export_url(request: HttpRequest, kind: str, **more: str) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query["format"] = kind
    for name, value in more.items():
        query[name] = value
    return f"{reverse('audit:export')}?{query.urlencode()}"
