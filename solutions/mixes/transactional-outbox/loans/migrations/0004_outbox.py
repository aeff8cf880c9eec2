import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0003_one_open_task_per_loan")]

    operations = [
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("topic", models.CharField(max_length=50)),
                ("payload", models.JSONField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at", None)),
                        fields=["made_at"],
                        name="outbox_unsent",
                    )
                ],
            },
        ),
    ]
