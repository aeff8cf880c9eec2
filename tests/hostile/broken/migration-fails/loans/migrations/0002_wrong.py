from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.RunSQL("UPDATE no_such_table SET x = 1")]
