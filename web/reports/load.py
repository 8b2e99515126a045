"""Load: what lies on each desk against the hours of the week. And overdue: how much of it is late, and since when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.scope import subtree
from common import clock
from dashboards.days import day_of
from dashboards.loading import AGES, Desk, Desks, desks_for, late_between, total_on
from funnel.statistics import Rate
from leads.filters import NOBODY
from web import formats
from web.format_tables import NBSP
from web.pages import page
from web.reports import files
from web.reports.asking import Asked, ask
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.words import Number, Share, number, said, share
from web.ui.registry import language

USES = ("team", "owner")
PORTION = 50
Row = tuple[User, Desk]
MICROSECOND = timedelta(microseconds=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One person, each number with exactly its rows. ``ages`` are late leads and actions by age."""

    user: User
    desk: Desk
    leads: Number
    actions: Number
    late_leads: Number
    late_actions: Number
    ages: list[tuple[Number, Number]]
    hours: str
    used: Share
    over: str
    late: Share


@dataclass(frozen=True, slots=True)
class TeamLine:
    name: str
    desk: Desk
    late: Share


@page("GET")
def page_of_load(request: HttpRequest) -> HttpResponseBase:
    asked, at = ask(request), clock.now()
    found = _found(asked, at)
    context = _context(request, found, found.rows, at) | {"sentence": _loaded(found)}
    return report(
        request, "reports/load.html", asked, context, uses=USES, sheets=lambda: [_load_sheet(_lines(found.rows, at))]
    )


@page("GET")
def page_of_overdue(request: HttpRequest) -> HttpResponseBase:
    asked, at = ask(request), clock.now()
    found = _found(asked, at)
    rows = sorted((row for row in found.rows if row[1].open), key=lambda row: (-row[1].late, row[0].name))
    context = _context(request, found, rows, at) | {
        "sentence": _late(found, _before(asked, at)),
        "teams": _teams(found.rows),
        "ages": [age_words(place) for place in range(len(AGES))],
    }
    return report(
        request, "reports/overdue.html", asked, context, uses=USES, sheets=lambda: [_late_sheet(_lines(rows, at))]
    )


def _found(asked: Asked, at: datetime) -> Desks:
    found = desks_for(asked.user, at, team_ids(asked))
    owner = asked.chosen.get("owner", "")
    if owner in {"", NOBODY}:
        return found
    return Desks([row for row in found.rows if str(row[0].pk) == owner], found.as_of, found.live)


def team_ids(asked: Asked) -> frozenset[UUID] | None:
    team = asked.chosen.get("team", "")
    return subtree(UUID(team)) if team not in {"", NOBODY} else None


def _context(request: HttpRequest, found: Desks, rows: Sequence[Row], at: datetime) -> dict[str, Any]:
    """A line is drawn only for what is shown: people may be a thousand."""
    paged = Paginator(rows, PORTION).get_page(request.GET.get("page"))
    return {"lines": _lines(paged.object_list, at), "paged": paged, "as_of": None if found.live else found.as_of}


def _lines(rows: Iterable[Row], at: datetime) -> list[Line]:
    return [line(user, desk, at) for user, desk in rows]


def _before(asked: Asked, at: datetime) -> Desk | None:
    """Of everybody a week ago; of one chosen person nothing is known."""
    if asked.chosen.get("owner", "") not in {"", NOBODY}:
        return None
    return total_on(asked.user, day_of(at) - WEEK, team_ids(asked))


def line(user: User, desk: Desk, at: datetime) -> Line:
    def leads(count: int, **more: str) -> Number:
        query = urlencode({"view": "open", "owner": str(user.pk), **more})
        return number(count, f"{reverse('leads:list')}?{query}")

    def actions(count: int, **more: str) -> Number:
        return number(count, f"{reverse('reports:actions')}?{urlencode({'owner': str(user.pk), **more})}")

    spare = desk.minutes - desk.capacity
    return Line(
        user=user,
        desk=desk,
        leads=leads(desk.leads),
        actions=actions(desk.actions),
        late_leads=leads(sum(desk.late_leads), view="overdue"),
        late_actions=actions(sum(desk.late_actions), age="any"),
        ages=[
            (leads(count, **_moments(at, place)), actions(desk.late_actions[place], age=str(AGES[place][0])))
            for place, count in enumerate(desk.late_leads)
        ],
        hours=f"{hours(desk.minutes)} / {hours(desk.capacity)}",
        used=share(Rate(desk.minutes, desk.capacity)) if desk.capacity else share(Rate(0, 0)),
        over=_("на %(hours)s больше") % {"hours": hours(spare)} if spare > 0 else "",
        late=share(Rate(desk.late, desk.open)),
    )


