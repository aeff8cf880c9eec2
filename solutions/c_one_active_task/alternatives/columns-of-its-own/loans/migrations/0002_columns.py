from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
                migrations.AddField("taskexecution", "is_latest", models.BooleanField(default=True)),
                migrations.AddField("taskexecution", "updated_at", models.DateTimeField(auto_now=True)),
                migrations.AddField("loan", "updated_at", models.DateTimeField(auto_now=True)),
                migrations.AddField("loan", "tasks_done", models.PositiveIntegerField(default=0)),

        migrations.AddConstraint(
            model_name="taskexecution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_completed", False)),
                fields=("loan",),
                name="one_open_task_per_loan",
            ),
        ),
    ]
