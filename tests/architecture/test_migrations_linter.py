"""The linter of migrations finds what would stop a bank at work, and passes over what would not."""

import pytest

from tools import migrations

FRAME = """
from django.db import migrations, models
from django.contrib.postgres.operations import AddIndexConcurrently

class Migration(migrations.Migration):
    atomic = {atomic}
    operations = [{operation}]
"""
BAD = [
    "migrations.AddIndex(model_name='lead', index=models.Index(fields=['at'], name='x'))",
    "migrations.AddConstraint(model_name='lead', constraint=models.CheckConstraint(condition=q, name='x'))",
    "migrations.RemoveField(model_name='lead', name='at')",
    "migrations.DeleteModel(name='lead')",
    "migrations.RenameField(model_name='lead', old_name='a', new_name='b')",
    "migrations.AlterField(model_name='lead', name='at', field=models.TextField())",
    "migrations.AddField(model_name='lead', name='at', field=models.TextField(default=''))",
    "migrations.RunSQL('CREATE INDEX x ON leads_lead (at)')",
    "migrations.RunSQL(['LOCK TABLE leads_lead'])",
]
GOOD = [
    ("migrations.AddField(model_name='lead', name='at', field=models.TextField(null=True))", True),
    ("migrations.AddField(model_name='lead', name='at', field=models.TextField(db_default=''))", True),
    ("AddIndexConcurrently(model_name='lead', index=models.Index(fields=['at'], name='x'))", False),
    ("migrations.RunSQL('CREATE INDEX CONCURRENTLY x ON leads_lead (at)')", False),
    ("migrations.RunPython(fill)", False),
    (
        "migrations.CreateModel(name='Fresh', fields=[]), "
        "migrations.AddIndex(model_name='fresh', index=models.Index(fields=['at'], name='x'))",
        True,
    ),
]


@pytest.mark.parametrize("operation", BAD)
def test_a_step_that_stops_people_is_refused(operation: str) -> None:
    assert len(migrations.judge(FRAME.format(atomic=True, operation=operation))) == 1


@pytest.mark.parametrize(("operation", "atomic"), GOOD)
def test_a_step_that_stops_nobody_passes(operation: str, atomic: bool) -> None:
    assert migrations.judge(FRAME.format(atomic=atomic, operation=operation)) == []


@pytest.mark.parametrize("operation", [GOOD[2][0], GOOD[4][0]])
def test_what_must_not_be_one_transaction_is_refused_as_one(operation: str) -> None:
    assert len(migrations.judge(FRAME.format(atomic=True, operation=operation))) == 1


def test_a_migration_that_says_why_it_is_right_passes() -> None:
    assert migrations.judge('REVIEWED = "the table has nine rows"' + FRAME.format(atomic=True, operation=BAD[0])) == []


def test_the_migrations_of_today_pass() -> None:
    assert migrations.main([]) == 0
