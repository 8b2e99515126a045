"""``manage.py audit_grants ROLE``: the SQL that lets the application add to the audit and not change it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.grants import statements


class Command(BaseCommand):
    help = "Prints the rights of the application's database role; pipe it to psql as the owner of the tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")

    def handle(self, *_args: Any, **options: Any) -> None:
        for statement in statements(options["role"]):
            self.stdout.write(statement.as_string() + ";")
