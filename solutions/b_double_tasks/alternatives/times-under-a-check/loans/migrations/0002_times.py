from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="taskexecution",
            constraint=models.CheckConstraint(
                condition=models.Q(("completed_at__isnull", True), ("is_completed", False))
                | models.Q(("completed_at__gte", models.F("started_at")), ("is_completed", True)),
                name="completed_after_it_was_started",
            ),
        ),
    ]
