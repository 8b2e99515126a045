"""``manage.py migrate``, as Django's, but harmless while people work."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from monitoring.migrating import alone, drop_halves, patiently, short_locks


class Command(Migrate):
    help = "Bring the schema up to date: short waits for locks, retried; safe to kill and to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]

        def work() -> None:
            with short_locks(connection), alone(connection):
                if not connection.in_atomic_block:
                    drop_halves(connection)
                super(Command, self).handle(*args, **options)

        if options.get("check_unapplied") or options.get("plan"):
            super().handle(*args, **options)
        else:
            patiently(work, say=self.stderr.write)
