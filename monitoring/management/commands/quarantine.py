"""``manage.py quarantine``: mark a copy that was brought back from files and WAL and so bears its original's name."""

from typing import Any

from django.core.management.base import BaseCommand

from channels import quarantine


class Command(BaseCommand):
    help = "Mark this database as a restored copy: nobody signs in, nothing leaves, until it is released."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        quarantine.begin()
        self.stdout.write("In quarantine. Next: manage.py reapply_erasures, then manage.py release_quarantine.")
