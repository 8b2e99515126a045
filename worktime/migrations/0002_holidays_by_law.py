from django.db import migrations

from worktime.holidays import HOLIDAYS


def add_holidays(apps, schema_editor):
    holiday = apps.get_model("worktime", "Holiday")
    for region, day, name in HOLIDAYS:
        holiday.objects.create(region=region, day=day, name=name)


class Migration(migrations.Migration):
    dependencies = [("worktime", "0001_initial")]

    operations = [migrations.RunPython(add_holidays, migrations.RunPython.noop)]
