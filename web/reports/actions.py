"""The rows behind a count of actions: open ones of a person, or those that are late by so many days."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backlog.models import Action
from backlog.querysets import ActionQuerySet
from common import clock
from dashboards.loading import AGES, late_between
from web import formats
from web.pages import page
from web.reports.asking import Asked, ask, not_understood
from web.reports.frame import report
from web.reports.load import age_words, team_ids
from web.ui.registry import language

USES = ("team", "owner")
PORTION = 50
ANY = "any"


@page("GET")
def page_of_actions(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, extra=("age",))
    rows = found(asked, clock.now())
    paged = Paginator(rows, PORTION).get_page(request.GET.get("page"))
    count = paged.paginator.count
    text = ngettext("%(n)s действие", "%(n)s действий", count) % {"n": formats.number(count, language())}
    context: dict[str, Any] = {"paged": paged, "sentence": f"{text}{_told(asked)}"}
    return report(request, "reports/actions.html", asked, context, uses=USES, title=_("Действия"))


def found(asked: Asked, at: datetime) -> ActionQuerySet:
    """Open ones of weeks, the oldest first; a late age narrows as the report counted it."""
    rows: ActionQuerySet = Action.objects.visible_to(asked.user).for_list().open().filter(sprint__isnull=False)
    owner, age = asked.chosen.get("owner", ""), asked.extra.get("age", "")
    if owner:
        rows = rows.filter(owner_id=None if owner == "none" else owner)
    if (teams := team_ids(asked)) is not None:
        rows = rows.filter(owner__team_id__in=sorted(teams))
    if age == ANY:
        rows = rows.filter(due_at__lt=at)
    elif age:
        rows = _aged(rows, asked, age, at)
    return rows.order_by("due_at", "pk")


def _aged(rows: ActionQuerySet, asked: Asked, age: str, at: datetime) -> ActionQuerySet:
    places = {str(since): place for place, (since, _until) in enumerate(AGES)}
    if age not in places:
        asked.problems.append(not_understood(_("Просрочка")))
        return rows
    since, until = late_between(at, places[age])
    late: ActionQuerySet = rows.filter(due_at__lt=until)
    return late.filter(due_at__gte=since) if since else late


def _told(asked: Asked) -> str:
    age = asked.extra.get("age", "")
    places = {str(since): place for place, (since, _until) in enumerate(AGES)}
    if age == ANY:
        return _(", срок прошёл")
    return _(", просрочено: %(age)s") % {"age": age_words(places[age])} if age in places else ""
