from django.db import migrations, models

VIEW = """
CREATE VIEW loans_overview AS
SELECT l.id, l.customer_id, u.username AS customer_name, l.amount, l.tenure_months, l.status,
       l.created_at, l.current_task_id, t.task_type AS current_task_type
FROM loans_loan l
JOIN loans_customer c ON c.id = l.customer_id
JOIN auth_user u ON u.id = c.user_id
LEFT JOIN loans_taskexecution t ON t.id = l.current_task_id
"""


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW loans_overview"),
        migrations.CreateModel(
            name="LoanOverview",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("customer_id", models.BigIntegerField()),
                ("customer_name", models.CharField(max_length=150)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                ("tenure_months", models.IntegerField()),
                ("status", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("current_task_id", models.BigIntegerField(null=True)),
                ("current_task_type", models.CharField(max_length=20, null=True)),
            ],
            options={"managed": False, "db_table": "loans_overview", "ordering": ["-id"]},
        ),
    ]
