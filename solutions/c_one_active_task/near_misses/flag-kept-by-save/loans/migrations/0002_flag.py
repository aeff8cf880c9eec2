from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.AddField("loan", "has_active_task", models.BooleanField(default=False, editable=False))]
