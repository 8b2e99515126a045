import django.db.models.deletion
from django.db import migrations, models

from funnel import sql


class Migration(migrations.Migration):
    dependencies = [("funnel", "0005_funnels_of_products")]

    # What is stored here is counted from the log: the first refresh finds that its basis is not today's and fills it.
    operations = [
        migrations.RunSQL(sql.DROP_VIEW, migrations.RunSQL.noop),
        migrations.DeleteModel("Passage"),
        migrations.DeleteModel("StoredPassage"),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("lead_id", models.UUIDField()),
                ("kind", models.CharField(max_length=10)),
                ("position", models.PositiveSmallIntegerField()),
                ("entered_at", models.DateTimeField()),
                ("passed_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("passed", "Прошёл дальше"),
                            ("open", "Ещё на этапе"),
                            ("lost", "Отказ или архив"),
                            ("done", "Дошёл до конца"),
                        ],
                        max_length=10,
                    ),
                ),
                ("dwell", models.PositiveSmallIntegerField(null=True)),
                ("loss_reason", models.CharField(max_length=40)),
                ("came", models.BooleanField()),
                ("furthest_id", models.UUIDField(null=True)),
                ("outcome", models.CharField(max_length=10)),
                ("owner_id", models.UUIDField(null=True)),
                ("team_id", models.UUIDField(null=True)),
                ("segment_id", models.UUIDField(null=True)),
                ("agent_id", models.UUIDField(null=True)),
                ("initiative_id", models.UUIDField(null=True)),
                ("utp_id", models.UUIDField(null=True)),
                ("product_id", models.UUIDField(null=True)),
                ("source_channel", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "funnel_passage",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CohortCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stage_id",
                        "begin",
                        "outcome",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("outcome", models.CharField(max_length=10)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DayCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                ("passed", models.PositiveIntegerField()),
                ("open", models.PositiveIntegerField()),
                ("lost", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField()),
                ("reversed_dates", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id", "stage_id", "begin", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DwellCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stage_id",
                        "begin",
                        "dwell",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dwell", models.PositiveSmallIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LossCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stage_id",
                        "begin",
                        "loss_reason",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("loss_reason", models.CharField(max_length=40)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OfferCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                ("passed", models.PositiveIntegerField()),
                ("open", models.PositiveIntegerField()),
                ("lost", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField()),
                ("reversed_dates", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stage_id",
                        "begin",
                        "segment_id",
                        "utp_id",
                        "initiative_id",
                        "product_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("segment_id", models.UUIDField()),
                ("utp_id", models.UUIDField()),
                ("initiative_id", models.UUIDField()),
                ("product_id", models.UUIDField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OwnerCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                ("passed", models.PositiveIntegerField()),
                ("open", models.PositiveIntegerField()),
                ("lost", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField()),
                ("reversed_dates", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stage_id",
                        "begin",
                        "owner_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("owner_id", models.UUIDField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SourceCell",
            fields=[
                ("node_id", models.UUIDField()),
                ("stage_id", models.UUIDField()),
                ("begin", models.DateField()),
                ("entered", models.PositiveIntegerField()),
                ("passed", models.PositiveIntegerField()),
                ("open", models.PositiveIntegerField()),
                ("lost", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField()),
                ("reversed_dates", models.PositiveIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node_id",
                        "stage_id",
                        "begin",
                        "source_channel",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("source_channel", models.CharField(max_length=60)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TeamNode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "team_id", "node_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("team_id", models.UUIDField()),
                ("node_id", models.UUIDField()),
                ("wide", models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name="rolluprun",
            name="basis",
            field=models.CharField(default="", max_length=32),
        ),
        migrations.AddField(
            model_name="stageentry",
            name="reason_code",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.CreateModel(
            name="StoredPassage",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("lead_id", models.UUIDField()),
                ("kind", models.CharField(max_length=10)),
                ("position", models.PositiveSmallIntegerField()),
                ("entered_at", models.DateTimeField()),
                ("passed_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("passed", "Прошёл дальше"),
                            ("open", "Ещё на этапе"),
                            ("lost", "Отказ или архив"),
                            ("done", "Дошёл до конца"),
                        ],
                        max_length=10,
                    ),
                ),
                ("dwell", models.PositiveSmallIntegerField(null=True)),
                ("loss_reason", models.CharField(max_length=40)),
                ("came", models.BooleanField()),
                ("furthest_id", models.UUIDField(null=True)),
                ("outcome", models.CharField(max_length=10)),
                ("owner_id", models.UUIDField(null=True)),
                ("team_id", models.UUIDField(null=True)),
                ("segment_id", models.UUIDField(null=True)),
                ("agent_id", models.UUIDField(null=True)),
                ("initiative_id", models.UUIDField(null=True)),
                ("utp_id", models.UUIDField(null=True)),
                ("product_id", models.UUIDField(null=True)),
                ("source_channel", models.CharField(max_length=60)),
                (
                    "stage",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="funnel.stage",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["lead_id"], name="passage_by_lead"),
                    models.Index(fields=["stage", "entered_at"], name="passage_by_stage"),
                    models.Index(fields=["team_id", "entered_at"], name="passage_by_team"),
                    models.Index(fields=["owner_id", "entered_at"], name="passage_by_owner"),
                ],
            },
        ),
        # 0010 makes the view anew: today's reads a column that the log does not have yet.
    ]
