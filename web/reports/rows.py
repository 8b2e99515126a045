"""The rows behind any number: passages as they stood then. Of a lead that is somebody else's today nothing is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.errors import Invalid
from funnel.choices import PassageState
from funnel.models import Passage
from funnel.querysets import PassageQuerySet
from leads.models import Lead
from web.leads import filtering
from web.pages import page
from web.reports import files
from web.reports.asking import Asked, ask
from web.reports.behind import EXTRA, Behind, behind, sentence
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.names import Key, names
from web.reports.words import said, span

PORTION, CHUNK = 50, 1000
MOST = {"xlsx": 10_000, "csv": 50_000}
MOST_COMPARED = 2000


class Numbered(Paginator):
    """Portions of rows whose number a figure knows."""

    def __init__(self, found: Behind) -> None:
        super().__init__(found.found, PORTION)
        self._known = found.count

    @cached_property
    def count(self) -> int:
        return self._known()


@dataclass(frozen=True, slots=True)
class Row:
    """``lead`` is None where the reader may not see it any more."""

    passage: Passage
    lead: Lead | None
    owner: str
    team: str
    segment: str
    utp: str
    state: str
    stood: str


@page("GET")
def page_of_rows(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, extra=EXTRA)
    found = behind(asked)
    paged = Numbered(found).get_page(request.GET.get("page"))
    count = paged.paginator.count
    context = {
        "rows": rows_of(asked.user, list(paged.object_list)),
        "paged": paged,
        "cohort": found.cohort,
        "sentence": sentence(found, count) if found.stage or found.cohort else "",
        "list_url": _list_url(request, found, count),
    }
    return report(
        request, "reports/rows.html", asked, context, title=_("Строки отчёта"), sheets=lambda: _sheets(request, found)
    )


def rows_of(user: User, passages: Sequence[Passage]) -> list[Row]:
    """Five queries a portion: leads through their own door, names of that time by their ids."""
    seen = Lead.objects.visible_to(user).select_related("party").in_bulk([one.lead_id for one in passages])
    called = {
        name: names(name, [getattr(one, f"{name}_id") for one in passages])
        for name in ("owner", "team", "segment", "utp")
    }

    def then(name: str, one: Passage) -> str:
        key: Key = getattr(one, f"{name}_id")
        return called[name].get(key, "")

    labels = dict(PassageState.choices)
    now = clock.now()
    return [
        Row(
            passage=one,
            lead=seen.get(one.lead_id),
            owner=then("owner", one),
            team=then("team", one),
            segment=then("segment", one),
            utp=then("utp", one),
            state=str(labels[one.state]),
            stood=_stood(one, now),
        )
        for one in passages
    ]


def _stood(one: Passage, now: datetime) -> str:
    """How long it was, or has been, on the stage; nothing where the dates say nothing of it."""
    until = {PassageState.PASSED: one.passed_at, PassageState.OPEN: now}.get(PassageState(one.state))
    if until is None or until < one.entered_at:
        return ""
    return span((until - one.entered_at).total_seconds() / 3600)


def _list_url(request: HttpRequest, found: Behind, count: int) -> str:
    """The list of leads under the same conditions, only where it holds exactly the same leads."""
    asked, stage = found.asked, found.stage
    told = set(asked.extra) <= {"stage", "state", "dates", "then_owner", "then_team", "then_initiative", "then_source"}
    if not stage or found.cohort or not told or not 0 < count <= MOST_COMPARED or {"utp"} & set(asked.chosen):
        return ""
    query = QueryDict(mutable=True)
    query.update(_list_query(asked, stage.code))
    mine = set(found.found.order_by().values_list("lead_id", flat=True))
    listed = filtering.ask(request, query)
    if listed.problems or set(listed.rows.order_by().values_list("pk", flat=True)[: count + 1]) != mine:
        return ""
    return f"{reverse('leads:list')}?{query.urlencode()}"


def _list_query(asked: Asked, stage: str) -> dict[str, str]:
    found = {"view": "all", "kind": asked.one_funnel.kind, "reached": stage}
    found |= {name: asked.extra[name] for name in ("state", "dates") if name in asked.extra}
    moments = {"entered_from": asked.period.start, "entered_to": asked.period.end}
    found |= {name: moment.isoformat() for name, moment in moments.items() if moment}
    for name in ("owner", "team", "segment", "initiative", "source"):
        value = asked.extra.get(f"then_{name}") or asked.chosen.get(name)
        if value:
            found[f"then_{name}" if name != "source" else "then_source_channel"] = value
    return found


def _sheets(request: HttpRequest, found: Behind) -> list[Sheet]:
    """Raises Invalid where the file would get more rows than it may hold."""
    most = MOST[request.GET["format"]]
    if found.found.order_by()[: most + 1].count() > most:
        text = _("В файл помещается до %(most)s строк. Сузьте условия.")
        raise Invalid(text % {"most": said(most)})
    header = [
        _("Лид"), _("Вошёл"), _("Прошёл дальше"), _("Что стало"), _("На этапе"), _("Владелец тогда"),
        _("Команда тогда"), _("Сегмент тогда"), _("УТП тогда"), _("Канал тогда"),
    ]  # fmt: skip
    return [Sheet(_("Строки отчёта"), header, list(_cells(found.asked.user, found.found)))]


def _cells(user: User, found: PassageQuerySet) -> Iterator[list[files.Cell]]:
    hidden, rows = _("передан в другую команду"), found.iterator(chunk_size=CHUNK)
    while portion := list(islice(rows, CHUNK)):
        for row in rows_of(user, portion):
            one = row.passage
            yield [
                row.lead.party.name if row.lead else hidden, _moment(one.entered_at), _moment(one.passed_at),
                row.state, row.stood, row.owner, row.team, row.segment, row.utp, one.source_channel,
            ]  # fmt: skip


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%d.%m.%Y %H:%M}" if value else ""
