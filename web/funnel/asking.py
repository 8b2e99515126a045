"""What the address asks the funnel: a period, five dimensions. What was not understood is said, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from funnel.figures import FunnelQuery
from leads.funnels import DIMENSIONS, ask_funnel
from web import formats
from web.funnel import periods
from web.funnel.choices import Offered, offered
from web.funnel.periods import Period
from web.pages import person
from web.ui.registry import language

LABELS = {
    "initiative": gettext_lazy("Инициатива"),
    "segment": gettext_lazy("Сегмент"),
    "owner": gettext_lazy("Владелец"),
    "team": gettext_lazy("Команда"),
    "source": gettext_lazy("Канал"),
    "period": gettext_lazy("Период"),
    "from": gettext_lazy("Вошли с"),
    "to": gettext_lazy("Вошли по"),
}
CHOICES = ("initiative", "segment", "owner", "team", "source")


@dataclass(frozen=True, slots=True)
class Asked:
    """One address read for one person. ``chosen`` are the dimensions in force, by their names in the address."""

    user: User
    period: Period
    chosen: Mapping[str, str]
    offered: Offered
    problems: list[str] = field(default_factory=list)

    def query(self, kind: str) -> FunnelQuery:
        chosen = {name: [self.chosen[name]] for name in DIMENSIONS if name in self.chosen}
        return ask_funnel(
            user=self.user, kind=kind, start=self.period.start, end=self.period.end, chosen=chosen,
            source=self.chosen.get("source", ""),
        )  # fmt: skip

    def address(self, **changes: str) -> str:
        """This question as a query string, with some parameters changed; an empty one goes."""
        found = dict(self.chosen) | self._dates() | changes
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in found.items() if value})
        return f"?{query.urlencode()}"

    def _dates(self) -> dict[str, str]:
        if self.period.code != periods.OWN:
            return {"period": self.period.code if self.period.code != periods.USUAL else ""}
        days = {"from": self.period.first, "to": self.period.last}
        return {name: day.isoformat() for name, day in days.items() if day}

    def rows_address(self, kind: str, **narrowing: str) -> dict[str, str]:
        """The parameters by which the list of leads opens the rows that a number counts."""
        found = {"view": "all", "kind": kind, **narrowing}
        moments = {"entered_from": self.period.start, "entered_to": self.period.end}
        found |= {name: moment.isoformat() for name, moment in moments.items() if moment}
        found |= {f"then_{name}": self.chosen[name] for name in DIMENSIONS if name in self.chosen}
        if "source" in self.chosen:
            found["then_source_channel"] = self.chosen["source"]
        return found

    @property
    def chips(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = [
            {"name": name, "value": value, "label": LABELS[name], "text": self.offered.names[name][value]}
            for name, value in self.chosen.items()
        ]
        days = {"from": self.period.first, "to": self.period.last} if self.period.code == periods.OWN else {}
        return found + [
            {"name": name, "value": day.isoformat(), "label": LABELS[name], "text": formats.day(day, language())}
            for name, day in days.items()
            if day
        ]


def ask(request: HttpRequest) -> Asked:
    user = person(request)
    given = {name: request.GET.get(name, "").strip() for name in LABELS}
    offer, problems = offered(user), list[str]()
    chosen = {}
    for name in CHOICES:
        if given[name] in offer.names[name]:
            chosen[name] = given[name]
        elif given[name]:
            problems.append(_not_understood(name))
    return Asked(user, _period(given, problems), chosen, offer, problems)


def _period(given: Mapping[str, str], problems: list[str]) -> Period:
    today = timezone.localdate()
    first, last = (_day(name, given[name], problems) for name in ("from", "to"))
    if first and last and first > last:
        problems.append(_("Начало периода позже конца. Поправьте даты: пока показаны 12 недель."))
        return periods.ready(periods.USUAL, today)
    if first or last:
        return Period(periods.OWN, first, last)
    try:
        return periods.ready(given["period"] or periods.USUAL, today)
    except KeyError:
        problems.append(_not_understood("period"))
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


def _not_understood(name: str) -> str:
    text = _("Условие «%(name)s» не применено: такого значения нет, или оно вам не видно.")
    return text % {"name": LABELS[name]}
