"""Query parameters: the pages' own FilterSets, read strictly. What is unknown, empty or doubled is refused by name."""

from collections.abc import Iterable, Mapping
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from api import filter_words
from api.fields import Moment
from api.personal import demand_for_list
from api.problems import BadParameters

RANGE = {"gte": "after", "lte": "before"}
_TIMES = (filters.IsoDateTimeFilter, filters.IsoDateTimeFromToRangeFilter)
_FLAGS = frozenset({"true", "false"})
_MULTIPLE = (filters.MultipleChoiceFilter, filters.ModelMultipleChoiceFilter)


def names_of(filterset: type[filters.FilterSet] | None) -> dict[str, tuple[str, filters.Filter]]:
    """Parameter of the API → (parameter of the FilterSet, its filter). Ranges are ``name__gte`` and ``name__lte``."""
    found: dict[str, tuple[str, filters.Filter]] = {}
    for name, one in (filterset.base_filters if filterset else {}).items():
        if isinstance(one, filters.RangeFilter | filters.IsoDateTimeFromToRangeFilter):
            found |= {f"{name}__{ours}": (f"{name}_{theirs}", one) for ours, theirs in RANGE.items()}
        else:
            found[name] = (name, one)
    return found


def check_parameters(given: QueryDict, allowed: Iterable[str], repeatable: Iterable[str] = ()) -> None:
    """Raises BadParameters naming everything that is unknown, empty or given twice."""
    known, many = set(allowed), set(repeatable)
    errors = []
    for name in given:
        values = given.getlist(name)
        if name not in known:
            errors.append((name, "unknown", _("Параметра «%(name)s» здесь нет.") % {"name": name[:60]}))
        elif not all(values):
            errors.append((name, "blank", _("Параметр «%(name)s» пуст.") % {"name": name}))
        elif len(values) > 1 and name not in many:
            errors.append((name, "repeated", _("Параметр «%(name)s» повторяется.") % {"name": name}))
    if errors:
        raise BadParameters(errors)


def repeatable_of(filterset: type[filters.FilterSet] | None) -> list[str]:
    return [name for name, (_theirs, one) in names_of(filterset).items() if isinstance(one, _MULTIPLE)]


class StrictFilterBackend(BaseFilterBackend):
    """Applies the view's ``filterset_class``. Unknown names were refused before (``check_parameters``)."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        demand_for_list(request, view)
        filterset_class = getattr(view, "filterset_class", None)
        return filtered(filterset_class, request, queryset) if filterset_class else queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(one.label or ""),
                **_schema_of(one, name),
            }
            for name, (_theirs, one) in names_of(getattr(view, "filterset_class", None)).items()
        ]


def filtered(filterset: type[filters.FilterSet], request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without a parameter of the filter set it is not made at all: its form and choices cost as much as the rows."""
    if not set(request.query_params) & set(names_of(filterset)):
        return rows
    return bound(filterset, request, rows).qs  # type: ignore[no-any-return]


def bound(filterset: type[filters.FilterSet], request: Request, rows: QuerySet[Any]) -> Any:
    """A valid filter set. Raises BadParameters with the name of every parameter whose value does not fit."""
    names = names_of(filterset)
    data = QueryDict(mutable=True)
    for name in set(request.query_params) & set(names):
        theirs, one = names[name]
        values = request.query_params.getlist(name)
        if isinstance(one, filters.BooleanFilter) and values[0] not in _FLAGS:
            raise BadParameters([(name, *filter_words.not_a_flag())])  # the form would ignore it in silence
        data.setlist(theirs, [_moment(name, value) for value in values] if isinstance(one, _TIMES) else values)
    found = filterset(data=data, queryset=rows, request=request)
    if not found.form.is_valid():
        raise BadParameters(_form_errors(found.form.errors.as_data(), data, names))
    return found


def _moment(name: str, text: str) -> str:
    """A time by the contract's rule, in UTC: PostgreSQL takes neither every year nor every offset."""
    try:
        return Moment().to_internal_value(text).isoformat()
    except ValidationError as error:
        raise BadParameters([(name, "invalid", str(error.detail[0]))]) from error  # type: ignore[index]


def _form_errors(
    errors: Mapping[str, Any], data: QueryDict, names: Mapping[str, tuple[str, Any]]
) -> list[tuple[str, str, str]]:
    """A range filter reports under its own name: both of its ends that were given are named."""
    found = []
    for field, problems in errors.items():
        ours = [name for name, (theirs, _one) in names.items() if theirs in data and theirs.startswith(field)]
        exact = [name for name in ours if names[name][0] == field]
        for name in exact or ours:
            theirs, one = names[name]
            found += [(name, *filter_words.refusal(one, problem, str(data.get(theirs)))) for problem in problems]
    return found


def _schema_of(one: filters.Filter, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if isinstance(one, filters.ModelMultipleChoiceFilter | filters.ModelChoiceFilter):
        by_id = not one.extra.get("to_field_name")
        # Some accept ``none`` for «not set» beside an id.
        schema |= {"format": "uuid"} if by_id and one.extra.get("null_value") in {None, "null"} else {}
    elif isinstance(one, filters.MultipleChoiceFilter | filters.ChoiceFilter):
        schema["enum"] = [str(value) for value, _label in one.extra["choices"]]
    elif isinstance(one, filters.BooleanFilter):
        schema = {"type": "boolean"}
    elif isinstance(one, filters.UUIDFilter):
        schema["format"] = "uuid"
    elif isinstance(one, _TIMES):
        schema["format"] = "date-time"
    elif length := one.extra.get("max_length"):
        schema["maxLength"] = length
    if isinstance(one, _MULTIPLE):
        return {"schema": {"type": "array", "items": schema}, "style": "form", "explode": True}
    return {"schema": schema}
