"""What was given up is looked for on every page of an administrator's settings: without reading what was done."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("jobs", "0002_answers_that_are_kept")]

    operations = [
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(fields=["kind", "due_at"], condition=models.Q(state="dead"), name="job_dead"),
        ),
    ]
