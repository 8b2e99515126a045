from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the columns: an index is built without stopping anybody only outside of a transaction."""

    atomic = False

    dependencies = [("agents", "0004_what_a_consent_is_proved_by")]

    operations = [
        AddIndexConcurrently(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("text_hash", ""), _negated=True),
                fields=["purpose", "text_version"],
                name="consent_wording",
            ),
        ),
    ]
