from django.db import migrations

REASONS = [
    ("no_need", "Нет потребности"),
    ("no_resources", "Нет денег или ресурсов"),
    ("bank_blocker", "Не подходят условия банка"),
    ("competitor", "Выбрал другой банк"),
    ("not_reached", "Не удалось связаться"),
    ("not_target", "Не целевой"),
    ("postponed", "Отложил на неопределённый срок"),
    ("other", "Другое"),
]


def add_reasons(apps, schema_editor):
    reason = apps.get_model("leads", "LossReason")
    for position, (code, name) in enumerate(REASONS, start=1):
        reason.objects.create(code=code, name=name, position=position)


class Migration(migrations.Migration):
    """The log's lead id gets its foreign key from this side, so that the funnel knows nothing of leads."""

    dependencies = [("leads", "0001_initial"), ("funnel", "0002_passage_view_and_default_stages")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE funnel_stageentry ADD CONSTRAINT stageentry_lead_fk FOREIGN KEY (lead_id) "
            "REFERENCES leads_lead (id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE funnel_stageentry DROP CONSTRAINT stageentry_lead_fk",
        ),
        migrations.RunPython(add_reasons, migrations.RunPython.noop),
    ]
