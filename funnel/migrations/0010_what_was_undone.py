import django.db.models.deletion
from django.db import migrations, models

from funnel import sql


class Migration(migrations.Migration):
    dependencies = [("funnel", "0009_leads_from_forms")]

    operations = [
        migrations.AddField(
            model_name="stageentry",
            name="undoes",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="funnel.stageentry",
            ),
        ),
        migrations.AddConstraint(
            model_name="stageentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undoes__isnull", False)), fields=("undoes",), name="entry_undone_once"
            ),
        ),
        migrations.RunSQL(sql.DROP_VIEW, migrations.RunSQL.noop),
        migrations.RunSQL(sql.VIEW, sql.DROP_VIEW),
    ]