def _moments(at: datetime, age: int) -> dict[str, str]:
    """As the list of leads takes it: both ends included there, so the later one is a microsecond earlier here."""
    since, until = late_between(at, age)
    found = {"next_action_at_before": (until - MICROSECOND).isoformat()}
    return found | ({"next_action_at_after": since.isoformat()} if since else {})


def hours(minutes: int) -> str:
    lang = language()
    return f"{formats.number(formats.rounded(minutes / 60, 1).normalize(), lang)}{NBSP}{formats.words(lang).hour}"


def age_words(place: int) -> str:
    return [_("до дня"), _("1–3 дня"), _("4–7 дней"), _("больше 7")][place]


def _loaded(found: Desks) -> str:
    """A spread and a count, no verdict on anybody."""
    if not found.rows:
        return _("Людей по этим условиям нет.")
    over = sum(desk.over > 0 for _user, desk in found.rows)
    total = found.total
    values = {
        "people": said(len(found.rows)), "over": said(over), "leads": said(total.leads), "actions": said(total.actions),
    }  # fmt: skip
    if not over:
        return (
            _("План недели у всех помещается в рабочие часы. Открыто лидов: %(leads)s, действий: %(actions)s.") % values
        )
    text = _("План недели больше рабочих часов у %(over)s из %(people)s. Лидов: %(leads)s, действий: %(actions)s.")
    return text % values


def _late(found: Desks, before: Desk | None) -> str:
    total = found.total
    if not total.open:
        return _("Открытых лидов и действий нет: просрочивать нечего.")
    lang = language()
    values = {
        "late": said(total.late), "open": said(total.open), "share": formats.percent(total.late / total.open, lang),
        "old": said(total.ages[-1]),
    }  # fmt: skip
    text = _("Просрочено %(late)s из %(open)s (%(share)s), больше недели — %(old)s.") % values
    if before is None or not before.open:
        return text
    change = total.late / total.open - before.late / before.open
    return f"{text} {_('За неделю: %(change)s.') % {'change': formats.points(change, lang)}}"


def _teams(rows: Iterable[Row]) -> list[TeamLine]:
    """By the team in which the person is now; those of no team last."""
    found: dict[Team | None, Desk] = {}
    for user, desk in rows:
        found[user.team] = found.get(user.team, Desk()) + desk
    if len(found) < 2:
        return []
    ordered = sorted(found.items(), key=lambda item: (item[0] is None, item[0].name if item[0] else ""))
    return [
        TeamLine(team.name if team else _("без команды"), desk, share(Rate(desk.late, desk.open)))
        for team, desk in ordered
    ]


def _load_sheet(lines: Sequence[Line]) -> Sheet:
    header = [
        _("Кто"), _("Открыто лидов"), _("Открыто действий"), _("План недели, ч"), _("Рабочих часов"),
        _("Просрочено лидов"), _("Просрочено действий"),
    ]  # fmt: skip
    rows: list[list[files.Cell]] = [
        [
            one.user.name, one.desk.leads, one.desk.actions, round(one.desk.minutes / 60, 1),
            round(one.desk.capacity / 60, 1), one.late_leads.count, one.late_actions.count,
        ]
        for one in lines
    ]  # fmt: skip
    return Sheet(_("Нагрузка"), header, rows)


def _late_sheet(lines: Sequence[Line]) -> Sheet:
    ages = [age_words(place) for place in range(len(AGES))]
    header = [_("Кто"), _("Просрочено"), _("Открыто"), _("Доля, %"), *ages]
    rows: list[list[files.Cell]] = [
        [one.user.name, one.desk.late, one.desk.open, files.share(one.late.rate.value), *one.desk.ages] for one in lines
    ]
    return Sheet(_("Просрочки"), header, rows)
