from django.db import migrations

from funnel.defaults import STAGES


def add_default_stages(apps, schema_editor):
    stage = apps.get_model("funnel", "Stage")
    for kind in ("agent", "client"):
        for position, fields in enumerate(STAGES, start=1):
            stage.objects.create(kind=kind, position=position, **fields)


class Migration(migrations.Migration):
    dependencies = [("funnel", "0001_initial")]

    operations = [
        migrations.RunPython(add_default_stages, migrations.RunPython.noop),
    ]
