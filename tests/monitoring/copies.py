"""Databases beside the test base, and what is loaded into them."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections


@contextmanager
def another_database(name: str) -> Iterator[None]:
    """An empty one on the same server; inside, every query goes there."""
    original = connection.settings_dict["NAME"]
    run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    lead_to(name)
    try:
        yield
    finally:
        lead_to(original)
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def lead_to(name: str) -> None:
    connection.close()
    connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = name


def restore(file: Path, *arguments: str) -> str:
    said = StringIO()
    call_command("restore", str(file), *arguments, stdout=said, stderr=said)
    return said.getvalue()
