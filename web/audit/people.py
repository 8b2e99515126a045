"""«Что делал сотрудник»: what a person or a system looked at, and what it changed, within a period."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit import reading
from audit.reading import Asked, Deed
from common import clock
from web.audit.forms import PORTION, PersonFilter, after_of
from web.audit.kinds import label_of, name_of_table, slug_of_table
from web.audit.seen import export_url, following
from web.audit.words import history_url, lines_of
from web.integrations.rights import reader
from web.pages import page, show

CHANGES = "changes"


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    user, now = reader(request), clock.now()
    bar, what = PersonFilter(request.GET), request.GET.get("what", "")
    asked = bar.asked(now)
    context: dict[str, Any] = {
        "bar": bar, "asked": asked, "changes": what == CHANGES, "named": bar.named, "at_person": True,
        "at_views": what != CHANGES,
        "csv": export_url(request, "csv", by="person"), "xlsx": export_url(request, "xlsx", by="person"),
        "people_csv": export_url(request, "csv", by="person", of="people"),
    }  # fmt: skip
    if not bar.named:
        return show(request, "audit/person.html", context)
    return show(request, "audit/person.html", context | (_changes if what == CHANGES else _views)(request, asked, user))


def _views(request: HttpRequest, asked: Asked, user: Any) -> dict[str, Any]:
    rows = reading.portion(reading.views(user, asked), after_of(request.GET), PORTION)
    return {"lines": lines_of(user, rows[:PORTION]), "following": following(request, rows)}


def _changes(request: HttpRequest, asked: Asked, user: Any) -> dict[str, Any]:
    if asked.user_id is None:
        return {"deeds": []}
    mark = after_of(request.GET)
    deeds = reading.deeds(
        user, user_id=asked.user_id, since=asked.since, until=asked.until, after=mark[0] if mark else None, size=PORTION
    )
    return {"deeds": [_deed(deed) for deed in deeds[:PORTION]], "following": _next(request, deeds)}


def _next(request: HttpRequest, deeds: list[Deed]) -> str:
    if len(deeds) <= PORTION:
        return ""
    query = request.GET.copy()
    query["after"] = f"{deeds[PORTION - 1].at.isoformat()}_0"
    return f"?{query.urlencode()}"


def _deed(deed: Deed) -> dict[str, Any]:
    told = deed.told
    lines = [
        {
            "name": name_of_table(one.table), "label": label_of(one.label), "count": one.count,
            "url": history_url(slug_of_table(one.table), one.object_id) if one.count == 1 else "",
        }
        for one in deed.changes
    ]  # fmt: skip
    where = told.get("job") or told.get("command") or told.get("url") or ""
    return {"at": deed.at, "where": where, "ip": told.get("ip", ""), "request": told.get("request_id", ""),
            "lines": lines, "empty": _("без изменений записей")}  # fmt: skip
