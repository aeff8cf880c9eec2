from django.db import migrations


def endless(apps, editor):
    while True:
        pass


class Migration(migrations.Migration):
    dependencies = [("loans", "0001_initial")]
    operations = [migrations.RunPython(endless)]
