from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("current_task__isnull", False), ("status", "IN_PROGRESS")),
                    models.Q(models.Q(("status", "IN_PROGRESS"), _negated=True), ("current_task__isnull", True)),
                    _connector="OR",
                ),
                name="in_progress_means_a_current_task",
            ),
        ),
    ]
