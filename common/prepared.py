"""A queryset whose SQL is built once a process and then only run.

Django builds the text of a query anew each time it is asked; with seven joins that takes longer than PostgreSQL takes
to answer. The rules stay querysets, said once: here is only the keeping of their text.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, Field, Func, Value
from django.db.models.sql.compiler import SQLCompiler

Build = Callable[..., Any]
_FIRST = datetime(1234, 5, 6, 7, 8, 9, tzinfo=UTC)


def among(column: Any, values: Any, of: "Field[Any, Any]") -> Func:
    """A condition: the column is one of the values of a ``list``, which stays one parameter whatever its length."""
    listed = Value(values, output_field=ArrayField(of))
    return Func(column, listed, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


class Prepared:
    """``build`` makes a ``values_list`` queryset of its keyword arguments, whose kinds are named beside it: ``UUID``,
    ``datetime``, ``date``, ``list`` (of ids or words, for ``among``).

    ``build`` must give the same query for any arguments but for the values in it: a branch taken or a list spelled
    out by an argument would be kept for all. An argument whose value does not arrive in the query is refused.
    """

    def __init__(self, build: Build, **kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._kept: _Kept | None = None

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows in the order of ``values_list``. One query."""
        if given.keys() != self._kinds.keys():
            raise TypeError(f"takes {sorted(self._kinds)}, not {sorted(given)}")
        # Built once or, by two threads at once, twice alike.
        kept = self._kept = self._kept or self._compiled()
        params = [given[kept.places[n]] if n in kept.places else value for n, value in enumerate(kept.params)]
        with connection.cursor() as cursor:
            cursor.execute(kept.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return list(map(tuple, kept.compiler.apply_converters(found, kept.converters))) if kept.converters else found

    def _compiled(self) -> "_Kept":
        marks = dict(zip(self._kinds, _marks(self._kinds.values()), strict=True))
        compiler = self._build(**marks).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = {n: name for n, value in enumerate(params) for name, mark in marks.items() if _same(value, mark)}
        if missing := marks.keys() - places.values():
            raise TypeError(f"not in the query: {sorted(missing)}")
        converters = compiler.get_converters([expression for expression, *_ in compiler.select])
        return _Kept(sql, tuple(params), places, compiler, converters)


class _Kept(NamedTuple):
    """The text; its parameters with marks in the places that ``places`` names; what turns read values into Python's."""

    sql: str
    params: tuple[Any, ...]
    places: Mapping[int, str]
    compiler: SQLCompiler
    converters: Any


def _marks(kinds: Iterable[type]) -> Iterable[Any]:
    """Values that nobody asks for, each of them once."""
    for number, kind in zip(count(1), kinds, strict=False):
        moment = _FIRST + number * timedelta(days=1)
        made = {UUID: UUID(int=number), datetime: moment, date: moment.date(), list: [str(UUID(int=number))]}
        yield made[kind]


def _same(value: object, mark: object) -> bool:
    if isinstance(mark, list) and isinstance(value, list):
        return [str(part) for part in value] == mark
    return type(value) is type(mark) and value == mark
