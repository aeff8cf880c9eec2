from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [
        migrations.AddField("loan", "open_tasks", models.PositiveSmallIntegerField(default=0, editable=False)),
        migrations.RunSQL(
            """
            UPDATE loans_loan SET open_tasks = (
                SELECT count(*) FROM loans_taskexecution t WHERE t.loan_id = loans_loan.id AND NOT is_completed
            )
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "loan",
            models.CheckConstraint(condition=models.Q(open_tasks__lte=1), name="at_most_one_open_task"),
        ),
    ]
