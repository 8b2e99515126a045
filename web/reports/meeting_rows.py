"""The meetings behind a number of show-up. Of a lead that the reader may not see any more nothing is told."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.meeting_table import kept_as_of
from dashboards.showing_up import AHEAD, HELD, MISSED, OFF, STATES, UNSAID, MeetingQuery, MeetingRow, meeting_rows
from leads.filters import NOBODY
from leads.models import Lead
from web import formats
from web.pages import page
from web.reports.asking import Asked, ask, not_understood
from web.reports.frame import report
from web.reports.meetings import USES, id_of, meeting_query
from web.reports.names import names
from web.ui.registry import language

PORTION = 50
EXTRA = ("state", "then_owner", "then_segment")


@page("GET")
def page_of_meeting_rows(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, extra=EXTRA)
    found = meeting_rows(narrowed(asked))
    if asked.extra.get("then_owner") == NOBODY:
        found = [row for row in found if row.owner_id is None]
    paged = Paginator(found, PORTION).get_page(request.GET.get("page"))
    text = ngettext("%(n)s встреча", "%(n)s встреч", len(found)) % {"n": formats.number(len(found), language())}
    context = {"sentence": text, "paged": paged, "rows": _rows(asked, list(paged.object_list))}
    return report(request, "reports/meeting_rows.html", asked, context, uses=USES, title=_("Встречи отчёта"))


def narrowed(asked: Asked) -> MeetingQuery:
    """What the number's address adds to the question; what is not understood is said and narrows nothing."""
    query, extra = meeting_query(asked, kept_as_of()), asked.extra
    if extra.get("state"):
        query = replace(query, state=extra["state"]) if extra["state"] in STATES else _problem(asked, query)
    owner, segment = extra.get("then_owner", ""), extra.get("then_segment", "")
    if owner and owner != NOBODY:
        query = replace(query, owner_id=found) if (found := id_of(owner)) else _problem(asked, query)
    if segment == NOBODY:
        query = replace(query, no_segment=True)
    elif segment:
        query = replace(query, segment_ids=[found]) if (found := id_of(segment)) else _problem(asked, query)
    return query


def _problem(asked: Asked, query: MeetingQuery) -> MeetingQuery:
    asked.problems.append(not_understood(_("Строки")))
    return query


def _rows(asked: Asked, found: list[MeetingRow]) -> list[dict[str, Any]]:
    """Leads through their own door. Three queries."""
    seen = Lead.objects.visible_to(asked.user).select_related("party").in_bulk([row.lead_id for row in found])
    people = names("owner", [row.owner_id for row in found])
    return [
        {
            "at": row.planned_at, "lead": seen.get(row.lead_id), "owner": people.get(row.owner_id, ""),
            "state": _state(row.state),
        }
        for row in found
    ]  # fmt: skip


def _state(code: str) -> str:
    return {
        HELD: _("состоялась"), MISSED: _("не пришёл"), OFF: _("отменена"), AHEAD: _("впереди"),
        UNSAID: _("без отметки"),
    }[code]  # fmt: skip
