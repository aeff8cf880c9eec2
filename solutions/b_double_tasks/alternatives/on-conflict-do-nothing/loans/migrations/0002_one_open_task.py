from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE UNIQUE INDEX one_open_task ON loans_taskexecution (loan_id) WHERE NOT is_completed;
        """,
            """DROP INDEX one_open_task;""",
        )
    ]
