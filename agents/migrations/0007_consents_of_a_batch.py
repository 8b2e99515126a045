from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the columns: an index is built without stopping anybody only outside of a transaction."""

    atomic = False

    dependencies = [("agents", "0006_what_ended_a_consent")]

    operations = [
        AddIndexConcurrently(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("batch__isnull", False), ("withdrawn_at__isnull", True)),
                fields=["batch"],
                name="consent_of_batch",
            ),
        ),
    ]
