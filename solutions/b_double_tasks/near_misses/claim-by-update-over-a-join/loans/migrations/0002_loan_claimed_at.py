from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [
        migrations.AddField("loan", "claimed_at", models.DateTimeField(null=True, blank=True, editable=False)),
    ]
