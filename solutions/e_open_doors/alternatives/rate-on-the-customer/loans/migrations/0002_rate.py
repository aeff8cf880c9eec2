from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="rate_minute",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="rate_count",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
