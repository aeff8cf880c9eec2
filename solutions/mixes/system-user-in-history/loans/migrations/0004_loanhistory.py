import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def system_user(apps, schema_editor):
    apps.get_model("auth", "User").objects.create(username="system", password="!", is_active=False)


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length"), ("loans", "0003_one_open_task_per_loan")]
    operations = [
        migrations.CreateModel(
            name="LoanHistory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(max_length=20)),
                ("note", models.CharField(max_length=100)),
                ("changed_at", models.DateTimeField(auto_now_add=True)),
                ("changed_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("loan", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="history", to="loans.loan")),
            ],
        ),
        migrations.RunPython(system_user, migrations.RunPython.noop),
    ]
