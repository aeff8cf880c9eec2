import uuid

import django.core.validators
from django.db import migrations, models


def give_references(apps, schema_editor):
    loans = apps.get_model("loans", "Loan")
    for loan in loans.objects.filter(reference=None).only("pk").iterator():
        loan.reference = uuid.uuid4()
        loan.save(update_fields=["reference"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("loans", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="reference",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(give_references, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="loan",
            name="reference",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
