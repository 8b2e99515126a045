"""What the address asks a report: a period, a funnel, six dimensions and the page's own choices.

What was not understood is said in words and never guessed; a file is refused then, for it must not say more than asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.choices import Kind
from agents.selectors import branch_ids
from common import clock
from funnel.audience import audience_of
from funnel.figures import FunnelQuery
from funnel.figures.days import day_of
from funnel.models import Funnel
from leads.filters import NOBODY
from web import formats
from web.pages import person
from web.reports import periods
from web.reports.choices import Offered, Pairs, offered
from web.reports.periods import Period
from web.ui.registry import language

LABELS = {
    "funnel": gettext_lazy("Воронка"),
    "team": gettext_lazy("Команда"),
    "owner": gettext_lazy("Владелец"),
    "segment": gettext_lazy("Сегмент"),
    "utp": gettext_lazy("УТП"),
    "initiative": gettext_lazy("Инициатива"),
    "source": gettext_lazy("Канал"),
    "period": gettext_lazy("Период"),
    "from": gettext_lazy("С"),
    "to": gettext_lazy("По"),
}
DIMENSIONS = ("team", "owner", "segment", "utp", "initiative", "source")


@dataclass(frozen=True, slots=True)
class Own:
    """A choice of one page alone. The first of ``pairs`` is meant where the address says nothing."""

    name: str
    label: "str | Promise"
    pairs: Callable[["Asked"], Pairs]
    elsewhere: Callable[[str], bool] = lambda _value: False
    """Whether a value that is not offered here is one elsewhere: then the first is meant without a word."""


@dataclass(slots=True)
class Asked:
    """One address read for one person. ``chosen`` are the dimensions in force, by their names in the address.

    ``extra`` is what a page keeps in its address besides, without a control. ``funnel`` is the one that was asked for;
    None means the page's usual: both sides where ``both``, else the agents'.
    """

    user: User
    today: date
    period: Period
    chosen: Mapping[str, str]
    offered: Offered
    both: bool = False
    funnel: Funnel | None = None
    own: dict[str, str] = field(default_factory=dict)
    pairs: dict[str, Pairs] = field(default_factory=dict)
    owns: Sequence[Own] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def one_funnel(self) -> Funnel:
        return self.funnel or self.offered.funnels[Kind.AGENT]

    @property
    def funnels(self) -> list[Funnel]:
        """What a page of several funnels shows: the asked one, or agents and clients."""
        return [self.funnel] if self.funnel else [self.offered.funnels[kind] for kind in (Kind.AGENT, Kind.CLIENT)]

    def query(self, funnel: Funnel, period: Period | None = None) -> FunnelQuery:
        """The question to the figures, over the asked period or another one. A query for a segment, one for a team."""
        asked = period or self.period
        team = self.chosen.get("team", "")
        return FunnelQuery(
            kind=funnel.kind,
            start=asked.start,
            end=asked.end,
            dimensions=self._dimensions(),
            audience=audience_of(self.user, UUID(team) if team not in {"", NOBODY} else None),
            funnel_id=funnel.pk,
        )

    def _dimensions(self) -> dict[str, Any]:
        """A team with all below it is the audience's part; a segment means itself and all that narrow it."""
        found: dict[str, Any] = {}
        for name, value in self.chosen.items():
            if name == "source":
                found["source_channel"] = "" if value == NOBODY else value
            elif value == NOBODY:
                found[f"{name}_id__isnull"] = True
            elif name == "segment":
                found["segment_id"] = branch_ids([value])
            elif name != "team":
                found[f"{name}_id"] = UUID(value)
        return found

    def parameters(self, **changes: str) -> dict[str, str]:
        """What the address holds, shortest form: neither empty values nor those that are meant anyway."""
        found = {"funnel": self.funnel.code if self.funnel else "", **self.chosen, **self._dates()}
        found |= {name: value for name, value in self.own.items() if value != _first(self.pairs[name])}
        found |= self.extra
        return {name: value for name, value in (found | changes).items() if value}

    def address(self, **changes: str) -> str:
        """This question as a query string, with some parameters changed; an empty one goes."""
        query = QueryDict(mutable=True)
        query.update(self.parameters(**changes))
        return f"?{query.urlencode()}"

    def shared(self) -> str:
        """The question without what only this page understands: for the links to other reports."""
        return self.address(**self._nothing_own())

    def rows(self, **narrowing: str) -> str:
        """The address of the rows behind a number of this page."""
        return f"{reverse('reports:rows')}{self.address(**self._nothing_own() | narrowing)}"

    def _nothing_own(self) -> dict[str, str]:
        return dict.fromkeys((*self.own, *self.extra), "")

    def with_period(self, period: Period) -> str:
        """This question about another period."""
        return self.address(**dict.fromkeys(("period", "from", "to"), "") | _dates(period))

    def _dates(self) -> dict[str, str]:
        return _dates(self.period)

    @property
    def chips(self) -> list[dict[str, object]]:
        """The conditions in force, with names; page's own choices are seen on the page itself."""
        found: list[dict[str, object]] = []
        if self.funnel:
            found.append(_chip("funnel", self.funnel.code, self.funnel.name))
        found += [_chip(name, value, self.offered.names[name][value]) for name, value in self.chosen.items()]
        days = {"from": self.period.first, "to": self.period.last} if self.period.code == periods.OWN else {}
        return found + [_chip(name, day.isoformat(), formats.day(day, language())) for name, day in days.items() if day]

    @property
    def conditions(self) -> str:
        """The conditions in one line, for paper and files."""
        named = [f"{chip['label']}: {chip['text']}" for chip in self.chips if chip["name"] not in {"from", "to"}]
        return "; ".join([self.period.text, *named])


