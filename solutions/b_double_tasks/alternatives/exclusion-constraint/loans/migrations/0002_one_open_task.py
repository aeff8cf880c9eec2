from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        ALTER TABLE loans_taskexecution ADD CONSTRAINT one_open_task
            EXCLUDE USING btree (loan_id WITH =) WHERE (NOT is_completed);
        """,
            """ALTER TABLE loans_taskexecution DROP CONSTRAINT one_open_task;""",
        )
    ]
