"""Migrations and the demo story in one process: a second start of Django would cost more than both."""

from __future__ import annotations

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

STORY, SANDBOX = "demo_story", "demo_sandbox"


class Command(BaseCommand):
    help = "Bring the schema up to date and tell the demo story into an empty database."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        call_command("migrate", interactive=False, verbosity=1)
        if STORY in get_commands():
            call_command(STORY, if_empty=True)
        if SANDBOX in get_commands():
            call_command(SANDBOX)
