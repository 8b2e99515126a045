from django.db import migrations

from funnel import sql


class Migration(migrations.Migration):
    """The view counts a lead that reached the last stage as done, though it was archived afterwards.

    Stored passages of such leads are counted again with the next run for them, or by ``rollups.rebuild``.
    """

    dependencies = [("funnel", "0002_passage_view_and_default_stages")]

    operations = [migrations.RunSQL(sql.VIEW, migrations.RunSQL.noop)]
