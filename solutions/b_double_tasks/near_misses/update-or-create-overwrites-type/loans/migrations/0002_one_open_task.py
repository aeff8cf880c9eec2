from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="taskexecution",
            constraint=models.UniqueConstraint(
                fields=["loan"], condition=models.Q(is_completed=False), name="one_open_task_per_loan"
            ),
        ),
    ]
