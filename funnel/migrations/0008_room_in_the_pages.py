from django.db import migrations

TABLES = (
    "funnel_storedpassage",
    "funnel_daycell",
    "funnel_offercell",
    "funnel_sourcecell",
    "funnel_ownercell",
    "funnel_dwellcell",
    "funnel_losscell",
    "funnel_cohortcell",
)


class Migration(migrations.Migration):
    """A row that is counted again stays on its page, and no index learns of it."""

    dependencies = [("funnel", "0007_what_was_taken_back")]

    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} SET (fillfactor = 80)", f"ALTER TABLE {table} RESET (fillfactor)")
        for table in TABLES
    ] + [
        # Cells of people and offers stand at the lowest node alone from now on: all is to be counted again.
        migrations.RunSQL("UPDATE funnel_rolluprun SET basis = ''", migrations.RunSQL.noop)
    ]