def ask(request: HttpRequest, *owns: Own, both: bool = False, extra: Sequence[str] = ()) -> Asked:
    """Read the address. ``both`` is for a page that shows agents and clients side by side until one funnel is chosen;
    ``extra`` names what the page reads by itself."""
    user, today = person(request), day_of(clock.now())
    given = {name: request.GET.get(name, "").strip() for name in LABELS}
    problems: list[str] = []
    offer = offered(user)
    chosen = {}
    for name in DIMENSIONS:
        if given[name] in offer.names[name]:
            chosen[name] = given[name]
        elif given[name]:
            problems.append(not_understood(LABELS[name]))
    funnel = offer.funnels.get(given["funnel"])
    if given["funnel"] and funnel is None:
        problems.append(not_understood(LABELS["funnel"]))
    if funnel is not None and funnel.code == Kind.AGENT and not both:
        funnel = None
    period = _period(given, today, problems)
    kept = {name: request.GET[name].strip() for name in extra if request.GET.get(name, "").strip()}
    asked = Asked(user, today, period, chosen, offer, both, funnel, owns=owns, extra=kept, problems=problems)
    for own in owns:
        _answer_own(asked, own, request.GET.get(own.name, "").strip())
    return asked


def _answer_own(asked: Asked, own: Own, given: str) -> None:
    """Kept even where the page has nothing to choose from, so that its form can be drawn."""
    asked.pairs[own.name] = own.pairs(asked)
    asked.own[own.name] = _first(asked.pairs[own.name])
    if given in dict(asked.pairs[own.name]):
        asked.own[own.name] = given
    elif given and not own.elsewhere(given):
        asked.problems.append(not_understood(own.label))


def _first(pairs: Pairs) -> str:
    return pairs[0][0] if pairs else ""


def _period(given: Mapping[str, str], today: date, problems: list[str]) -> Period:
    first, last = (_day(name, given[name], problems) for name in ("from", "to"))
    if first and last and first > last:
        problems.append(_("Начало периода позже конца. Поправьте даты: пока показаны 12 недель."))
        return periods.ready(periods.USUAL, today)
    if first or last:
        return Period(periods.OWN, first, last)
    try:
        return periods.ready(given["period"] or periods.USUAL, today)
    except KeyError:
        problems.append(not_understood(LABELS["period"]))
        return periods.ready(periods.USUAL, today)


def _day(name: str, text: str, problems: list[str]) -> date | None:
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if found is not None and periods.FIRST_YEAR <= found.year <= periods.LAST_YEAR:
        return found
    if text:
        problems.append(_("«%(label)s»: укажите дату, например 2026-11-01.") % {"label": LABELS[name]})
    return None


def _dates(period: Period) -> dict[str, str]:
    if period.code != periods.OWN:
        return {"period": period.code if period.code != periods.USUAL else ""}
    days = {"from": period.first, "to": period.last}
    return {name: day.isoformat() for name, day in days.items() if day}


def _chip(name: str, value: str, text: str) -> dict[str, object]:
    return {"name": name, "value": value, "label": LABELS[name], "text": text}


def not_understood(label: object) -> str:
    text = _("Условие «%(name)s» не применено: такого значения нет, или оно вам не видно.")
    return text % {"name": label}
