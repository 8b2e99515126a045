from django.db import migrations


class Migration(migrations.Migration):
    """The members of a test get their foreign key from this side, so that hypotheses know nothing of leads.

    A lead that is taken back with its import takes its membership along.
    """

    dependencies = [("leads", "0003_promises_that_are_judged"), ("hypotheses", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE hypotheses_membership ADD CONSTRAINT membership_lead_fk FOREIGN KEY (lead_id) "
            "REFERENCES leads_lead (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE hypotheses_membership DROP CONSTRAINT membership_lead_fk",
        ),
    ]
