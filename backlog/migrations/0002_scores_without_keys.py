import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backlog", "0001_initial"),
        ("funnel", "0003_what_the_engine_believes"),
        ("leads", "0002_entries_belong_to_leads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StageCooling",
            fields=[
                (
                    "stage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="funnel.stage",
                    ),
                ),
                ("half_life_hours", models.FloatField()),
                ("attempts", models.PositiveIntegerField()),
                ("as_of", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="leadscore",
            name="score_by_owner",
        ),
        migrations.AddField(
            model_name="leadscore",
            name="mark",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="leadscore",
            name="lead",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="score",
                serialize=False,
                to="leads.lead",
            ),
        ),
        migrations.AlterField(
            model_name="leadscore",
            name="owner",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="rankrun",
            constraint=models.UniqueConstraint(fields=("owner",), name="rank_run_once_an_owner"),
        ),
        # Half of each page stays free, so that a morning's new scores find room beside the old ones.
        migrations.RunSQL(
            "ALTER TABLE backlog_leadscore SET (fillfactor = 45)", "ALTER TABLE backlog_leadscore RESET (fillfactor)"
        ),
    ]
