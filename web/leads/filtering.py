"""What the address asks for: the one reading of the query string that list, board, export and bulk edit share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import LEADS_A_TEAM, SEES_EVERYTHING
from common import clock
from leads.filters import NOBODY, VIEWS, LeadFilter, view_q
from leads.models import Lead
from leads.querysets import LeadQuerySet
from web import formats
from web.pages import person
from web.ui.registry import language

# A funnel number opens its rows by these; they are told in a sentence, not as chips.
DRILL = ("reached", "state", "dates", "entered_from", "entered_to", "then_owner", "then_team", "then_segment",
         "then_initiative", "then_source_channel")  # fmt: skip
# Who asks for one of these means closed leads too, so the usual view of open ones would hide what he asked for.
_WIDE = frozenset({"reached", "outcome", "external_id", "loss_reason", "party", "value", "hypothesis"})
_ENDS = {"_after": gettext_lazy("с"), "_before": gettext_lazy("по")}
_SHOWN_ELSEWHERE = frozenset({*DRILL, "view", "q"})


@dataclass(frozen=True)
class Asked:
    """One address read for one person. ``query`` has no empty values, so a form may send all its fields."""

    user: User
    query: QueryDict
    view: str
    at: datetime
    filterset: LeadFilter

    @cached_property
    def of_any_view(self) -> LeadQuerySet:
        """The visible leads that meet every condition which was understood, but for the view."""
        return self.filterset.qs

    @cached_property
    def rows(self) -> LeadQuerySet:
        return self.of_any_view.filter(view_q(self.view, self.user, self.at))

    @property
    def drilled(self) -> bool:
        return "reached" in self.query

    @property
    def problems(self) -> list[str]:
        """The conditions that were not understood, by their names. Hidden and missing rows sound the same."""
        known = self.filterset.filters
        names = [str(known[name].label) for name in self.filterset.errors if name in known]
        if self.query.get("view", self.view) != self.view:
            names.insert(0, str(known["view"].label))
        text = _("Условие «%(name)s» не применено: такого значения нет, или оно вам не видно.")
        return [text % {"name": name} for name in names]

    def chips(self) -> list[dict[str, object]]:
        """The conditions in force, as the chips component takes them."""
        return list(self._chips())

    def _chips(self) -> Iterator[dict[str, object]]:
        for parameter in self.query:
            name = _filter_name(parameter)
            if name not in self.filterset.filters or parameter in _SHOWN_ELSEWHERE or name in self.filterset.errors:
                continue
            texts = self._texts(name)
            for value in self.query.getlist(parameter):
                text = texts.get(value) or _plain(parameter, value)
                yield {"name": parameter, "value": value, "label": self.filterset.filters[name].label, "text": text}

    def _texts(self, name: str) -> Mapping[str, str | Promise]:
        """What the chosen values are called: rows were fetched when the form was checked, words stand in choices."""
        bound = self.filterset.form.fields[name]
        chosen = self.filterset.form.cleaned_data.get(name)
        if hasattr(bound, "queryset"):
            key = getattr(bound, "to_field_name", None) or "pk"
            texts = {str(getattr(row, key)): str(row) for row in chosen or () if not isinstance(row, str)}
            return texts | {NOBODY: _("не указано")}
        return dict(getattr(bound, "choices", ()))


def ask(request: HttpRequest, query: QueryDict | None = None) -> Asked:
    """Read the address, or another one: that of the page behind a fragment."""
    user = person(request)
    found = cleaned(request.GET if query is None else query)
    if query is None:
        request.GET = found  # type: ignore[assignment]  # links that build on the present address stay as short as it
    view = found.get("view", "")
    data = found.copy()
    data.pop("view", None)
    filterset = LeadFilter(data, queryset=Lead.objects.visible_to(user), request=request)
    known = view in dict(VIEWS)
    return Asked(user, found, view if known else default_view(user, found), clock.now(), filterset)


def cleaned(query: QueryDict) -> QueryDict:
    """The address without empty values: a form sends every field, filled in or not."""
    found = QueryDict(mutable=True)
    for name, values in query.lists():
        kept = [value.strip() for value in values if value.strip()]
        if kept:
            found.setlist(name, kept)
    return found


def default_view(user: User, query: QueryDict) -> str:
    """Where nothing is said: all for who looks back, the team's work for a head, one's own for the others."""
    if _WIDE & set(query):
        return "all"
    return "open" if user.role in LEADS_A_TEAM | SEES_EVERYTHING else "mine"


def _filter_name(parameter: str) -> str:
    for end in _ENDS:
        parameter = parameter.removesuffix(end)
    return parameter


def _plain(parameter: str, value: str) -> str:
    end = next((word for suffix, word in _ENDS.items() if parameter.endswith(suffix)), "")
    try:
        return f"{end} {formats.day(datetime.fromisoformat(value), language())}" if end else value
    except ValueError:
        return value
