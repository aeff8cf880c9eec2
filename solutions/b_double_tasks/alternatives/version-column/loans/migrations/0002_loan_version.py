from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="version",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
