from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        ALTER TABLE loans_taskexecution ADD COLUMN open_loan_id bigint
            GENERATED ALWAYS AS (CASE WHEN is_completed THEN NULL ELSE loan_id END) STORED;
        ALTER TABLE loans_taskexecution ADD CONSTRAINT one_open_task
            UNIQUE (open_loan_id) DEFERRABLE INITIALLY DEFERRED;
        """,
            """ALTER TABLE loans_taskexecution DROP COLUMN open_loan_id;""",
        )
    ]
