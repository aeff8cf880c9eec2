from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
        CREATE TABLE loans_statistics (day date PRIMARY KEY, tasks integer NOT NULL);
        """,
            """DROP TABLE loans_statistics;""",
        )
    ]
