"""What a filtered list of parties, segments or initiatives shares: its conditions, its portion, its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, Model
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django_filters import FilterSet

PORTION = 50
_FRESH = frozenset({"page"})


@dataclass(frozen=True)
class Listing:
    """One address read against a filter set. ``named`` are the conditions that have a control in the bar,
    ``tabs`` those that stand above it, ``offered`` the rows of a control that were read along with others."""

    query: QueryDict
    filterset: FilterSet
    named: tuple[str, ...]
    sorts: Mapping[str, str]
    tabs: frozenset[str] = frozenset()
    offered: Mapping[str, Sequence[Model]] = field(default_factory=dict)

    @cached_property
    def page(self) -> Page:
        """The portion the address asks for: one query for the count, one for the rows."""
        return Paginator(self._ordered(), PORTION).get_page(self.query.get("page"))

    def _ordered(self) -> Any:
        rows, wanted = self.filterset.qs, self.query.get("sort", "")
        column = self.sorts.get(wanted.removeprefix("-"))
        if column is None:
            return rows
        expression = F(column).desc(nulls_last=True) if wanted.startswith("-") else F(column).asc(nulls_last=True)
        return rows.order_by(expression, "pk")

    @cached_property
    def controls(self) -> forms.Form:
        """A control for each named condition: one choice of the many that the address may hold."""
        form = forms.Form(initial=self.query.dict(), auto_id="filter-%s")
        for name in self.named:
            label = self.filterset.filters[name].label
            form.fields[name] = _control(self.filterset.form.fields[name], label, self.offered.get(name))
        return form

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What must travel with the bar: second values of a condition, and conditions without a control."""
        found = []
        for name in self.query:
            if name != "q" and name not in _FRESH:
                values = self.query.getlist(name)
                found += [(name, value) for value in (values[1:] if name in self.named else values)]
        return found

    @property
    def chips(self) -> list[dict[str, object]]:
        """The conditions in force; what was not understood stands in ``problems``."""
        filters = self.filterset.filters
        names = [name for name in self.query if self._narrows(name) and name not in self.filterset.errors]
        return [
            {"name": name, "value": value, "label": filters[name].label, "text": self._texts(name).get(value, value)}
            for name in names
            if name != "q"
            for value in self.query.getlist(name)
        ]

    def _narrows(self, name: str) -> bool:
        return name in self.filterset.filters and name not in self.tabs

    def _texts(self, name: str) -> Mapping[str, str]:
        bound = self.filterset.form.fields[name]
        if not hasattr(bound, "queryset"):
            return {str(value): str(text) for value, text in getattr(bound, "choices", ())}
        chosen = self.filterset.form.cleaned_data.get(name)
        rows = [chosen] if hasattr(chosen, "pk") else chosen or ()
        return {str(row.pk): str(row) for row in rows}

    @property
    def problems(self) -> list[str]:
        """Hidden and missing rows sound the same."""
        text = _("Условие «%(name)s» не применено: такого значения нет, или оно вам не видно.")
        return [text % {"name": self.filterset.filters[name].label} for name in self.filterset.errors]

    @property
    def narrowed(self) -> bool:
        """Whether the reader asked for less than everything: decides what an empty list says."""
        return any(self._narrows(name) for name in self.query)


def listing(
    request: HttpRequest,
    filters: type[FilterSet],
    rows: Any,
    *,
    named: Sequence[str] = (),
    sorts: Mapping[str, str] | None = None,
    default: Mapping[str, str] | None = None,
    offered: Mapping[str, Sequence[Model]] | None = None,
) -> Listing:
    """Read the address. ``default`` is what the tabs above the list stand on where the address does not name it;
    ``offered`` spares the query of a control whose rows are at hand."""
    query = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if kept := [value.strip() for value in values if value.strip()]:
            query.setlist(name, kept)
    data = query.copy()
    for name, value in (default or {}).items():
        data.setdefault(name, value)
    filterset = filters(data, queryset=rows, request=request)
    return Listing(query, filterset, tuple(named), sorts or {}, frozenset(default or ()), offered or {})


def _control(source: forms.Field, label: object, offered: Sequence[Model] | None) -> forms.Field:
    known = getattr(source, "choices", ()) if offered is None else [(row.pk, row) for row in offered]
    choices = [(str(value), str(text)) for value, text in known if str(value)]
    if not choices and not hasattr(source, "choices"):
        return forms.CharField(label=str(label), required=False)
    return forms.ChoiceField(label=str(label), required=False, choices=[("", _("Все")), *choices])
