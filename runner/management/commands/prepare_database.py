"""Migrations and the demo story in one process: a second start of Django would cost more than both."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

STORY, SANDBOX = "demo_story", "demo_sandbox"


class Command(BaseCommand):
    help = "Bring the schema up to date; in demo mode tell the story into an empty database."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        call_command("migrate", interactive=False, verbosity=1)
        told = get_commands() if getattr(settings, "DEMO_MODE", False) else {}
        if STORY in told:
            call_command(STORY, if_empty=True)
        if SANDBOX in told:
            call_command(SANDBOX)
