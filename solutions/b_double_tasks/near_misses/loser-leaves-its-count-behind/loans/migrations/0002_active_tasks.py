from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [
        migrations.AddField("loan", "active_tasks", models.IntegerField(default=0, editable=False)),
    ]
