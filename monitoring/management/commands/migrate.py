"""``manage.py migrate``, as Django's, but harmless while people work."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from common.first_migration import drawing_little, is_first
from monitoring.migrating import alone, drop_halves, patiently, short_locks


class Command(Migrate):
    help = "Bring the schema up to date: short waits for locks, retried; safe to kill and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]

        def work() -> None:
            with short_locks(connection), alone(connection):
                if not connection.in_atomic_block:
                    drop_halves(connection)
                with drawing_little() if is_first(connection) else nullcontext():
                    super(Command, self).handle(*args, **options)

        if options.get("check_unapplied") or options.get("plan"):
            super().handle(*args, **options)
        else:
            patiently(work, say=self.stderr.write)
