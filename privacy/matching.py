"""Finding words of a person in columns, in the database: texts, JSON and bytes alike, phones however grouped."""

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db import models
from django.db.models import CharField, F, Func, Q
from django.db.models.functions import Cast

from common.personal import Holds, Whom
from common.words import needle, squeezed

_PREFIX = "searched_"


class _Escaped(Func):
    """Bytes as text, whatever they are: letters of ASCII stay themselves."""

    function = "encode"
    template = "%(function)s(%(expressions)s, 'escape')"
    output_field = CharField()


class _Squeezed(Func):
    function = "translate"
    template = "translate(%(expressions)s, E' ()-\\u00a0\\u202f', '')"
    output_field = CharField()


def annotated(rows: "models.QuerySet[Any]", holds: Holds) -> "models.QuerySet[Any]":
    """The columns to search in one form: text without what groups a number."""
    names = {*holds.by_value.split(), *holds.by_id.split()}
    return searched(rows, names)


def searched(rows: "models.QuerySet[Any]", names: Iterable[str]) -> "models.QuerySet[Any]":
    return rows.annotate(**{f"{_PREFIX}{name}": _text(rows.model, name) for name in names})


def _text(model: type[models.Model], name: str) -> Func:
    field = model._meta.get_field(name)
    if isinstance(field, models.BinaryField):
        return _Squeezed(_Escaped(F(name)))
    if isinstance(field, models.CharField | models.TextField):
        return _Squeezed(F(name))
    return _Squeezed(Cast(F(name), CharField()))


def where(holds: Holds, known: Whom) -> Q:
    """The condition on ``annotated`` rows. Empty where there is nothing to look for."""
    found = [_contains(name, known.words) for name in holds.by_value.split()]
    ids = [*sorted(known.ids), *(f'"{name}"' for _source, name in known.pairs)]
    found += [_contains(name, ids) for name in holds.by_id.split()]
    if holds.pair:
        found += [Q(source=source, external_id=name) for source, name in known.pairs]
    return reduce(operator.or_, (q for q in found if q), Q())


def contains_any(names: Iterable[str], words: Iterable[str]) -> Q:
    """The condition on ``searched`` rows."""
    said = list(words)
    return reduce(operator.or_, (_contains(name, said) for name in names), Q())


def _contains(name: str, words: Iterable[str]) -> Q:
    return reduce(operator.or_, (Q(**{f"{_PREFIX}{name}__icontains": squeezed(needle(word))}) for word in words), Q())
