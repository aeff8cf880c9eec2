"""One open task a loan.

It fails, and names the loan, where one has two already: which of them counts is for people to say.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0002_loan_limits"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="taskexecution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_completed", False)),
                fields=("loan",),
                name="one_open_task_per_loan",
            ),
        ),
    ]
