"""The command line: what a command changes carries its name into the audit."""

from functools import wraps
from typing import Any

from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand

FIRST_PARTY = frozenset({"accounts", "audit", "imports", "privacy", "monitoring", "leads", "agents", "funnel"})
BY_HAND = frozenset({"shell", "createsuperuser", "changepassword", "loaddata"})
READS = frozenset({"verify_audit"})


class Named(ManagementUtility):
    """Only commands that do a deed and end: servers and workers name each of their deeds themselves."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command: Any = super().fetch_command(subcommand)
        if _does_a_deed(subcommand):
            command.execute = _named(subcommand, command.execute)
        return command


def _does_a_deed(name: str) -> bool:
    return name not in READS and (name in BY_HAND or get_commands().get(name) in FIRST_PARTY)


def _named(name: str, execute: Any) -> Any:
    @wraps(execute)
    def told(*args: Any, **options: Any) -> Any:
        from audit.attribution import command_context

        with command_context(name):
            return execute(*args, **options)

    return told
