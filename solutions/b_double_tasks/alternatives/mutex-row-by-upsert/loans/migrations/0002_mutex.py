from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE TABLE loans_mutex (
            loan_id bigint PRIMARY KEY REFERENCES loans_loan ON DELETE CASCADE,
            taken integer NOT NULL DEFAULT 1
        );
        """,
            """DROP TABLE loans_mutex;""",
        )
    ]
