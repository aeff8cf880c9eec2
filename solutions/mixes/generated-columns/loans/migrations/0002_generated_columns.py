import django.core.validators
from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone


def complete_times(apps, schema_editor):
    """Let the time say what the flag said so far; where it is not known, it is now."""
    tasks = apps.get_model("loans", "TaskExecution").objects
    tasks.filter(is_completed=True, completed_at=None).update(completed_at=timezone.now())
    tasks.filter(is_completed=False).exclude(completed_at=None).update(completed_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(complete_times, migrations.RunPython.noop),
        migrations.RemoveField(model_name="taskexecution", name="is_completed"),
        migrations.AddField(
            model_name="taskexecution",
            name="is_completed",
            field=models.GeneratedField(
                db_persist=True,
                expression=Case(
                    When(completed_at__isnull=True, then=Value(False)), default=Value(True)
                ),
                output_field=models.BooleanField(default=False),
            ),
        ),
        migrations.AlterField(
            model_name="loan",
            name="amount",
            field=models.DecimalField(
                decimal_places=2,
                max_digits=10,
                validators=[django.core.validators.MinValueValidator(1000)],
            ),
        ),
        migrations.AlterField(
            model_name="loan",
            name="tenure_months",
            field=models.IntegerField(
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(360),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(
                condition=Q(tenure_months__gte=1), name="loan_tenure_positive"
            ),
        ),
        migrations.AddField(
            model_name="loan",
            name="monthly_principal",
            field=models.GeneratedField(
                db_persist=True,
                expression=F("amount") / F("tenure_months"),
                output_field=models.DecimalField(decimal_places=4, max_digits=12),
            ),
        ),
        migrations.AddConstraint(
            model_name="taskexecution",
            constraint=models.UniqueConstraint(
                condition=Q(completed_at__isnull=True),
                fields=("loan",),
                name="one_task_without_completion_per_loan",
            ),
        ),
    ]
