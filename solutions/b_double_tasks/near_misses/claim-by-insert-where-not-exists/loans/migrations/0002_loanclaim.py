import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="LoanClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed_at", models.DateTimeField(auto_now_add=True)),
                ("loan", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="loans.loan")),
            ],
        ),
    ]
