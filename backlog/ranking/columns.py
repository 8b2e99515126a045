"""Columns of numbers out of PostgreSQL and into it, in its binary form: no Python object for each of a million cells.

Reading is COPY of rows whose cells are all of fixed width and never NULL (the query says ``coalesce``). Writing is one
statement over arrays. Both use psycopg's own cursor: Django's puts parameters into the text of the statement.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

Rows = NDArray[Any]
_HEADER, _TRAILER = 19, 2
_FORMS = {"uuid": (">u8", (2,)), "float": ">f8", "int": ">i4", "big": ">i8"}
_ELEMENTS = {"uuid": 2950, "float": 701, "int": 23, "big": 20}


class PgArray:
    """A one-dimensional array in PostgreSQL's binary form. The statement casts it: ``%(ids)s::uuid[]``."""

    def __init__(self, kind: str, values: NDArray[Any]) -> None:
        cells = np.zeros(len(values), [("width", ">i4"), ("value", _FORMS[kind])])
        cells["width"] = 16 if kind == "uuid" else cells["value"].dtype.itemsize
        cells["value"] = values
        head = np.array([1, 0, _ELEMENTS[kind], len(values), 1] if len(values) else [0, 0, _ELEMENTS[kind]], ">i4")
        self.data = head.tobytes() + cells.tobytes()


class _PgArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: PgArray) -> bytes:
        return obj.data


def read(query: str, given: Mapping[str, Any], columns: Mapping[str, str]) -> Rows:
    """The rows of a query as a structured array. ``columns`` names its columns and their kinds in order: uuid (two
    numbers), float, int (4 bytes), big (8 bytes; moments are microseconds since 2000).

    Raises ValueError where a cell is NULL or of another width.
    """
    row = np.dtype([("cells", ">i2"), *((part, form) for name, kind in columns.items() for part, form in
                    ((f"{name}_width", ">i4"), (name, _FORMS[kind])))])  # fmt: skip
    received = bytearray()
    with (
        psycopg.ClientCursor(_raw()) as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", given) as rows,
    ):
        for piece in rows:
            received += piece
    if (len(received) - _HEADER - _TRAILER) % row.itemsize:
        raise ValueError("a cell is NULL or of another width than its kind")
    found = np.frombuffer(received, row, (len(received) - _HEADER - _TRAILER) // row.itemsize, _HEADER)
    if any((found[f"{name}_width"] != found[name].dtype.itemsize * (2 if kind == "uuid" else 1)).any()
           for name, kind in columns.items()):  # fmt: skip
        raise ValueError("a cell is NULL or of another width than its kind")
    return found


def execute(statement: str, given: Mapping[str, Any]) -> int:
    """Run a statement whose parameters may be ``PgArray``; returns the rows it touched."""
    with psycopg.Cursor(_raw()) as cursor:
        cursor.adapters.register_dumper(PgArray, _PgArrayDumper)
        cursor.execute(statement, given, binary=True)
        return cursor.rowcount


def places(ids: Sequence[UUID], column: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The place in ``ids`` of each id of a column as ``read`` gives it; -1 for what is not there."""
    if not ids:
        return np.full(len(column), -1, np.int64)
    keys = _mixed(np.array([divmod(pk.int, 1 << 64) for pk in ids], np.uint64))
    order = np.argsort(keys)
    wanted, ordered = _mixed(column), keys[order]
    place = np.minimum(np.searchsorted(ordered, wanted), len(ids) - 1)
    return np.where(ordered[place] == wanted, order[place], -1)


def _mixed(halves: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number of an id's two: ids made one after another share a half."""
    first, second = halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)
    return (first * np.uint64(0x9E3779B97F4A7C15)) ^ second


def _raw() -> "psycopg.Connection[Any]":
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw
