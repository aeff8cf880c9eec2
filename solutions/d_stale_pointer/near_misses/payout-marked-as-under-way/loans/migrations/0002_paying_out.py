from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.AddField("taskexecution", "paying_out", models.BooleanField(default=False, editable=False))]
