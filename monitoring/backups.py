"""Backups as the system knows them: what is left out, which migrations fit, which rows point to a file."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

SKIPPED = ("django_session", "accounts_session")
"""Tables whose rows are not saved: whoever was signed in signs in anew."""


def unknown_migrations(applied: list[list[str]]) -> list[str]:
    """Those a backup was made with and this program has never heard of: it is older than the backup."""
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known |= set(migration.replaces)
    ours = {config.label for config in apps.get_app_configs()}
    return [f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known]


def pending_migrations() -> list[str]:
    """What ``migrate`` has still to do. Raises InconsistentMigrationHistory."""
    loader = MigrationLoader(connection)
    loader.check_consistent_history(connection)
    return [f"{app}.{name}" for app, name in loader.graph.leaf_nodes() if (app, name) not in loader.applied_migrations]


def missing_files() -> Iterator[str]:
    """«table.column: path» of every row whose uploaded file is not there."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                yield from _missing_of(model, field)


def _missing_of(model: type[models.Model], field: Any) -> Iterator[str]:
    names = model._base_manager.exclude(**{field.name: ""}).exclude(**{f"{field.name}__isnull": True})
    for name in names.values_list(field.name, flat=True).iterator():
        if not field.storage.exists(name):
            yield f"{model._meta.db_table}.{field.column}: {name}"
