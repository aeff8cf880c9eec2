import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def first_policy(apps, schema_editor):
    apps.get_model("loans", "LendingPolicy").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("loans", "0003_one_open_task_per_loan")]
    operations = [
        migrations.CreateModel(
            name="LendingPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("min_amount", models.DecimalField(decimal_places=2, default=1000, max_digits=10)),
                ("max_tenure_months", models.PositiveIntegerField(default=360)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("updated_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunPython(first_policy, migrations.RunPython.noop),
    ]
